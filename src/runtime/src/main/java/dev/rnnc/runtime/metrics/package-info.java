/** How well outputs meet targets: figures that are gathered batch by batch and never count padding. */
package dev.rnnc.runtime.metrics;

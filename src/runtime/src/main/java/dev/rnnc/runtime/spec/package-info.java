/** What a compiled model says of itself: its parameters, ports, programs and training settings, as plain records. */
package dev.rnnc.runtime.spec;

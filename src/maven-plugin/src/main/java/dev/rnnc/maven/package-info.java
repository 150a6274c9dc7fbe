/** The Maven plugin: thin goals over the compiler, and what makes their builds incremental. */
package dev.rnnc.maven;

/** Compiled models used by the names of the model file: for programs that know a model only when they run. */
package dev.rnnc.runtime.session;

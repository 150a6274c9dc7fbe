/** A small strict JSON reader and the quoting of strings, for file headers and vocabularies. */
package dev.rnnc.runtime.json;

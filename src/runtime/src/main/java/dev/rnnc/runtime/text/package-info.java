/** Vocabularies of symbols and text as batches of streams. */
package dev.rnnc.runtime.text;

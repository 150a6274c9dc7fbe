/** What generated code needs at run time: memory, parameters and the program contract. */
package dev.rnnc.runtime;

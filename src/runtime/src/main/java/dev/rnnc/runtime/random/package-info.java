/** Random numbers as a function of seed, stream and counter: reproducible on any machine and for any order of use. */
package dev.rnnc.runtime.random;

/** Source texts, places in them, and what the compiler has to say about them, collected and rendered in one place. */
package dev.rnnc.compiler.diag;

/** What both backends share of a class to emit. */
package dev.rnnc.compiler.emit;

/** Mathematical functions the JDK does not have. */
package dev.rnnc.runtime.math;

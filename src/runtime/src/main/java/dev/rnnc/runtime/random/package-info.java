/** Counter-based random numbers: functions of a seed and a place, so that any order of evaluation gives the same. */
package dev.rnnc.runtime.random;

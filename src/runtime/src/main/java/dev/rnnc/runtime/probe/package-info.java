/** What this machine can do at best, measured in this process: the yardstick of every speed that rnnc reports. */
package dev.rnnc.runtime.probe;

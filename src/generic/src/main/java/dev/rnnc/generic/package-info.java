/**
 * Runs any graph with dimensions known only at run time: in double precision the oracle that generated code is tested
 * against, in float precision the baseline it is measured against.
 */
package dev.rnnc.generic;

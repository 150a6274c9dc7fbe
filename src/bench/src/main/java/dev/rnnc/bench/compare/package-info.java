/** Runs engines alternately in one process and reports their ratios as text, JSON, Markdown and a chart. */
package dev.rnnc.bench.compare;

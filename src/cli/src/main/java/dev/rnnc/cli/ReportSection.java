package dev.rnnc.cli;

import dev.rnnc.cli.report.HtmlPage;

/** A part of a run's report, such as metrics, a confusion matrix or predictions beside the truth. */
@FunctionalInterface
interface ReportSection {
    /** Adds heading, text, tables and pictures. */
    void write(HtmlPage page);
}

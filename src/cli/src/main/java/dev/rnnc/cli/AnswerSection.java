package dev.rnnc.cli;

import dev.rnnc.cli.report.HtmlPage;
import dev.rnnc.runtime.metrics.Figure;
import dev.rnnc.runtime.metrics.Outcomes;
import java.util.List;

/** The part of a report on the answers to one target, gathered batch by batch. */
interface AnswerSection {
    /**
     * Takes a batch into account.
     *
     * @param outcomes answers beside the truth
     * @param free what the model made where it fed itself; null where it did not
     */
    void add(Outcomes outcomes, Outcomes free);

    /**
     * Writes what was gathered.
     *
     * @param figures what was measured of the target
     */
    void write(HtmlPage page, List<Figure> figures);
}

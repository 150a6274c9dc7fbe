package dev.rnnc.runtime.train;

import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramSpec;
import dev.rnnc.runtime.spec.Role;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the ports of a program say of its loss, and so how losses and gradients of several runs become those of all their
 * rows together.
 *
 * @param form what the loss is
 * @param counts the ports of its denominators
 * @param parts the ports of its numerators, one for each denominator; none where the loss is a mean alone
 * @param sum whether something is added that is divided by nothing
 */
record LossParts(Form form, List<String> counts, List<String> parts, boolean sum) {
    /** What a loss is. */
    enum Form {
        /** A mean: runs count by their denominators. */
        MEAN,
        /** A sum over rows: runs add up. */
        SUM,
        /** A sum of such terms with different denominators; runs add up where they are told those of the whole. */
        SEVERAL,
        /** Something else, of which runs cannot be put together. */
        OTHER
    }

    /** What a program's ports say. */
    static LossParts of(ProgramSpec spec) {
        List<String> counts = names(spec, Role.LOSS_COUNT);
        List<String> parts = names(spec, Role.LOSS_PART).stream()
                .filter(name -> !name.equals(PortSpec.LOSS_PART + PortSpec.SUM))
                .toList();
        boolean sum = names(spec, Role.LOSS_PART).size() > parts.size();
        Form form = counts.isEmpty() ? sum ? Form.SUM : Form.OTHER : parts.isEmpty() ? Form.MEAN : Form.SEVERAL;
        return new LossParts(form, counts, parts, sum);
    }

    private static List<String> names(ProgramSpec spec, Role role) {
        return spec.ports().stream()
                .filter(p -> p.role() == role)
                .map(PortSpec::name)
                .toList();
    }

    /** The denominators of a program's last run; of a loss of no such form, or of a sum, none. */
    double[] counts(Program program) {
        return counts.stream().mapToDouble(name -> number(program, name)).toArray();
    }

    /** The denominator of a mean. */
    double count(Program program) {
        return number(program, counts.getFirst());
    }

    /** How much a program's last run counts beside others: not at all where nothing that it is divided by has a weight. */
    double share(Program program) {
        return switch (form) {
            case MEAN -> count(program);
            case SUM, OTHER -> 1;
            case SEVERAL -> sum || Arrays.stream(counts(program)).anyMatch(c -> c != 0) ? 1 : 0;
        };
    }

    /** The numerators of a program's last run; of a mean, that of all of it. */
    double[] numerators(Program program) {
        return form == Form.MEAN
                ? new double[] {program.loss() * count(program)}
                : parts.stream().mapToDouble(name -> number(program, name)).toArray();
    }

    /** What is divided by nothing. */
    double sum(Program program) {
        return switch (form) {
            case SUM -> program.loss();
            case SEVERAL -> sum ? number(program, PortSpec.LOSS_PART + PortSpec.SUM) : 0;
            case MEAN, OTHER -> 0;
        };
    }

    /** Tells a program that trains the denominators of all runs together. */
    void total(Program program, double[] totals) {
        IntStream.range(0, totals.length).forEach(i -> set(program, PortSpec.LOSS_TOTAL + (i + 1), totals[i]));
    }

    private static double number(Program program, String port) {
        MemorySegment segment = program.segment(port);
        return switch (program.parameters().spec().precision()) {
            case FLOAT -> segment.get(ValueLayout.JAVA_FLOAT, 0);
            case DOUBLE -> segment.get(ValueLayout.JAVA_DOUBLE, 0);
        };
    }

    private static void set(Program program, String port, double value) {
        MemorySegment segment = program.segment(port);
        switch (program.parameters().spec().precision()) {
            case FLOAT -> segment.set(ValueLayout.JAVA_FLOAT, 0, (float) value);
            case DOUBLE -> segment.set(ValueLayout.JAVA_DOUBLE, 0, value);
        }
    }
}

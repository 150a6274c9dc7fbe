package dev.rnnc.cli;

import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.model.Generation;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.generate.Generator;
import dev.rnnc.runtime.generate.Scores;
import dev.rnnc.runtime.metrics.Outcomes;
import dev.rnnc.runtime.metrics.TargetPair;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs a model over inputs whose targets are known, but without showing it the targets: {@code previous(target)} is its own
 * last output, of tokens the likeliest. Under teacher forcing, as the loss is computed, it would be the true one.
 */
final class FreeRun implements AutoCloseable {
    private final Backend.Source model;
    private final Parameters parameters;
    private final CompileOptions options;
    private final List<Generation.Feed> feeds;
    /** For the last batch size that was asked for. */
    private Generator generator;

    /**
     * @param model one without an obstacle to its {@link Generation}
     * @param options how programs are to be compiled; sizes and programs do not matter
     */
    FreeRun(Backend.Source model, Parameters parameters, CompileOptions options) {
        this.model = model;
        this.parameters = parameters;
        this.options = options;
        this.feeds = model.generation().feeds();
    }

    /** The targets that a model feeds itself, with the outputs that it feeds it. */
    static List<TargetPair> pairs(Backend.Source model, List<TargetPair> all) {
        return all.stream()
                .filter(pair -> model.generation().feeds().stream()
                        .anyMatch(feed -> feed.port()
                                        .name()
                                        .equals(pair.target().name())
                                && feed.output().name().equals(pair.output().name())))
                .toList();
    }

    /** Whether a run may have more steps than the data: none of them is read step by step beside what is fed back. */
    boolean openEnded() {
        return feeds.stream()
                .flatMap(feed ->
                        model.sequences().bindings().getOrDefault(feed.output().name(), Set.of()).stream())
                .allMatch(name -> model.generation().isFed(name));
    }

    /**
     * Runs over the inputs of a program's last run.
     *
     * @param program holds inputs and targets
     * @param steps time steps of its run
     * @param most time steps to make; more than {@code steps} only where that is {@link #openEnded}
     * @param from the first sequence that counts
     * @param pairs of {@link #pairs}
     * @return for each of them what the model made beside the truth
     * @throws CommandFailure if an output is not a number
     */
    Map<TargetPair, Outcomes> run(Program program, int steps, int most, int from, List<TargetPair> pairs) {
        open(program);
        copyInputs(program, steps);
        generator.start(steps);
        Map<String, double[]> last = starts(program.spec().batch());
        Map<TargetPair, List<double[]>> made = new LinkedHashMap<>();
        pairs.forEach(pair -> made.put(pair, new ArrayList<>()));
        for (int t = 0; t < most; t++) {
            for (Generation.Feed feed : feeds) {
                write(
                        generator.decoder(),
                        feed.port().name(),
                        last.get(feed.port().name()),
                        1);
            }
            generator.step();
            for (Generation.Feed feed : feeds) {
                PortSpec output = Ports.port(generator.decoder(), feed.output().name());
                double[] given = Ports.read(generator.decoder(), output, 1);
                next(feed, given, last.get(feed.port().name()));
                made.forEach((pair, all) -> {
                    if (pair.target().name().equals(feed.port().name())) {
                        all.add(given);
                    }
                });
            }
        }
        Map<TargetPair, Outcomes> outcomes = new LinkedHashMap<>();
        made.forEach((pair, all) ->
                outcomes.put(pair, requireFinite(pair, outcomes(pair, program, steps, most, from, all))));
        return outcomes;
    }

    private void open(Program program) {
        if (generator != null
                && generator.encoder().spec().batch() == program.spec().batch()) {
            return;
        }
        close();
        boolean lengths =
                program.spec().ports().stream().anyMatch(port -> port.name().endsWith(Model.LENGTHS));
        CompiledModel compiled = model.load(new CompileOptions(
                        Set.of(ProgramKind.ENCODING, ProgramKind.DECODING),
                        program.spec().steps(),
                        program.spec().batch(),
                        List.of(),
                        "")
                .withLengths(lengths)
                .by(options.backend())
                .unrolled(options.unroll()));
        generator = new Generator(compiled, parameters);
    }

    private void copyInputs(Program program, int steps) {
        for (PortSpec port : generator.encoder().spec().ports()) {
            if (port.role() == Role.INPUT || port.role() == Role.TARGET) {
                PortSpec given = Ports.port(program, port.name());
                write(generator.encoder(), port.name(), Ports.read(program, given, steps), steps);
            }
        }
    }

    private Map<String, double[]> starts(int batch) {
        Map<String, double[]> starts = new HashMap<>();
        for (Generation.Feed feed : feeds) {
            double[] start = new double
                    [feed.port().element() == Element.TOKEN
                            ? batch
                            : batch * feed.port().width()];
            Arrays.fill(start, feed.start());
            starts.put(feed.port().name(), start);
        }
        return starts;
    }

    private static void next(Generation.Feed feed, double[] given, double[] last) {
        if (feed.port().element() != Element.TOKEN) {
            System.arraycopy(given, 0, last, 0, last.length);
            return;
        }
        int width = given.length / last.length;
        for (int row = 0; row < last.length; row++) {
            last[row] = Scores.likeliest(Arrays.copyOfRange(given, row * width, (row + 1) * width));
        }
    }

    private static void write(Program program, String name, double[] values, int steps) {
        PortSpec port = Ports.port(program, name);
        if (port.element() == Element.TOKEN) {
            Ports.write(
                    program, port, Arrays.stream(values).mapToInt(v -> (int) v).toArray(), steps);
        } else {
            Ports.write(program, port, values, steps);
        }
    }

    private static Outcomes outcomes(
            TargetPair pair, Program program, int steps, int most, int from, List<double[]> made) {
        Outcomes forced = pair.outcomes(program, steps, from);
        double[] outputs = made.stream().flatMapToDouble(Arrays::stream).toArray();
        return new Outcomes(
                forced.task(),
                most,
                forced.batch(),
                forced.width(),
                outputs,
                // Behind the last true step is nothing that would be looked at.
                Arrays.copyOf(forced.targets(), forced.targets().length / steps * most),
                forced.lengths());
    }

    private static Outcomes requireFinite(TargetPair pair, Outcomes outcomes) {
        outcomes.forEachRow((step, sequence, row) -> {
            for (int i = row * outcomes.width(); i < (row + 1) * outcomes.width(); i++) {
                if (!Double.isFinite(outcomes.outputs()[i])) {
                    throw CommandFailure.job(
                            "free running: step %d of '%s' is %s in sequence %d of a batch; check the weights and the data"
                                    .formatted(step, pair.output().name(), outcomes.outputs()[i], sequence));
                }
            }
        });
        return outcomes;
    }

    @Override
    public void close() {
        if (generator != null) {
            generator.close();
            generator = null;
        }
    }
}

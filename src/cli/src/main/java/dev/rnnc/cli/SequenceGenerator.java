package dev.rnnc.cli;

import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.model.Generation;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.generate.Generator;
import dev.rnnc.runtime.generate.Sampler;
import dev.rnnc.runtime.random.CounterRandom;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/** Lets a model with {@code previous(...)} continue from its own outputs: one sequence for each row of the data. */
final class SequenceGenerator {
    private static final long SAMPLING = CounterRandom.stream("sampling");

    private final Backend.Source model;
    private final Parameters parameters;
    private final List<Generation.Feed> feeds;
    private final Examples data;
    private final Beginnings beginnings;
    private final Choice choice;
    private final int batch;

    /**
     * How steps are chosen.
     *
     * @param length how many steps each row gets behind its known beginning
     * @param temperature of the draws of tokens; 0 takes the likeliest
     * @param top how many of the likeliest tokens may be drawn
     * @param symbols how many tokens may be drawn at all: those that a vocabulary has
     * @param stop the token that ends a row and is not part of it
     * @param seed of the draws; each row has a stream of its own
     */
    record Choice(int length, double temperature, int top, int symbols, OptionalInt stop, long seed) {
        /** The same with another number of steps. */
        Choice sized(int steps) {
            return new Choice(steps, temperature, top, symbols, stop, seed);
        }

        /** The same with tokens of a table. */
        Choice among(int count, OptionalInt end) {
            return new Choice(length, temperature, top, count, end, seed);
        }
    }

    /**
     * @param data the data of the inputs; null where the model needs none
     * @param beginnings what is known of each row
     * @throws CommandFailure if data and beginnings have different numbers of rows
     */
    SequenceGenerator(
            Backend.Source model, Parameters parameters, Examples data, Beginnings beginnings, Choice choice) {
        this.model = model;
        this.parameters = parameters;
        this.feeds = model.generation().feeds();
        this.data = data;
        this.beginnings = beginnings;
        this.choice = choice;
        this.batch = beginnings.batch();
        if (data != null && data.hasRows() && data.batch() != batch) {
            throw CommandFailure.job("the inputs have %d sequences, but the beginnings that --continue goes on from %d"
                    .formatted(data.batch(), batch));
        }
    }

    /**
     * Generates.
     *
     * @param sink takes each new token of the first row and says whether it wants more
     * @throws CommandFailure if the weights give what is not a number
     */
    GeneratedSequences run(IntPredicate sink) {
        int steps = data == null ? 1 : data.steps();
        CompiledModel compiled = model.load(
                new CompileOptions(Set.of(ProgramKind.ENCODING, ProgramKind.DECODING), steps, batch, List.of(), "")
                        .withLengths(data != null && data.padded()));
        GeneratedSequences generated = new GeneratedSequences(feeds, batch);
        int[] most = new int[batch];
        Arrays.setAll(most, row -> Math.min(beginnings.length(row) + choice.length(), available(row)));
        CounterRandom[] random = new CounterRandom[batch];
        Arrays.setAll(random, row -> new CounterRandom(choice.seed(), SAMPLING + row));
        try (Generator generator = new Generator(compiled, parameters)) {
            if (data != null) {
                data.writeTo(model, generator.encoder());
            }
            generator.start(steps);
            Map<String, double[]> last = starts();
            boolean wanted = true;
            for (int t = 0; wanted && t < Arrays.stream(most).max().orElse(0); t++) {
                for (Generation.Feed feed : feeds) {
                    write(generator, feed.port(), last.get(feed.port().name()));
                }
                generator.step();
                boolean[] ended = new boolean[batch];
                for (Generation.Feed feed : feeds) {
                    next(
                            generator,
                            feed,
                            t,
                            most,
                            ended,
                            random,
                            last.get(feed.port().name()));
                }
                for (int row = 0; row < batch; row++) {
                    if (t < most[row] && ended[row]) {
                        most[row] = t;
                    } else if (t < most[row]) {
                        wanted &= add(generated, row, t, last, row == 0 ? sink : token -> true);
                    }
                }
            }
        }
        return generated;
    }

    /** Puts the next step of each row that goes on into {@code last}; tells of rows that end before it. */
    private void next(
            Generator generator,
            Generation.Feed feed,
            int t,
            int[] most,
            boolean[] ended,
            CounterRandom[] random,
            double[] last) {
        PortSpec output = Ports.port(generator.decoder(), feed.output().name());
        double[] given = Ports.read(generator.decoder(), output, 1);
        int width = last.length / batch;
        int outputs = given.length / batch;
        for (int row = 0; row < batch; row++) {
            if (t >= most[row]) {
                continue;
            }
            double[] known = beginnings.step(feed.port().name(), row, t);
            double[] scores = Arrays.copyOfRange(given, row * outputs, (row + 1) * outputs);
            if (known != null) {
                System.arraycopy(known, 0, last, row * width, width);
            } else if (feed.port().element() == Element.TOKEN) {
                int token = draw(Arrays.copyOf(scores, Math.min(outputs, choice.symbols())), random[row]);
                ended[row] |= choice.stop().isPresent() && choice.stop().getAsInt() == token;
                last[row] = token;
            } else {
                requireFinite(scores, feed, t, row);
                System.arraycopy(scores, 0, last, row * width, width);
            }
        }
    }

    private boolean add(GeneratedSequences generated, int row, int t, Map<String, double[]> last, IntPredicate sink) {
        boolean wanted = true;
        for (Generation.Feed feed : feeds) {
            double[] all = last.get(feed.port().name());
            int width = all.length / batch;
            generated.add(feed.port().name(), row, Arrays.copyOfRange(all, row * width, (row + 1) * width));
            if (feed.port().element() == Element.TOKEN && t >= beginnings.length(row)) {
                wanted &= sink.test((int) all[row]);
            }
        }
        return wanted;
    }

    /** How many steps a row can have: as many as the data that are read step by step beside what is fed back. */
    private int available(int row) {
        Set<String> follows = new TreeSet<>();
        for (Generation.Feed feed : feeds) {
            follows.addAll(
                    model.sequences().bindings().getOrDefault(feed.output().name(), Set.of()));
        }
        return follows.stream()
                .filter(name -> data != null && data.sequences().containsKey(name))
                .map(name -> data.sequences().get(name))
                .mapToInt(s -> s.lengths() == null ? s.count() : s.lengths()[row])
                .min()
                .orElse(Integer.MAX_VALUE);
    }

    private Map<String, double[]> starts() {
        Map<String, double[]> starts = new HashMap<>();
        for (Generation.Feed feed : feeds) {
            int width = feed.port().element() == Element.TOKEN ? 1 : feed.port().width();
            double[] start = new double[batch * width];
            Arrays.fill(start, feed.start());
            starts.put(feed.port().name(), start);
        }
        return starts;
    }

    private static void write(Generator generator, PortSpec port, double[] values) {
        PortSpec row = Ports.port(generator.decoder(), port.name());
        if (port.element() == Element.TOKEN) {
            int[] tokens = Arrays.stream(values).mapToInt(v -> (int) v).toArray();
            Ports.write(generator.decoder(), row, tokens, 1);
        } else {
            Ports.write(generator.decoder(), row, values, 1);
        }
    }

    private int draw(double[] scores, CounterRandom random) {
        try {
            return Sampler.sample(scores, choice.temperature(), choice.top(), random);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.job("cannot draw the next symbol: " + e.getMessage(), e);
        }
    }

    private static void requireFinite(double[] values, Generation.Feed feed, int t, int row) {
        for (double value : values) {
            if (!Double.isFinite(value)) {
                throw CommandFailure.job("step %d of sequence %d of '%s' is %s; check the weights and the data"
                        .formatted(t, row, feed.output().name(), value));
            }
        }
    }
}

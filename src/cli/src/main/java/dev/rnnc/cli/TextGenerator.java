package dev.rnnc.cli;

import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.generate.Sampler;
import dev.rnnc.runtime.random.CounterRandom;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Lets a character model write: each symbol is drawn from the scores that follow the one before.
 *
 * @param model holds {@link ProgramKind#STEP}
 * @param parameters its weights
 * @param ports the character input and the scores
 * @param vocabulary the symbols; the model may have scores for more, which are never drawn
 */
record TextGenerator(CompiledModel model, Parameters parameters, CharacterModel ports, TextSymbols vocabulary) {
    private static final long SAMPLING = CounterRandom.stream("sampling");

    /**
     * Writes {@code length} symbols that follow {@code prime}.
     *
     * @param prime the start, which is read and not written; where it is empty and the model has no start of its
     *     own, it starts as after a line break
     * @param top how many of the likeliest symbols may be drawn
     * @param sink takes each token and says whether it wants more
     * @throws IllegalArgumentException if the prime holds a symbol that is not in the vocabulary
     * @throws CommandFailure if the weights give scores that are not numbers
     */
    void generate(String prime, int length, double temperature, int top, long seed, IntPredicate sink) {
        int[] start = start(vocabulary.encode(prime));
        CounterRandom random = new CounterRandom(seed, SAMPLING);
        try (Program program = model.newProgram(ProgramKind.STEP, parameters)) {
            program.refresh();
            program.resetStates();
            for (int token : start) {
                step(program, token);
            }
            boolean wanted = true;
            for (int i = 0; i < length && wanted; i++) {
                double[] scores =
                        Ports.read(program, Ports.port(program, ports.output().name()), 1);
                int token = draw(Arrays.copyOf(scores, vocabulary.size()), temperature, top, random);
                wanted = sink.test(token);
                step(program, token);
            }
        }
    }

    private static int draw(double[] scores, double temperature, int top, CounterRandom random) {
        try {
            return Sampler.sample(scores, temperature, top, random);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.job("cannot draw the next symbol: " + e.getMessage(), e);
        }
    }

    private void step(Program program, int token) {
        Ports.write(program, Ports.port(program, ports.input().name()), new int[] {token}, 1);
        program.run(1);
    }

    /** The tokens to read before the first is drawn. */
    private int[] start(int[] prime) {
        if (ports.start().isEmpty()) {
            return prime.length == 0 ? new int[] {vocabulary.start()} : prime;
        }
        int[] all = new int[prime.length + 1];
        all[0] = ports.start().getAsInt();
        System.arraycopy(prime, 0, all, 1, prime.length);
        return all;
    }
}

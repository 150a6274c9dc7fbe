package dev.rnnc.compiler.driver;

import dev.rnnc.compiler.loop.Buffer;
import dev.rnnc.compiler.loop.LoopProgram;
import dev.rnnc.compiler.model.Model;
import java.util.Locale;
import java.util.function.Supplier;

/** Refuses programs with more memory in one piece than emitted code can address: its row numbers and places are ints. */
final class SizeLimit {
    private SizeLimit() {}

    /**
     * The program that {@code lowering} yields.
     *
     * @throws ModelException naming what is too large
     */
    static LoopProgram check(Model model, Supplier<LoopProgram> lowering) {
        LoopProgram program;
        try {
            program = lowering.get();
        } catch (ArithmeticException e) {
            throw refusal(model, "a sequence's values are more than can be addressed");
        }
        for (Buffer buffer : program.buffers()) {
            if (buffer.elements() > Integer.MAX_VALUE) {
                throw refusal(
                        model,
                        String.format(
                                Locale.ROOT,
                                "'%s' of the %s program would hold %,d numbers",
                                buffer.name(),
                                program.spec().kind().name().toLowerCase(Locale.ROOT),
                                buffer.elements()));
            }
        }
        return program;
    }

    private static ModelException refusal(Model model, String what) {
        return new ModelException(String.format(
                Locale.ROOT,
                "%s: error: model %s is too large: %s, more than the %,d that are possible; take fewer steps, a smaller batch or smaller layers\n",
                model.file(),
                model.name(),
                what,
                Integer.MAX_VALUE));
    }
}

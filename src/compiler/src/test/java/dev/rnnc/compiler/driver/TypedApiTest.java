package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.spec.ProgramKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The typed API of a generated class, used as a user would, from both backends' classes: the same names, the same bits. */
class TypedApiTest {
    @TempDir
    private Path folder;

    @Test
    void aCharacterModelIsSteppedThroughByItsNames() throws Exception {
        String user = """
                static Object run() throws Exception {
                    Words model = Words.initialize(7);
                    java.util.List<Object> seen = new java.util.ArrayList<>();
                    try (Words.Step step = model.newStep()) {
                        float[] buffer = new float[Words.LOGITS_SIZE];
                        for (int token = 0; token < Words.TEXT_VOCABULARY; token++) {
                            step.step(token).logits(buffer);
                            if (buffer[3] != step.logits(3) || step.logits()[3] != buffer[3]) {
                                throw new AssertionError();
                            }
                            seen.add(buffer.clone());
                        }
                        seen.add(step.state("h.h"));
                    }
                    try (Words.Sequence sequence = model.newSequence()) {
                        sequence.forward(new int[] {0, 0, 1, 1, 2, 2});
                        seen.add(sequence.logits());
                        seen.add(sequence.logits(2, 1, Words.HIDDEN));
                    }
                    seen.add(Words.HIDDEN * 1000 + Words.STEPS * 10 + Words.BATCH);
                    try (Words.Training training = model.newTraining()) {
                        int[] text = {1, 2, 3, 4, 5, 6, 7, 8};
                        for (int i = 0; i < 3; i++) {
                            seen.add(training.step(text, text));
                        }
                    }
                    try (Words.Evaluation evaluation = model.newEvaluation()) {
                        seen.add(evaluation.evaluate(new int[] {1, 2}, new int[] {2, 3}));
                    }
                    return seen;
                }
                """;
        List<?> seen = (List<?>) both("""
                const HIDDEN = 5
                model Words {
                  input text : token(11) sequence
                  target next : token(11) sequence
                  layer h = gru(embed(text, 4), HIDDEN)
                  output logits = dense(dropout(h, 0.1), 11)
                  loss crossentropy(logits, next)
                  train { steps 4 batch 2 optimizer adam(rate: 0.1) clip norm 1 }
                }
                """, user);
        assertThat((float[]) seen.getFirst()).hasSize(11);
        float[] sequence = (float[]) seen.get(12);
        assertThat(sequence).hasSize(3 * 2 * 11);
        assertThat(java.util.Arrays.copyOfRange(sequence, 0, 11)).isEqualTo(seen.getFirst());
        assertThat(seen.get(14)).isEqualTo(5042);
        assertThat((double) seen.get(17)).isLessThan((double) seen.get(15));
    }

    /** What the code returns, the same whichever backend made the class. */
    private Object both(String text, String user) throws Exception {
        Model model = ModelTexts.model(text);
        Set<ProgramKind> kinds = Compiler.programs(model);
        CompileOptions options = new CompileOptions(kinds, 0, 0, List.of(1), "com.acme");
        Object java = UserCode.compile(model, options.by(BackendKind.JAVA), folder, user)
                .call();
        Object bytecode = UserCode.compile(model, options.by(BackendKind.BYTECODE), folder, user)
                .call();
        assertThat(bytecode).usingRecursiveComparison().isEqualTo(java);
        return bytecode;
    }
}

package dev.rnnc.runtime.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rnnc.runtime.LinearModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramKind;
import org.junit.jupiter.api.Test;

class CharacterStreamsTest {
    /** Two streams of five symbols, the symbol that follows, and one left over. */
    private static final int[] TOKENS = {0, 1, 2, 3, 4, 4, 3, 2, 1, 0, 2, 2};

    @Test
    void cutTheTextIntoStreamsAndWindowsWithTheNextSymbolAsTarget() {
        CharacterStreams streams = new CharacterStreams(TOKENS, 3, 2, true, "tokens", "next");
        assertThat(streams.windows()).isEqualTo(2);
        try (Program program = program(3, 2)) {
            assertThat(streams.load(0, program)).isEqualTo(3);
            assertThat(Ports.read(program, LinearModel.TOKENS, 3)).containsExactly(0, 4, 1, 3, 2, 2);
            assertThat(Ports.read(program, LinearModel.NEXT, 3)).containsExactly(1, 3, 2, 2, 3, 1);
            assertThat(streams.load(1, program)).isEqualTo(2);
            assertThat(Ports.read(program, LinearModel.TOKENS, 2)).containsExactly(3, 1, 4, 0);
            assertThat(Ports.read(program, LinearModel.NEXT, 2)).containsExactly(4, 0, 4, 2);
        }
        assertThat(streams.elements(0)).isEqualTo(6);
        assertThat(streams.elements(1)).isEqualTo(4);
        assertThat(streams.elements()).isEqualTo(10);
    }

    @Test
    void startOneSequenceIfStatefulAndOneAWindowIfNot() {
        CharacterStreams stateful = new CharacterStreams(TOKENS, 3, 2, true, "tokens", "next");
        assertThat(stateful.startsSequence(0)).isTrue();
        assertThat(stateful.startsSequence(1)).isFalse();
        CharacterStreams stateless = new CharacterStreams(TOKENS, 3, 2, false, "tokens", "next");
        assertThat(stateless.startsSequence(1)).isTrue();
    }

    @Test
    void needATextOfOneBatchToTrain() {
        assertThat(new CharacterStreams(new int[7], 3, 2, true, "tokens", "next").windows())
                .isEqualTo(1);
        assertThatThrownBy(() -> new CharacterStreams(new int[6], 3, 2, true, "tokens", "next"))
                .hasMessage("the text has 6 symbols, but one batch of 2 streams of 3 symbols, with the symbol that"
                        + " follows, needs 7; give a longer text, or lower 'steps' or 'batch' in train {}");
    }

    @Test
    void needLessToEvaluate() {
        CharacterStreams streams = CharacterStreams.evaluation(new int[] {1, 2, 3}, 3, 2, true, "tokens", "next");
        try (Program program = program(3, 2)) {
            assertThat(streams.load(0, program)).isEqualTo(1);
            assertThat(Ports.read(program, LinearModel.NEXT, 1)).containsExactly(2, 3);
        }
        assertThatThrownBy(() -> CharacterStreams.evaluation(new int[2], 3, 2, true, "tokens", "next"))
                .hasMessageContaining("needs 3;");
    }

    @Test
    void refuseAProgramOfOtherSizeOrVocabulary() {
        CharacterStreams streams = new CharacterStreams(TOKENS, 3, 2, true, "tokens", "next");
        try (Program program = program(2, 2)) {
            assertThatThrownBy(() -> streams.load(0, program)).hasMessageContaining("up to 2 steps");
        }
        CharacterStreams foreign = new CharacterStreams(new int[] {0, 5, 0}, 1, 1, true, "tokens", "next");
        try (Program program = program(1, 1)) {
            assertThatThrownBy(() -> foreign.load(0, program))
                    .hasMessageContaining("the text has token 5, but port 'next' takes 0 to 4");
            assertThatThrownBy(() -> foreign.load(1, program))
                    .hasMessageContaining("the text has token 5, but port 'tokens' takes 0 to 4");
        }
    }

    private static Program program(int steps, int batch) {
        LinearModel model = new LinearModel(Precision.FLOAT, steps, batch, null);
        return model.newProgram(ProgramKind.TRAINING, new Parameters(model.spec()));
    }
}

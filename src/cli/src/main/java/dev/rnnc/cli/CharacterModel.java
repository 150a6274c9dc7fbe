package dev.rnnc.cli;

import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The ports of a model that reads a character and predicts the next one.
 *
 * @param input the characters, {@code token(N)} for each step
 * @param target the same characters, one step ahead; null where the model has no target
 * @param output scores {@code [T, B, N]}, before softmax; null where no output has that shape
 */
record CharacterModel(PortSpec input, PortSpec target, PortSpec output) {
    /**
     * Finds the ports for training and scoring on text.
     *
     * @throws CommandFailure if the model is not one that text can train
     */
    static CharacterModel trainable(ModelSpec model) {
        List<PortSpec> inputs = model.ports(Role.INPUT);
        List<PortSpec> targets = model.ports(Role.TARGET);
        if (inputs.size() != 1
                || targets.size() != 1
                || !isTokenSequence(inputs.getFirst())
                || !isTokenSequence(targets.getFirst())
                || inputs.getFirst().vocabulary() != targets.getFirst().vocabulary()) {
            throw CommandFailure.job(
                    ("model %s cannot be used with text: that needs one 'input NAME : token(N) sequence'"
                                    + " and one 'target NAME : token(N) sequence' of the same N, and it has %s and %s")
                            .formatted(model.name(), describe("input", inputs), describe("target", targets)));
        }
        return new CharacterModel(inputs.getFirst(), targets.getFirst(), scores(model, inputs.getFirst()));
    }

    /**
     * Finds the ports for generating text.
     *
     * @throws CommandFailure if the model has no output of scores for its input's symbols
     */
    static CharacterModel generative(ModelSpec model) {
        List<PortSpec> inputs = model.ports(Role.INPUT);
        if (inputs.size() != 1 || !isTokenSequence(inputs.getFirst())) {
            throw CommandFailure.job(
                    "model %s cannot generate text: that needs one 'input NAME : token(N) sequence' and it has %s"
                            .formatted(model.name(), describe("input", inputs)));
        }
        PortSpec input = inputs.getFirst();
        PortSpec output = scores(model, input);
        if (output == null) {
            throw CommandFailure.job(
                    ("model %s cannot generate text: none of its outputs holds %d scores for each step, one for"
                                    + " each symbol of '%s'; it has %s")
                            .formatted(
                                    model.name(),
                                    input.vocabulary(),
                                    input.name(),
                                    describe("output", model.ports(Role.OUTPUT))));
        }
        List<PortSpec> targets = model.ports(Role.TARGET);
        return new CharacterModel(input, targets.isEmpty() ? null : targets.getFirst(), output);
    }

    private static PortSpec scores(ModelSpec model, PortSpec input) {
        return model.ports(Role.OUTPUT).stream()
                .filter(port -> port.rows() == Rows.SEQUENCE && port.element() == Element.REAL)
                .filter(port -> port.shape().equals(List.of(input.vocabulary())))
                .findFirst()
                .orElse(null);
    }

    private static boolean isTokenSequence(PortSpec port) {
        return port.element() == Element.TOKEN && port.rows() == Rows.SEQUENCE;
    }

    private static String describe(String role, List<PortSpec> ports) {
        return ports.isEmpty()
                ? "no " + role
                : ports.stream()
                        .map(port -> "'" + role + " " + port.name() + " : " + declaration(port) + "'")
                        .collect(Collectors.joining(", "));
    }

    private static String declaration(PortSpec port) {
        String type = port.element() == Element.TOKEN ? "token(" + port.vocabulary() + ")" : "real" + port.shape();
        return port.rows() == Rows.SEQUENCE ? type + " sequence" : type;
    }
}

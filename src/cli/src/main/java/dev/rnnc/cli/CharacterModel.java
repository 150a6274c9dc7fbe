package dev.rnnc.cli;

import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * The ports of a model that reads a character and predicts the next one.
 *
 * @param input the characters, {@code token(N)} for each step; a target where the model reads it with {@code previous}
 * @param target the same characters, one step ahead; null where the model has no target
 * @param output scores {@code [T, B, N]}, before softmax; null where no output has that shape
 * @param start the token that stands before the first character, where {@code previous} says so
 */
record CharacterModel(PortSpec input, PortSpec target, PortSpec output, OptionalInt start) {
    /**
     * Finds the ports for training and scoring on text.
     *
     * @throws CommandFailure if the model is not one that text can train
     */
    static CharacterModel trainable(Backend.Source source) {
        ModelSpec model = source.spec();
        List<PortSpec> inputs = model.ports(Role.INPUT);
        List<PortSpec> targets = model.ports(Role.TARGET);
        if (inputs.isEmpty()
                && targets.size() == 1
                && isTokenSequence(targets.getFirst())
                && start(source, targets.getFirst()).isPresent()) {
            PortSpec text = targets.getFirst();
            return new CharacterModel(text, text, scores(model, text), start(source, text));
        }
        if (inputs.size() != 1
                || targets.size() != 1
                || !isTokenSequence(inputs.getFirst())
                || !isTokenSequence(targets.getFirst())
                || inputs.getFirst().vocabulary() != targets.getFirst().vocabulary()) {
            throw CommandFailure.job(
                    ("model %s cannot be used with text: that needs one 'input NAME : token(N) sequence'"
                                    + " and one 'target NAME : token(N) sequence' of the same N, or no input and"
                                    + " previous(NAME) of the target, and it has %s and %s")
                            .formatted(model.name(), describe("input", inputs), describe("target", targets)));
        }
        return new CharacterModel(
                inputs.getFirst(), targets.getFirst(), scores(model, inputs.getFirst()), OptionalInt.empty());
    }

    /**
     * Finds the ports for generating text.
     *
     * @throws CommandFailure if the model has no output of scores for its input's symbols, or needs more than one step
     *     for them
     */
    static CharacterModel generative(Backend.Source source) {
        ModelSpec model = source.spec();
        List<PortSpec> inputs = new ArrayList<>(model.ports(Role.INPUT));
        for (PortSpec target : model.ports(Role.TARGET)) {
            if (source.feedback().stream().anyMatch(f -> f.name().equals(target.name()))) {
                inputs.add(target);
            }
        }
        if (inputs.size() != 1 || !isTokenSequence(inputs.getFirst())) {
            throw CommandFailure.job(
                    ("model %s cannot generate text: that needs one 'input NAME : token(N) sequence', or previous(NAME)"
                                    + " of a target and no input, and it has %s; what follows rows needs --csv or --jsonl")
                            .formatted(model.name(), inputs.isEmpty() ? "neither" : describe(inputs)));
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
        source.stepwiseObstacle(output.name()).ifPresent(obstacle -> {
            throw CommandFailure.job(
                    "model %s cannot generate text symbol by symbol: %s".formatted(model.name(), obstacle));
        });
        return new CharacterModel(input, targets.isEmpty() ? null : targets.getFirst(), output, start(source, input));
    }

    private static OptionalInt start(Backend.Source source, PortSpec port) {
        return source.feedback().stream()
                .filter(f -> f.name().equals(port.name()))
                .mapToInt(f -> (int) f.start())
                .findFirst();
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

    /** The ports as they are declared. */
    static String describe(List<PortSpec> ports) {
        return ports.stream()
                .map(port -> describe(port.role() == Role.INPUT ? "input" : "target", List.of(port)))
                .collect(Collectors.joining(", "));
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

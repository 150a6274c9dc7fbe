package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Span;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.TermType;
import dev.rnnc.compiler.syntax.CellStatement;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.runtime.spec.Initializer;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** The constants, states and parameters of one instance of a cell, which its equations find by name. */
record CellDeclarations(Instances instances, Definition.Cell cell, Context body) {
    /**
     * Declares them all.
     *
     * @param states gets the type of each state, in their order
     * @return whether nothing was reported
     */
    boolean declare(Map<String, TermType> states) {
        boolean valid = true;
        for (CellStatement statement : cell.statements()) {
            switch (statement) {
                case Definition.Constant c -> {
                    OptionalDouble value = ConstantEvaluator.value(c.value(), body);
                    valid &= value.isPresent();
                    body.constants().put(c.name().text(), value.orElse(1));
                }
                case CellStatement.States s -> {
                    for (CellStatement.Item item : s.items()) {
                        Optional<List<Integer>> shape = shape(
                                item.dimensions(),
                                item.name().text(),
                                item.name().span());
                        valid &= shape.isPresent();
                        TermType type = TermType.real(Rows.BATCH, shape.orElse(List.of()));
                        body.names()
                                .put(
                                        item.name().text(),
                                        new Term.StateBefore(
                                                states.size(), item.name().text(), type));
                        states.put(item.name().text(), type);
                    }
                }
                case CellStatement.Parameters p -> valid &= parameters(p);
                case CellStatement.Equation _ -> {}
            }
        }
        return valid;
    }

    private boolean parameters(CellStatement.Parameters statement) {
        boolean valid = true;
        for (CellStatement.Item item : statement.items()) {
            String name = item.name().text();
            Optional<List<Integer>> shape =
                    shape(item.dimensions(), name, item.name().span());
            Optional<Initializer> initializer =
                    shape.flatMap(s -> statement.initializer().flatMap(i -> Initializers.resolve(i, s, body)));
            if (shape.isEmpty() || initializer.isEmpty()) {
                valid = false;
                continue;
            }
            body.names()
                    .put(
                            name,
                            body.weights().equals(body.owner())
                                    ? instances.parameter(
                                            body.owner() + "." + name,
                                            shape.get(),
                                            initializer.get(),
                                            item.alias(),
                                            item.name().span(),
                                            body)
                                    : instances.shared(body.weights() + "." + name));
        }
        return valid;
    }

    /** The shape of what is called {@code name}; empty where it was reported. */
    Optional<List<Integer>> shape(List<Expression> dimensions, String name, Span span) {
        List<Integer> shape = new ArrayList<>();
        long elements = 1;
        for (Expression dimension : dimensions) {
            OptionalInt size = ConstantEvaluator.size(dimension, body);
            if (size.isEmpty()) {
                return Optional.empty();
            }
            shape.add(size.getAsInt());
            elements *= size.getAsInt();
            if (elements > ConstantEvaluator.MOST_ELEMENTS) {
                body.error(DiagnosticKind.SIZE_OVERFLOW, span, "'" + name + "'", elements);
                return Optional.empty();
            }
        }
        if (shape.size() > 2) {
            body.error(DiagnosticKind.OUT_OF_RANGE, span, "'" + name + "'", "a number, a vector or a matrix", shape);
            return Optional.empty();
        }
        return Optional.of(shape);
    }
}

package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.compiler.syntax.PortType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a call of a cell must give: its inputs, then by position the sizes of its result that no input has.
 *
 * @param inputSizes sizes bound by the inputs' shapes
 * @param positionalSizes sizes given behind the inputs
 * @param constants sizes and constants given by name
 */
record CellSignature(Set<String> inputSizes, List<String> positionalSizes, List<String> constants) {
    static CellSignature of(Definition.Cell cell, Set<String> knownConstants) {
        List<String> constants =
                cell.constants().stream().map(c -> c.name().text()).toList();
        Set<String> inputSizes = new LinkedHashSet<>();
        for (Definition.CellInput input : cell.inputs()) {
            names(dimensions(input))
                    .filter(n -> free(n, constants, knownConstants))
                    .forEach(inputSizes::add);
        }
        List<String> positional = names(cell.resultDimensions())
                .filter(n -> free(n, constants, knownConstants) && !inputSizes.contains(n))
                .distinct()
                .toList();
        return new CellSignature(inputSizes, positional, constants);
    }

    /** All dimensions of an input, the vocabulary of tokens among them. */
    static List<Expression> dimensions(Definition.CellInput input) {
        return input.type().map(CellSignature::dimensions).orElse(input.dimensions());
    }

    private static List<Expression> dimensions(PortType type) {
        return Stream.concat(type.vocabulary().stream(), type.dimensions().stream())
                .toList();
    }

    /** Whether a call can give it by name. */
    boolean isNamed(String name) {
        return constants.contains(name) || positionalSizes.contains(name);
    }

    /** In words: {@code 1 input and 1 size}. */
    String describe(Definition.Cell cell) {
        String inputs = count(cell.inputs().size(), "input");
        return positionalSizes.isEmpty() ? inputs : inputs + " and " + count(positionalSizes.size(), "size");
    }

    /** How the cell is called: {@code lstmp(x, P, C: ...)}. */
    String pattern(Definition.Cell cell) {
        List<String> parts =
                new ArrayList<>(cell.inputs().stream().map(i -> i.name().text()).toList());
        parts.addAll(positionalSizes);
        constants.forEach(c -> parts.add(c + ": ..."));
        return cell.name().text() + "(" + String.join(", ", parts) + ")";
    }

    static String count(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    private static boolean free(String name, List<String> constants, Set<String> known) {
        return !constants.contains(name) && !known.contains(name);
    }

    private static Stream<String> names(List<Expression> dimensions) {
        return dimensions.stream()
                .filter(Expression.Name.class::isInstance)
                .map(d -> ((Expression.Name) d).identifier());
    }
}

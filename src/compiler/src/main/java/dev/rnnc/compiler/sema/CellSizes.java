package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.TermType;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.runtime.spec.Rows;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Gives the sizes and constants of one instance of a cell their values, from a call's arguments. */
final class CellSizes {
    private CellSizes() {}

    /**
     * Binds them in {@code body}.
     *
     * @param sizes where the expressions for sizes and constants stand
     * @param context where the inputs stand
     * @return false after reporting what is wrong
     */
    static boolean bind(
            Expression.Call call,
            Definition.Cell cell,
            CellSignature signature,
            CellArguments arguments,
            Context sizes,
            Context context,
            Context body) {
        boolean valid = true;
        for (String size : signature.positionalSizes()) {
            Expression given = arguments.sizes().get(size);
            if (given == null) {
                context.error(
                        DiagnosticKind.SIZE_MISSING,
                        call.functionSpan(),
                        Optional.of("it is called " + signature.pattern(cell)),
                        size,
                        call.function());
                valid = false;
                continue;
            }
            OptionalInt value = ConstantEvaluator.size(given, sizes);
            valid &= value.isPresent();
            body.constants().put(size, (double) value.orElse(1));
        }
        for (Definition.ConstantParameter constant : cell.constants()) {
            Expression given = arguments.sizes().get(constant.name().text());
            if (given == null && constant.value().isEmpty()) {
                context.error(
                        DiagnosticKind.SIZE_MISSING,
                        call.functionSpan(),
                        Optional.of("it is called " + signature.pattern(cell)),
                        constant.name().text(),
                        call.function());
                valid = false;
                continue;
            }
            OptionalDouble value = given == null
                    ? ConstantEvaluator.value(constant.value().orElseThrow(), body)
                    : ConstantEvaluator.value(given, sizes);
            valid &= value.isPresent();
            body.constants().put(constant.name().text(), value.orElse(1));
        }
        for (int i = 0; i < cell.inputs().size(); i++) {
            valid &= input(
                    cell,
                    cell.inputs().get(i),
                    arguments.inputs().get(i),
                    arguments.written().get(i),
                    signature,
                    context,
                    body);
        }
        return valid;
    }

    private static boolean input(
            Definition.Cell cell,
            Definition.CellInput input,
            Term term,
            Expression written,
            CellSignature signature,
            Context context,
            Context body) {
        boolean token =
                input.type().filter(t -> t.element().text().equals("token")).isPresent();
        TermType type = term.type();
        if (input.whole() && type.rows() != Rows.SEQUENCE) {
            Optional<String> hint = context.place() == Context.Place.CELL
                    ? Optional.of("a cell gets all steps of an input that it declares so: 'keys[K] sequence'")
                    : Optional.empty();
            context.error(
                    DiagnosticKind.NEEDS_WHOLE,
                    written.span(),
                    hint,
                    input.name().text(),
                    cell.name().text(),
                    "'" + Operators.text(written) + "'");
            return false;
        }
        if (token && !type.isToken()) {
            context.error(DiagnosticKind.NEEDS_TOKEN, written.span(), "'" + Operators.text(written) + "'", type);
            return false;
        }
        if (!token && !Operators.real(written, term, context)) {
            return false;
        }
        List<Expression> dimensions = CellSignature.dimensions(input);
        List<Integer> found = token ? List.of(type.vocabulary()) : type.shape();
        if (dimensions.size() != found.size()) {
            String expected =
                    dimensions.isEmpty() ? "a single number" : dimensions.size() == 1 ? "a vector" : "a matrix";
            context.error(
                    DiagnosticKind.OUT_OF_RANGE, written.span(), "'" + Operators.text(written) + "'", expected, type);
            return false;
        }
        for (int i = 0; i < found.size(); i++) {
            Expression dimension = dimensions.get(i);
            boolean free = dimension instanceof Expression.Name name
                    && signature.inputSizes().contains(name.identifier())
                    && !body.constants().containsKey(name.identifier());
            if (free) {
                body.constants().put(((Expression.Name) dimension).identifier(), (double) found.get(i));
                continue;
            }
            OptionalInt expected = ConstantEvaluator.size(dimension, body);
            if (expected.isEmpty()) {
                return false;
            }
            if (expected.getAsInt() != found.get(i)) {
                context.error(
                        DiagnosticKind.SHAPE_MISMATCH,
                        written.span(),
                        Operators.text(written),
                        mismatch(token, found.get(i), Operators.text(dimension), expected.getAsInt()));
                return false;
            }
        }
        return true;
    }

    private static String mismatch(boolean token, int found, String dimension, int expected) {
        // A size that is written as a number is not explained by itself.
        String size = dimension.equals(String.valueOf(expected)) ? dimension : dimension + " = " + expected;
        return token
                ? "it has %s, %s expected".formatted(CellSignature.count(found, "distinct token"), size)
                : "it has %s, %s expected".formatted(CellSignature.count(found, "value"), size);
    }
}

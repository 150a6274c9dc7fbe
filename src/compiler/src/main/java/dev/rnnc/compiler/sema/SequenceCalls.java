package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.TermType;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.runtime.spec.Rows;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Resolves {@code previous}, {@code attention} and {@code attend}, which look at other steps than the present one. */
final class SequenceCalls {
    private final TermResolver terms;
    private final Instances instances;

    SequenceCalls(TermResolver terms, Instances instances) {
        this.terms = terms;
        this.instances = instances;
    }

    /** {@code previous(words)} or {@code previous(words, start: 3)}. */
    Term previous(Expression.Call call, Context context) {
        List<Expression.Argument> arguments = call.arguments();
        boolean named = arguments.size() == 2 && arguments.get(1).name().equals(Optional.of("start"));
        if (arguments.isEmpty()
                || arguments.getFirst().name().isPresent()
                || arguments.size() == 2 && !named
                || arguments.size() > 2) {
            return context.error(
                    DiagnosticKind.ARGUMENT_COUNT,
                    call.functionSpan(),
                    Optional.of("it is called previous(words) or previous(words, start: 3)"),
                    "previous",
                    "an input or target, and 'start:'",
                    CellSignature.count(arguments.size(), "argument"));
        }
        Expression written = arguments.getFirst().value();
        Optional<Term.Input> port = written instanceof Expression.Name name && !name.primed()
                ? instances.port(name.identifier())
                : Optional.empty();
        boolean outside = context.place() == Context.Place.LAYER || context.place() == Context.Place.LOSS;
        if (port.isEmpty() || !outside) {
            return context.error(
                    DiagnosticKind.PREVIOUS_OF,
                    written.span(),
                    Optional.of(
                            "in training it is the target one step earlier, when generating the model's last output"),
                    Context.shorten(written.span().text()));
        }
        instances.markRead(port.get().name());
        TermType type = port.get().type();
        if (type.rows() != Rows.SEQUENCE) {
            return context.error(
                    DiagnosticKind.NEEDS_SEQUENCE, call.span(), "previous", "'" + Operators.text(written) + "'");
        }
        OptionalDouble start =
                named ? ConstantEvaluator.value(arguments.get(1).value(), context) : OptionalDouble.of(0);
        if (start.isEmpty()) {
            return new Term.Invalid();
        }
        double value = start.getAsDouble();
        if (type.isToken() && (value != Math.rint(value) || value < 0 || value >= type.vocabulary())) {
            return context.error(
                    DiagnosticKind.OUT_OF_RANGE,
                    arguments.get(1).span(),
                    "the start",
                    "a token from 0 to " + (type.vocabulary() - 1),
                    ConstantEvaluator.number(value));
        }
        Optional<Double> other = instances.addFeedback(port.get().name(), value);
        if (other.isPresent() && other.get() != value) {
            return context.error(
                    DiagnosticKind.OUT_OF_RANGE,
                    call.span(),
                    "the start of '" + port.get().name() + "'",
                    "the same everywhere, " + ConstantEvaluator.number(other.get()),
                    ConstantEvaluator.number(value));
        }
        return new Term.Previous(port.get(), value);
    }

    /** {@code attention(query, keys)} or {@code attention(query, keys, values)}. */
    Term attention(Expression.Call call, Context context) {
        List<Expression> written =
                call.arguments().stream().map(Expression.Argument::value).toList();
        if (written.size() < 2
                || written.size() > 3
                || call.arguments().stream().anyMatch(a -> a.name().isPresent())) {
            return context.error(
                    DiagnosticKind.ARGUMENT_COUNT,
                    call.functionSpan(),
                    Optional.of("it is called attention(query, keys) or attention(query, keys, values)"),
                    "attention",
                    "2 or 3 arguments",
                    written.size());
        }
        List<Term> operands = written.stream()
                .map(e -> context.shared("", terms.resolve(e, context)))
                .toList();
        boolean valid = operands.stream().noneMatch(Term.Invalid.class::isInstance);
        for (int i = 0; i < operands.size() && valid; i++) {
            valid = Operators.vector(written.get(i), operands.get(i), context);
            if (valid && i > 0 && operands.get(i).type().rows() != Rows.SEQUENCE) {
                needsWhole(call, written.get(i), context);
                valid = false;
            }
        }
        if (!valid) {
            return new Term.Invalid();
        }
        Term query = operands.get(0);
        Term keys = operands.get(1);
        if (query.type().rows() == Rows.NONE) {
            return context.error(
                    DiagnosticKind.OUTPUT_WITHOUT_INPUT,
                    written.getFirst().span(),
                    Context.shorten(Operators.text(written.getFirst())));
        }
        if (!query.type().shape().equals(keys.type().shape())) {
            return context.error(
                    DiagnosticKind.SHAPE_MISMATCH,
                    call.span(),
                    Optional.of("attention_general(query, keys) has a weight between the two"),
                    Operators.text(call),
                    "a query has %s values, a key %s"
                            .formatted(
                                    query.type().shape().getFirst(),
                                    keys.type().shape().getFirst()));
        }
        return new Term.Attention(query, keys, operands.getLast());
    }

    /** {@code attend(scores, values)}. */
    Term attend(Expression.Call call, Context context) {
        List<Expression> written =
                call.arguments().stream().map(Expression.Argument::value).toList();
        if (written.size() != 2
                || call.arguments().stream().anyMatch(a -> a.name().isPresent())) {
            return context.error(
                    DiagnosticKind.ARGUMENT_COUNT,
                    call.functionSpan(),
                    Optional.of("it is called attend(scores, values)"),
                    "attend",
                    "2 arguments",
                    written.size());
        }
        Term scores = context.shared("", terms.resolve(written.get(0), context));
        Term values = context.shared("", terms.resolve(written.get(1), context));
        if (scores instanceof Term.Invalid || values instanceof Term.Invalid) {
            return new Term.Invalid();
        }
        if (!scores.type().isScalar()) {
            return context.error(
                    DiagnosticKind.OUT_OF_RANGE,
                    written.get(0).span(),
                    Optional.of("a score for each step, as in 'sum(v * tanh(w @ keys))' in a cell"),
                    "'" + Operators.text(written.get(0)) + "'",
                    "one number a step",
                    scores.type());
        }
        if (!Operators.vector(written.get(1), values, context)) {
            return new Term.Invalid();
        }
        for (int i = 0; i < 2; i++) {
            if ((i == 0 ? scores : values).type().rows() != Rows.SEQUENCE) {
                return needsWhole(call, written.get(i), context);
            }
        }
        return new Term.Attend(scores, values);
    }

    private static Term needsWhole(Expression.Call call, Expression written, Context context) {
        Optional<String> hint = context.place() == Context.Place.CELL
                ? Optional.of("a cell gets all steps of an input that it declares so: 'keys[K] sequence'")
                : Optional.empty();
        return context.error(
                DiagnosticKind.NEEDS_SEQUENCE, call.span(), hint, call.function(), "'" + Operators.text(written) + "'");
    }
}

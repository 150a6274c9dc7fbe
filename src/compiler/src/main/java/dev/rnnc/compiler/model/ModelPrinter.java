package dev.rnnc.compiler.model;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Prints a model: one line for each parameter, variable and state, with its type; stable for equal models. */
public final class ModelPrinter {
    private final StringBuilder out = new StringBuilder();
    private final Map<Variable, String> names = new IdentityHashMap<>();
    private int next;

    private ModelPrinter() {}

    /** The text of {@code model}. */
    public static String print(Model model) {
        return new ModelPrinter().text(model);
    }

    private String text(Model model) {
        out.append("model ")
                .append(model.name())
                .append(" (")
                .append(model.spec().precision().name().toLowerCase(Locale.ROOT))
                .append(model.roundedWeights() ? ", weights bf16" : "")
                .append(")\n");
        model.spec()
                .ports()
                .forEach(p -> out.append("  ")
                        .append(p.role().name().toLowerCase(Locale.ROOT))
                        .append(' ')
                        .append(p.name())
                        .append(" : ")
                        .append(new TermType(p.element(), p.rows(), p.shape(), p.vocabulary()))
                        .append('\n'));
        model.spec()
                .parameters()
                .forEach(p -> out.append("  param ")
                        .append(p.name())
                        .append(p.shape())
                        .append(" ~ ")
                        .append(p.initializer())
                        .append(" at ")
                        .append(p.offset())
                        .append('\n'));
        for (Recurrence recurrence : model.recurrences()) {
            recurrence(recurrence);
        }
        for (Model.Binding binding : model.bindings()) {
            variables(List.of(new Term.Use(binding.variable())), "");
            out.append(binding.output() ? "output " : "layer ")
                    .append(binding.name())
                    .append(" = ")
                    .append(names.get(binding.variable()))
                    .append('\n');
        }
        model.loss().ifPresent(loss -> {
            variables(List.of(new Term.Use(loss)), "");
            out.append("loss ").append(names.get(loss)).append('\n');
        });
        return out.toString();
    }

    private void recurrence(Recurrence recurrence) {
        List<Term> outer = new ArrayList<>();
        recurrence.inputs().forEach(i -> outer.add(i.term()));
        recurrence.states().forEach(s -> s.initial().ifPresent(outer::add));
        variables(outer, "");
        out.append("recurrence ")
                .append(recurrence.name())
                .append(" = ")
                .append(recurrence.cell())
                .append(recurrence.backward() ? " backward" : "")
                .append(" {\n");
        recurrence
                .inputs()
                .forEach(i -> out.append("  input ")
                        .append(i.name())
                        .append(" = ")
                        .append(text(i.term()))
                        .append(i.whole() ? ", all steps\n" : "\n"));
        recurrence
                .states()
                .forEach(s -> out.append("  state ")
                        .append(s.name())
                        .append(" : ")
                        .append(s.type())
                        .append(s.initial().map(t -> " = " + text(t)).orElse(""))
                        .append('\n'));
        recurrence.variables().forEach(v -> variables(List.of(new Term.Use(v)), "  "));
        recurrence
                .states()
                .forEach(s -> out.append("  next ")
                        .append(s.name())
                        .append(" = ")
                        .append(text(s.next()))
                        .append('\n'));
        out.append("  result ").append(text(recurrence.result())).append("\n}\n");
    }

    private void variables(List<Term> roots, String indent) {
        for (Variable variable : Variables.inOrder(roots, names::containsKey)) {
            names.put(variable, "%" + next++ + (variable.name().isEmpty() ? "" : ":" + variable.name()));
            out.append(indent)
                    .append(names.get(variable))
                    .append(" = ")
                    .append(text(variable.term()))
                    .append(" : ")
                    .append(variable.term().type())
                    .append('\n');
        }
    }

    private String text(Term term) {
        return switch (term) {
            case Term.Number n -> String.valueOf(n.value());
            case Term.Vector v -> v.values().toString();
            case Term.Input i -> i.name();
            case Term.Parameter p -> p.name();
            case Term.Use u -> names.get(u.variable());
            case Term.StepInput i -> i.name();
            case Term.WholeInput i -> i.name();
            case Term.StateBefore s -> s.name();
            case Term.Apply a -> a.primitive().name().toLowerCase(Locale.ROOT) + list(a.operands());
            case Term.Power p -> "power(" + text(p.base()) + ", " + p.exponent() + ")";
            case Term.Product p -> "product" + list(Terms.operands(p));
            case Term.Row r -> "row" + list(Terms.operands(r));
            case Term.Pick p -> "pick" + list(Terms.operands(p));
            case Term.OneHot o -> "one_hot" + list(Terms.operands(o));
            case Term.Slice s -> text(s.operand()) + "[" + s.from() + ":" + (s.from() + s.size()) + "]";
            case Term.Component c -> text(c.operand()) + "[" + c.index() + "]";
            case Term.Concat c -> "concat" + list(c.operands());
            case Term.Previous p -> "previous(" + text(p.of()) + ", start " + p.start() + ")";
            case Term.Attention a -> "attention" + list(Terms.operands(a));
            case Term.Directions d -> "directions" + list(Terms.operands(d));
            case Term.Attend a -> "attend" + list(Terms.operands(a));
            case Term.Dropout d ->
                "dropout(" + text(d.operand()) + ", " + d.rate() + ", stream " + d.stream()
                        + (d.constant() ? ", one draw)" : ")");
            case Term.Fold f ->
                f.kind().name().toLowerCase(Locale.ROOT) + "(" + text(f.operand()) + ", along "
                        + f.axis().name().toLowerCase(Locale.ROOT) + ")";
            case Term.Step s -> text(s.operand()) + " at step " + s.index();
            case Term.CellOutput c -> "each result of " + c.recurrence().name();
            case Term.CellState c -> "each " + c.recurrence().stateName(c.index());
            case Term.FinalState c -> "final " + c.recurrence().stateName(c.index());
            case Term.Invalid _ -> "invalid";
        };
    }

    private String list(List<Term> operands) {
        return operands.stream().map(this::text).collect(Collectors.joining(", ", "(", ")"));
    }
}

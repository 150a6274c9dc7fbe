package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.Span;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.Recurrence;
import dev.rnnc.compiler.model.Stepwise;
import dev.rnnc.compiler.names.JavaWords;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.compiler.syntax.ModelStatement;
import dev.rnnc.compiler.syntax.Name;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.TrainSettings;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What can be said of a model only once all of its statements are resolved.
 *
 * @param train the training settings, empty where the model has none or they are wrong
 * @param trainStatement the statement they stand in, null where there is none
 */
record ModelChecker(
        Definition.Model model,
        Optional<TrainSettings> train,
        ModelStatement.Train trainStatement,
        Diagnostics diagnostics) {

    /** Half of what the JVM gives a method: a number in double precision takes two places. */
    private static final int MOST_PORTS = 127;

    /** Whether there is something to compute, from inputs that are all read. */
    void check(Instances instances, List<SpecBuilder.Port> ports, Map<String, Name> declared) {
        boolean input = model.statements().stream().anyMatch(ModelStatement.Port.class::isInstance);
        boolean output = model.statements().stream().anyMatch(s -> s instanceof ModelStatement.Layer l && l.output());
        String name = model.name().text();
        if (!JavaWords.canNameClass(name)) {
            diagnostics.reportWithHint(
                    DiagnosticKind.NO_CLASS, model.name().span(), "give it another name", name, name);
        }
        if (!input) {
            diagnostics.reportWithHint(
                    DiagnosticKind.NO_INPUT,
                    model.name().span(),
                    "write 'input x : real[4] sequence'",
                    model.name().text());
        }
        if (!output) {
            diagnostics.reportWithHint(
                    DiagnosticKind.NO_OUTPUT,
                    model.name().span(),
                    "write 'output y = ...' for each value to compute",
                    model.name().text());
        }
        if (ports.size() > MOST_PORTS) {
            diagnostics.reportWithHint(
                    DiagnosticKind.TOO_MANY_PORTS,
                    declared.get(ports.get(MOST_PORTS).name()).span(),
                    "join some into one vector, and cut it by x[0:4]",
                    MOST_PORTS);
        }
        if (train.isPresent() && train.get().stateful()) {
            instances.recurrences().stream()
                    .filter(Recurrence::backward)
                    .findFirst()
                    .ifPresent(r -> diagnostics.report(DiagnosticKind.STATEFUL_BACKWARD, word("stateful"), r.name()));
        }
        stateNames(instances, ports, declared);
        // After an error, what reads an input may not have been resolved.
        for (SpecBuilder.Port port : ports) {
            if (!diagnostics.hasErrors() && !instances.isRead(port.name())) {
                diagnostics.report(
                        DiagnosticKind.UNUSED_INPUT,
                        declared.get(port.name()).span(),
                        port.target() ? "target" : "input",
                        port.name());
            }
        }
    }

    /** Whether a state has the name of something that programs show. */
    private void stateNames(Instances instances, List<SpecBuilder.Port> ports, Map<String, Name> declared) {
        Set<String> taken = ports.stream()
                .filter(port -> !port.target() && !port.type().isToken())
                .map(port -> PortSpec.GRADIENT + port.name())
                .collect(Collectors.toCollection(HashSet::new));
        taken.add(PortSpec.UNCOUNTED_ROWS);
        for (Recurrence recurrence : instances.recurrences()) {
            for (int i = 0; i < recurrence.states().size(); i++) {
                String state = recurrence.stateName(i);
                if (taken.contains(state)) {
                    Name layer = declared.get(state.substring(0, state.indexOf('.')));
                    diagnostics.reportWithHint(
                            DiagnosticKind.STATE_NAME_TAKEN,
                            layer == null ? model.name().span() : layer.span(),
                            "give the layer or the state another name",
                            state,
                            state.equals(PortSpec.UNCOUNTED_ROWS)
                                    ? "the rows that a loss leaves out"
                                    : "the gradient of the input '" + state.substring(PortSpec.GRADIENT.length())
                                            + "'");
                }
            }
        }
    }

    /** Whether windows can be cut in time, and batches into shards, as the settings ask for. */
    void checkParts(Model resolved) {
        if (train.isEmpty()) {
            return;
        }
        TrainSettings settings = train.get();
        if (settings.truncated()) {
            Stepwise.truncationObstacle(resolved)
                    .ifPresent(reason -> diagnostics.report(DiagnosticKind.TRUNCATED_WHOLE, word("truncate"), reason));
        }
        if (settings.loop().threads() > 1 && settings.shards() == 1) {
            diagnostics.report(DiagnosticKind.NO_SHARDS, word("threads"), Integer.toString(settings.batch()));
        }
    }

    /** Where that word stands among the settings. */
    private Span word(String word) {
        return trainStatement.items().stream()
                .filter(i -> i instanceof Expression.Name n && n.identifier().equals(word))
                .map(Expression::span)
                .findFirst()
                .orElse(trainStatement.span());
    }
}

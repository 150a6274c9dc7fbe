package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.diag.Span;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.TermType;
import dev.rnnc.compiler.model.Unroll;
import dev.rnnc.compiler.model.Variable;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.compiler.syntax.Expressions;
import dev.rnnc.compiler.syntax.ModelStatement;
import dev.rnnc.compiler.syntax.Name;
import dev.rnnc.compiler.syntax.SyntaxFile;
import dev.rnnc.runtime.spec.Rows;
import dev.rnnc.runtime.spec.TrainSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;

/** Resolves the statements of a model, one after another. */
final class ModelResolver {
    private final SyntaxFile file;
    private final List<SourceText> imports;
    private final Definition.Model model;
    private final Definitions definitions;
    private final Diagnostics diagnostics;
    private final Instances instances = new Instances();
    private final TermResolver terms = new TermResolver(instances);
    private final Map<String, Term> names = new LinkedHashMap<>();
    /** What layers see: as {@link #names}, but reading a target has been reported when it is looked up. */
    private final Map<String, Term> layerNames = new LinkedHashMap<>();

    private final Map<String, Double> constants;
    private final Map<String, Name> declared = new HashMap<>();
    private final Map<String, Span> later = new HashMap<>();
    private final Set<String> targets = new HashSet<>();
    private final List<SpecBuilder.Port> ports = new ArrayList<>();
    private final List<Model.Binding> bindings = new ArrayList<>();
    private Optional<Variable> loss = Optional.empty();
    private Optional<TrainSettings> train = Optional.empty();
    private Unroll unroll = new Unroll.Automatic();
    private final PrecisionResolver precision;
    private ModelStatement.Loss lossStatement;
    private ModelStatement.Train trainStatement;

    ModelResolver(
            SyntaxFile file,
            List<SourceText> imports,
            Definition.Model model,
            Definitions definitions,
            Diagnostics diagnostics) {
        this.file = file;
        this.imports = imports;
        this.model = model;
        this.definitions = definitions;
        this.diagnostics = diagnostics;
        this.constants = new HashMap<>(definitions.constants());
        this.precision = new PrecisionResolver(diagnostics);
    }

    /** The model, if nothing was reported. */
    Optional<Model> resolve() {
        for (ModelStatement statement : model.statements()) {
            if (statement instanceof ModelStatement.Layer layer) {
                later.putIfAbsent(layer.name().text(), layer.name().span());
            }
        }
        for (ModelStatement statement : model.statements()) {
            switch (statement) {
                case Definition.Constant c -> constant(c);
                case ModelStatement.Port p -> port(p);
                case ModelStatement.Layer l -> layer(l);
                case ModelStatement.Loss l -> loss(l);
                case ModelStatement.Precision p -> precision.resolve(p);
                case ModelStatement.Train t -> train(t);
            }
        }
        ModelChecker checker = new ModelChecker(model, train, trainStatement, diagnostics);
        if (file.complete()) {
            precision.check();
            checker.check(instances, ports, declared);
        }
        if (diagnostics.hasErrors()) {
            return Optional.empty();
        }
        Model resolved = new Model(
                file.source().fileName(),
                SpecBuilder.build(
                        model.name().text(),
                        file.source(),
                        imports,
                        precision.precision(),
                        instances,
                        ports,
                        bindings,
                        train),
                bindings,
                instances.recurrences(),
                loss,
                instances.feedback(),
                precision.roundedWeights(),
                unroll,
                wholeConstants());
        checker.checkParts(resolved);
        return diagnostics.hasErrors() ? Optional.empty() : Optional.of(resolved);
    }

    /** The constants of the file and the model that are whole numbers, for whoever uses the model. */
    private SequencedMap<String, Integer> wholeConstants() {
        SequencedMap<String, Integer> whole = new LinkedHashMap<>();
        Stream.concat(file.definitions().stream(), model.statements().stream())
                .filter(Definition.Constant.class::isInstance)
                .map(c -> ((Definition.Constant) c).name().text())
                .forEach(name -> {
                    double value = constants.getOrDefault(name, Double.NaN);
                    if (value == (int) value) {
                        whole.put(name, (int) value);
                    }
                });
        return whole;
    }

    private boolean declare(Name name) {
        Name other = declared.putIfAbsent(name.text(), name);
        if (other != null) {
            diagnostics.report(
                    DiagnosticKind.DUPLICATE,
                    name.span(),
                    name.text(),
                    other.span().line());
        }
        return other == null;
    }

    private Context context(Context.Place place, String owner, Map<Expression.Call, String> cells, Span value) {
        String text = owner.isEmpty() ? "" : owner + " = " + value.text();
        return new Context(
                definitions,
                constants,
                place == Context.Place.LOSS ? names : layerNames,
                place,
                place == Context.Place.LOSS ? Term.Axis.ALL : Term.Axis.TIME,
                owner,
                owner,
                cells,
                new Context.Equation(owner, text, value.line()),
                List.of(),
                diagnostics);
    }

    /** Where constant expressions outside of layers are resolved. */
    private Context plain(Span place) {
        return context(Context.Place.LAYER, "", Map.of(), place);
    }

    private void constant(Definition.Constant constant) {
        var value =
                ConstantEvaluator.value(constant.value(), plain(constant.value().span()));
        if (declare(constant.name())) {
            // Even a broken constant has a value, so that its uses stay silent.
            constants.put(constant.name().text(), value.orElse(1));
        }
    }

    private void port(ModelStatement.Port port) {
        String name = port.name().text();
        Optional<TermType> type =
                PortTypes.resolve(port.type(), port.sequence() ? Rows.SEQUENCE : Rows.BATCH, plain(port.span()));
        if (!declare(port.name())) {
            return;
        }
        if (port.target()) {
            targets.add(name);
        }
        Term term = type.<Term>map(t -> new Term.Input(name, t)).orElse(new Term.Invalid());
        names.put(name, term);
        layerNames.put(name, port.target() ? new Term.Invalid() : term);
        if (type.isPresent()) {
            instances.addPort(new Term.Input(name, type.get()));
            ports.add(new SpecBuilder.Port(port.target(), name, type.get()));
        }
    }

    private void layer(ModelStatement.Layer layer) {
        String name = layer.name().text();
        List<String> unseen = reportUnseen(layer.value());
        unseen.forEach(n -> layerNames.put(n, new Term.Invalid()));
        Map<Expression.Call, String> cells =
                Instances.nameCells(List.of(layer.value()), definitions, name, Optional.of(name));
        Term term = terms.resolve(
                layer.value(),
                context(Context.Place.LAYER, name, cells, layer.value().span()));
        unseen.forEach(layerNames::remove);
        if (term.type().isToken()) {
            diagnostics.report(DiagnosticKind.NEEDS_REAL, layer.value().span(), "'" + name + "'", term.type());
            term = new Term.Invalid();
        }
        if (term.type().rows() == Rows.NONE && !(term instanceof Term.Invalid)) {
            diagnostics.report(
                    DiagnosticKind.OUTPUT_WITHOUT_INPUT, layer.value().span(), name);
            term = new Term.Invalid();
        }
        if (!declare(layer.name())) {
            return;
        }
        if (term instanceof Term.Invalid) {
            names.put(name, term);
            layerNames.put(name, term);
            return;
        }
        Context context =
                context(Context.Place.LAYER, name, Map.of(), layer.value().span());
        Variable variable = context.variable(name, term);
        names.put(name, new Term.Use(variable));
        layerNames.put(name, new Term.Use(variable));
        bindings.add(new Model.Binding(layer.output(), variable));
        if (Instances.isCellCall(layer.value(), definitions)) {
            instances.markShareable(name);
        }
    }

    /** Reports targets, and names that are defined further down; returns the latter. */
    private List<String> reportUnseen(Expression value) {
        List<String> unseen = new ArrayList<>();
        Set<Expression> shifted = Collections.newSetFromMap(new IdentityHashMap<>());
        Expressions.walk(value, e -> {
            if (e instanceof Expression.Call call && call.function().equals("previous")) {
                shifted.addAll(Expressions.children(call));
            }
            if (!(e instanceof Expression.Name name) || shifted.contains(e)) {
                return;
            }
            if (targets.contains(name.identifier())) {
                diagnostics.report(DiagnosticKind.TARGET_READ, name.span(), name.identifier());
                instances.markRead(name.identifier());
            } else if (!names.containsKey(name.identifier())
                    && later.containsKey(name.identifier())
                    && !constants.containsKey(name.identifier())) {
                diagnostics.reportWithHint(
                        DiagnosticKind.UNKNOWN_NAME,
                        name.span(),
                        "it is defined in line %s; layers read what stands above them"
                                .formatted(later.get(name.identifier()).line()),
                        name.identifier());
                unseen.add(name.identifier());
            }
        });
        return unseen;
    }

    private void loss(ModelStatement.Loss statement) {
        if (lossStatement != null) {
            diagnostics.report(
                    DiagnosticKind.SECOND,
                    statement.span(),
                    "loss",
                    lossStatement.span().line());
            return;
        }
        lossStatement = statement;
        Map<Expression.Call, String> cells =
                Instances.nameCells(List.of(statement.value()), definitions, "loss", Optional.of("loss"));
        Context context =
                context(Context.Place.LOSS, "loss", cells, statement.value().span());
        Term term = terms.resolve(statement.value(), context);
        if (term instanceof Term.Invalid) {
            return;
        }
        if (!term.type().isScalar() || term.type().rows() != Rows.NONE) {
            String rows = term.type().rows() == Rows.BATCH ? " for each row" : "";
            diagnostics.reportWithHint(
                    DiagnosticKind.NOT_SCALAR,
                    statement.value().span(),
                    "fold it with 'mean' or 'sum'",
                    term.type() + rows);
            return;
        }
        loss = Optional.of(context.variable("loss", term));
    }

    private void train(ModelStatement.Train statement) {
        if (trainStatement != null) {
            diagnostics.report(
                    DiagnosticKind.SECOND,
                    statement.span(),
                    "train",
                    trainStatement.span().line());
            return;
        }
        trainStatement = statement;
        Context context = plain(statement.span());
        TrainResolver resolver = new TrainResolver(context);
        train = Optional.of(resolver.resolve(statement));
        unroll = resolver.unroll();
    }
}

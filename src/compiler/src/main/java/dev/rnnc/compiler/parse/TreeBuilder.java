package dev.rnnc.compiler.parse;

import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.Span;
import dev.rnnc.compiler.parse.antlr.RnnParser;
import dev.rnnc.compiler.syntax.CellStatement;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.compiler.syntax.ModelStatement;
import dev.rnnc.compiler.syntax.Name;
import dev.rnnc.compiler.syntax.PortType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.tree.TerminalNode;

/**
 * Builds the syntax tree of definitions and statements from ANTLR's tree. After a syntax error any part of ANTLR's tree
 * may be absent; a statement whose name is absent is left out.
 */
final class TreeBuilder {
    private final Places places;
    private final ExpressionBuilder expressions;

    TreeBuilder(Places places, Diagnostics diagnostics) {
        this.places = places;
        this.expressions = new ExpressionBuilder(places, diagnostics);
    }

    /** Whether something was reported while building. */
    boolean failed() {
        return expressions.failed();
    }

    List<Definition> definitions(RnnParser.FileContext file) {
        return file.definition().stream()
                .map(this::definition)
                .filter(Objects::nonNull)
                .toList();
    }

    private Definition definition(RnnParser.DefinitionContext context) {
        if (context.importDefinition() != null) {
            Name path = text(context.importDefinition().STRING());
            return path == null ? null : new Definition.Import(path, places.span(context));
        }
        if (context.constantDefinition() != null) {
            return constant(context.constantDefinition());
        }
        if (context.functionDefinition() != null) {
            return function(context.functionDefinition());
        }
        if (context.cellDefinition() != null) {
            return cell(context.cellDefinition());
        }
        return context.modelDefinition() == null ? null : model(context.modelDefinition());
    }

    private Definition.Constant constant(RnnParser.ConstantDefinitionContext context) {
        Name name = name(context.identifier());
        return name == null
                ? null
                : new Definition.Constant(name, expression(context.expression(), context), places.span(context));
    }

    private Definition function(RnnParser.FunctionDefinitionContext context) {
        if (context.identifier().isEmpty() || context.kind == null) {
            return null;
        }
        Name name = name(context.identifier().getFirst());
        List<Name> inputs = context.identifier().stream()
                .skip(1)
                .filter(i -> i != context.result)
                .map(this::name)
                .filter(Objects::nonNull)
                .toList();
        if (name == null) {
            return null;
        }
        Name result = context.result == null ? null : name(context.result);
        boolean block = result != null;
        List<CellStatement.Equation> equations = block
                ? context.equation().stream()
                        .map(this::equation)
                        .filter(Objects::nonNull)
                        .toList()
                : List.of(single(name, expression(context.expression(), context)));
        return new Definition.Function(
                Definition.FunctionKind.valueOf(context.kind.getText().toUpperCase(java.util.Locale.ROOT)),
                name,
                inputs,
                constants(context.constantParameters()),
                equations,
                block ? result : name,
                block,
                places.span(context));
    }

    private static CellStatement.Equation single(Name name, Expression value) {
        return new CellStatement.Equation(List.of(new CellStatement.Target(name, false)), value, value.span());
    }

    private List<Definition.ConstantParameter> constants(RnnParser.ConstantParametersContext context) {
        if (context == null) {
            return List.of();
        }
        List<Definition.ConstantParameter> constants = new ArrayList<>();
        for (RnnParser.ConstantParameterContext c : context.constantParameter()) {
            Name name = name(c.identifier());
            if (name != null) {
                constants.add(new Definition.ConstantParameter(
                        name, Optional.ofNullable(c.expression()).map(e -> expression(e, c))));
            }
        }
        return constants;
    }

    private Definition cell(RnnParser.CellDefinitionContext context) {
        if (context.identifier().isEmpty()) {
            return null;
        }
        Name name = name(context.identifier().getFirst());
        Name result = context.result == null ? null : name(context.result);
        if (name == null || result == null) {
            return null;
        }
        List<Definition.CellInput> inputs = new ArrayList<>();
        for (RnnParser.CellInputContext input : context.cellInput()) {
            Name inputName = name(input.identifier());
            if (inputName != null) {
                inputs.add(new Definition.CellInput(
                        inputName,
                        dimensions(input.dimensions()),
                        Optional.ofNullable(input.portType()).map(this::portType),
                        input.whole != null));
            }
        }
        return new Definition.Cell(
                name,
                inputs,
                constants(context.constantParameters()),
                result,
                dimensions(context.dimensions()),
                context.cellStatement().stream()
                        .map(this::statement)
                        .filter(Objects::nonNull)
                        .toList(),
                places.span(context));
    }

    private CellStatement statement(RnnParser.CellStatementContext context) {
        return switch (context) {
            case RnnParser.StatesContext c ->
                new CellStatement.States(
                        c.stateItem().stream()
                                .map(i -> item(i.identifier(), i.dimensions(), null))
                                .filter(Objects::nonNull)
                                .toList(),
                        places.span(c));
            case RnnParser.ParametersContext c -> parameters(c);
            case RnnParser.CellConstantContext c -> constant(c.constantDefinition());
            case RnnParser.CellEquationContext c -> equation(c.equation());
            default -> null;
        };
    }

    private CellStatement parameters(RnnParser.ParametersContext context) {
        List<CellStatement.Item> items = new ArrayList<>();
        List<RnnParser.ParameterItemContext> written = context.parameterItem();
        for (RnnParser.ParameterItemContext item : written) {
            // Behind the initialiser an alias belongs to the last parameter.
            boolean last = item == written.getLast();
            TerminalNode alias = item.STRING() == null && last ? context.STRING() : item.STRING();
            CellStatement.Item built = item(item.identifier(), item.dimensions(), alias);
            if (built != null) {
                items.add(built);
            }
        }
        return new CellStatement.Parameters(
                items, Optional.ofNullable(context.initializer).map(e -> expression(e, context)), places.span(context));
    }

    private CellStatement.Item item(
            RnnParser.IdentifierContext identifier, RnnParser.DimensionsContext dimensions, TerminalNode alias) {
        Name name = name(identifier);
        return name == null
                ? null
                : new CellStatement.Item(name, dimensions(dimensions), Optional.ofNullable(text(alias)));
    }

    private CellStatement.Equation equation(RnnParser.EquationContext context) {
        if (context == null) {
            return null;
        }
        List<CellStatement.Target> targets = new ArrayList<>();
        for (RnnParser.EquationTargetContext target : context.equationTarget()) {
            Name name = name(target.identifier());
            if (name != null) {
                targets.add(new CellStatement.Target(name, target.PRIME() != null));
            }
        }
        return targets.isEmpty()
                ? null
                : new CellStatement.Equation(targets, expression(context.expression(), context), places.span(context));
    }

    private Definition model(RnnParser.ModelDefinitionContext context) {
        Name name = name(context.identifier());
        return name == null
                ? null
                : new Definition.Model(
                        name,
                        context.modelStatement().stream()
                                .map(this::statement)
                                .filter(Objects::nonNull)
                                .toList(),
                        places.span(context));
    }

    private ModelStatement statement(RnnParser.ModelStatementContext context) {
        Span span = places.span(context);
        return switch (context) {
            case RnnParser.ModelConstantContext c -> constant(c.constantDefinition());
            case RnnParser.PortContext c -> port(c, span);
            case RnnParser.LayerContext c -> layer(false, c.identifier(), c.expression(), span);
            case RnnParser.OutputContext c -> layer(true, c.identifier(), c.expression(), span);
            case RnnParser.LossStatementContext c -> new ModelStatement.Loss(expression(c.expression(), c), span);
            case RnnParser.PrecisionContext c -> {
                Name name = name(c.identifier());
                boolean weights =
                        c.getChildCount() > 1 && c.getChild(1).getText().equals("weights") && c.getChildCount() > 2;
                yield name == null ? null : new ModelStatement.Precision(weights, name, span);
            }
            case RnnParser.TrainContext c ->
                new ModelStatement.Train(
                        c.expression().stream().map(e -> expression(e, c)).toList(), span);
            default -> null;
        };
    }

    private ModelStatement layer(
            boolean output, RnnParser.IdentifierContext identifier, RnnParser.ExpressionContext value, Span span) {
        Name name = name(identifier);
        if (name == null) {
            return null;
        }
        Expression built = value == null ? new Expression.Missing(span) : expressions.whole(value);
        return new ModelStatement.Layer(output, name, built, span);
    }

    private ModelStatement port(RnnParser.PortContext context, Span span) {
        Name name = name(context.identifier());
        PortType type = context.portType() == null ? null : portType(context.portType());
        if (name == null || type == null || context.kind == null) {
            return null;
        }
        boolean sequence = context.children.stream()
                .anyMatch(c -> c instanceof TerminalNode t && t.getText().equals("sequence"));
        return new ModelStatement.Port(context.kind.getText().equals("target"), name, type, sequence, span);
    }

    private PortType portType(RnnParser.PortTypeContext context) {
        Name element = name(context.identifier());
        return element == null
                ? null
                : new PortType(
                        element,
                        Optional.ofNullable(context.expression()).map(e -> expression(e, context)),
                        dimensions(context.dimensions()),
                        places.span(context));
    }

    private List<Expression> dimensions(RnnParser.DimensionsContext context) {
        return context == null
                ? List.of()
                : context.expression().stream().map(e -> expression(e, context)).toList();
    }

    private Expression expression(RnnParser.ExpressionContext context, org.antlr.v4.runtime.ParserRuleContext parent) {
        return context == null ? new Expression.Missing(places.span(parent)) : expressions.whole(context);
    }

    private Name name(RnnParser.IdentifierContext context) {
        if (context == null || context.getStart() == null || context.exception != null) {
            return null;
        }
        Token token = context.getStart();
        // A token that recovery made up has no place in the text.
        return token.getTokenIndex() < 0
                        || context.getChildCount() == 0
                        || context.getChild(0) instanceof org.antlr.v4.runtime.tree.ErrorNode
                ? null
                : new Name(token.getText(), places.span(token));
    }

    private Name text(TerminalNode node) {
        if (node == null || node.getSymbol().getTokenIndex() < 0) {
            return null;
        }
        String text = node.getText();
        return new Name(text.substring(1, text.length() - 1), places.span(node.getSymbol()));
    }
}

package dev.rnnc.compiler.syntax;

import dev.rnnc.compiler.diag.Span;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What stands at the top level of a file. */
public sealed interface Definition {
    /** Its name. */
    Name name();

    /** Where the whole definition stands. */
    Span span();

    /** {@code import "path"}; the name is the path. */
    record Import(Name name, Span span) implements Definition {}

    /** {@code const H = 128}; also within models and cells. */
    record Constant(Name name, Expression value, Span span) implements Definition, ModelStatement, CellStatement {}

    /** What a function is for; all are resolved alike, but losses fold over everything. */
    enum FunctionKind {
        ACTIVATION,
        FUNCTION,
        LOSS;

        /** The keyword. */
        public String keyword() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A named constant of a cell or function, with its default. */
    record ConstantParameter(Name name, Optional<Expression> value) {}

    /**
     * A function.
     *
     * @param inputs what a call gives by position
     * @param constants what a call gives by name
     * @param equations the body; a body that is one expression is one equation for {@code result}
     * @param result the equation that is the value
     * @param block whether the body was written as a block
     */
    record Function(
            FunctionKind kind,
            Name name,
            List<Name> inputs,
            List<ConstantParameter> constants,
            List<CellStatement.Equation> equations,
            Name result,
            boolean block,
            Span span)
            implements Definition {
        public Function {
            inputs = List.copyOf(inputs);
            constants = List.copyOf(constants);
            equations = List.copyOf(equations);
        }
    }

    /**
     * An input of a cell: dimensions, or a written type, or neither for a single number.
     *
     * @param whole whether the cell gets all steps of a sequence at once, where other inputs come step by step
     */
    record CellInput(Name name, List<Expression> dimensions, Optional<PortType> type, boolean whole) {
        public CellInput {
            dimensions = List.copyOf(dimensions);
        }
    }

    /** A cell. */
    record Cell(
            Name name,
            List<CellInput> inputs,
            List<ConstantParameter> constants,
            Name result,
            List<Expression> resultDimensions,
            List<CellStatement> statements,
            Span span)
            implements Definition {
        public Cell {
            inputs = List.copyOf(inputs);
            constants = List.copyOf(constants);
            resultDimensions = List.copyOf(resultDimensions);
            statements = List.copyOf(statements);
        }

        /** Whether it carries anything over time. */
        public boolean recurrent() {
            return statements.stream().anyMatch(CellStatement.States.class::isInstance);
        }

        /** Whether some input is a whole sequence. */
        public boolean readsWhole() {
            return inputs.stream().anyMatch(CellInput::whole);
        }
    }

    /** A model. */
    record Model(Name name, List<ModelStatement> statements, Span span) implements Definition {
        public Model {
            statements = List.copyOf(statements);
        }
    }
}

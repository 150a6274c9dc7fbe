package dev.rnnc.compiler.syntax;

import dev.rnnc.compiler.diag.Span;
import java.util.List;
import java.util.Optional;

/** What stands in a cell. */
public sealed interface CellStatement
        permits CellStatement.States, CellStatement.Parameters, CellStatement.Equation, Definition.Constant {
    /** Where it stands. */
    Span span();

    /** {@code state h[H], c[H]}. */
    record States(List<Item> items, Span span) implements CellStatement {
        public States {
            items = List.copyOf(items);
        }
    }

    /** {@code param weight[Y, X] from "fc.weight", bias[Y] ~ uniform(1/sqrt(X))}. */
    record Parameters(List<Item> items, Optional<Expression> initializer, Span span) implements CellStatement {
        public Parameters {
            items = List.copyOf(items);
        }
    }

    /** One declared name with its dimensions and, for a parameter, its name in a foreign state dict. */
    record Item(Name name, List<Expression> dimensions, Optional<Name> alias) {
        public Item {
            dimensions = List.copyOf(dimensions);
        }
    }

    /** {@code i, f = expression}. */
    record Equation(List<Target> targets, Expression value, Span span) implements CellStatement {
        public Equation {
            targets = List.copyOf(targets);
        }
    }

    /** What an equation defines; primed for the new value of a state. */
    record Target(Name name, boolean primed) {
        /** As written. */
        public String text() {
            return primed ? name.text() + "'" : name.text();
        }
    }
}

package dev.rnnc.compiler.model;

import java.util.List;

/** What all terms share. */
public final class Terms {
    private Terms() {}

    /** The operands of a term; a variable's term and a recurrence's terms are not among them. */
    public static List<Term> operands(Term term) {
        return switch (term) {
            case Term.Number _,
                    Term.Vector _,
                    Term.Input _,
                    Term.Parameter _,
                    Term.Use _,
                    Term.StepInput _,
                    Term.WholeInput _,
                    Term.StateBefore _,
                    Term.Previous _,
                    Term.CellOutput _,
                    Term.CellState _,
                    Term.FinalState _,
                    Term.Invalid _ -> List.of();
            case Term.Apply t -> t.operands();
            case Term.Power t -> List.of(t.base());
            case Term.Product t -> List.of(t.matrix(), t.vector());
            case Term.Row t -> List.of(t.table(), t.token());
            case Term.Pick t -> List.of(t.vector(), t.token());
            case Term.OneHot t -> List.of(t.token());
            case Term.Slice t -> List.of(t.operand());
            case Term.Component t -> List.of(t.operand());
            case Term.Concat t -> t.operands();
            case Term.Attention t -> List.of(t.query(), t.keys(), t.values());
            case Term.Attend t -> List.of(t.scores(), t.values());
            case Term.Directions t -> List.of(t.forward(), t.backward());
            case Term.Dropout t -> List.of(t.operand());
            case Term.Fold t -> List.of(t.operand());
            case Term.Step t -> List.of(t.operand());
        };
    }

    /** The term behind any number of variables. */
    public static Term behindVariables(Term term) {
        Term behind = term;
        while (behind instanceof Term.Use use) {
            behind = use.variable().term();
        }
        return behind;
    }
}

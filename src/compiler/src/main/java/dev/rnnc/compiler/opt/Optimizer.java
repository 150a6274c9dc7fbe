package dev.rnnc.compiler.opt;

import dev.rnnc.compiler.graph.Graph;
import java.util.List;
import java.util.function.UnaryOperator;

/** The passes in their order. */
public final class Optimizer {
    /** A named pass. */
    public record Pass(String name, UnaryOperator<Graph> apply) {}

    /** The order, with its reasons. */
    public static final List<Pass> PASSES = List.of(
            // Gradients are derived by now.
            new Pass("remove detach", RemoveDetach::apply),
            // The derivation leaves common subexpressions and multiplications by one; fewer values, fewer uses.
            new Pass("simplify", Simplify::apply),
            new Pass("remove dead values", RemoveDeadValues::apply),
            // The forward scan stacks a value once for each use in the gradient.
            new Pass("merge scan operands", MergeScanOperands::apply),
            new Pass("simplify merged bodies", Simplify::apply),
            new Pass("remove merged operands", RemoveDeadValues::apply),
            // Must run before hoisting: it separates the terms that can leave the loop from those that cannot.
            new Pass("fold sums into products", FoldSumsIntoProducts::apply),
            new Pass("remove folded sums", RemoveDeadValues::apply),
            new Pass("hoist from scans", HoistFromScans::apply),
            new Pass("sink from scans", SinkFromScans::apply),
            // Work that met outside the loops may be common, or be a sum with a product again.
            new Pass("simplify outside", Simplify::apply),
            new Pass("remove what moved", RemoveDeadValues::apply),
            new Pass("fold sums outside", FoldSumsIntoProducts::apply),
            new Pass("merge scan operands again", MergeScanOperands::apply),
            // Once the sums that belong to products are part of them.
            new Pass("slice before maps", SliceBeforeMaps::apply),
            new Pass("simplify at the end", Simplify::apply),
            // Once no part of a sum can become common with another value any more.
            new Pass("merge table sums", MergeTableSums::apply),
            new Pass("remove dead values at the end", RemoveDeadValues::apply));

    private Optimizer() {}

    /** {@code graph} after all passes. */
    public static Graph optimize(Graph graph) {
        Graph current = graph;
        for (Pass pass : PASSES) {
            current = pass.apply().apply(current);
        }
        return current;
    }
}

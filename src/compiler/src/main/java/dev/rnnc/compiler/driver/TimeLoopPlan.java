package dev.rnnc.compiler.driver;

import dev.rnnc.compiler.emit.ClassPlan;
import dev.rnnc.compiler.loop.LoopProgram;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.compiler.unroll.CostModel;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * How a loop over time was unrolled.
 *
 * @param program the program it is of
 * @param layer the layer whose steps it runs
 * @param backward whether it runs from the last step to the first
 * @param turn steps of one turn
 * @param whole whether those are all steps of the longest run, so that no loop is left for it
 * @param kernels calls of kernels in one turn
 * @param expectedNanos what one step takes as the cost model expects
 */
public record TimeLoopPlan(
        ProgramKind program,
        String layer,
        boolean backward,
        int turn,
        boolean whole,
        int kernels,
        double expectedNanos) {

    /** The loops of all programs, for the first lane count of a plan. */
    static List<TimeLoopPlan> of(ClassPlan plan) {
        CostModel costs = new CostModel();
        List<TimeLoopPlan> loops = new ArrayList<>();
        for (LoopProgram program : plan.lanes().getFirst().programs()) {
            Stream.concat(program.forward().stream(), program.backward().stream())
                    .filter(Step.TimeLoop.class::isInstance)
                    .map(step -> of(program.spec().kind(), (Step.TimeLoop) step, costs))
                    .forEach(loops::add);
        }
        return loops;
    }

    private static TimeLoopPlan of(ProgramKind program, Step.TimeLoop loop, CostModel costs) {
        return new TimeLoopPlan(
                program,
                loop.name(),
                loop.backward(),
                loop.turn().map(Step.Turn::steps).orElse(1),
                loop.turn().map(Step.Turn::whole).orElse(false),
                loop.turn().map(Step.Turn::body).orElse(loop.body()).size(),
                costs.nanosPerStep(loop));
    }
}

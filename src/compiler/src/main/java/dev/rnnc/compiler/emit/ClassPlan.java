package dev.rnnc.compiler.emit;

import dev.rnnc.compiler.loop.LoopProgram;
import dev.rnnc.runtime.spec.ModelSpec;
import java.util.List;

/**
 * A class to emit: a model and its programs for one lane count or several.
 *
 * @param model what the model is
 * @param packageName the package, empty for the unnamed one
 * @param lanes the programs for each lane count, the widest first
 */
public record ClassPlan(ModelSpec model, String packageName, List<Lanes> lanes) {
    public ClassPlan {
        lanes = List.copyOf(lanes);
    }

    /** The programs for one lane count. */
    public record Lanes(int count, List<LoopProgram> programs) {
        public Lanes {
            programs = List.copyOf(programs);
        }
    }

    /** Name of the class that holds the programs for a lane count. */
    public String laneClass(int count) {
        return model.name() + (count == 1 ? "Scalar" : "Lanes" + count);
    }
}

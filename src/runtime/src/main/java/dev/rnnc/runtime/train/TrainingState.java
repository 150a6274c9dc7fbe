package dev.rnnc.runtime.train;

import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.optimizer.Optimizer;
import dev.rnnc.runtime.spec.LoopSettings;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.TrainSettings;
import dev.rnnc.runtime.weights.DType;
import dev.rnnc.runtime.weights.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Everything of a training that changes, as the content of a checkpoint, and back. */
final class TrainingState {
    private static final String FORMAT = "rnnc.checkpoint";
    private static final String VERSION = "2";

    private final ModelSpec spec;
    private final Map<String, String> identity = new LinkedHashMap<>();
    private final Map<String, MemorySegment> arrays = new LinkedHashMap<>();
    private final Optimizer optimizer;
    private final LearningRate rate;
    private final Progress progress;

    /**
     * The state of a training.
     *
     * @param pending the gradient that is summed up for the next update, or null
     * @param data fingerprint of the training and validation data
     */
    TrainingState(
            TrainSettings settings,
            Parameters parameters,
            Parameters best,
            Optimizer optimizer,
            LearningRate rate,
            Progress progress,
            Shards shards,
            MemorySegment pending,
            String data) {
        this.spec = parameters.spec();
        this.optimizer = optimizer;
        this.rate = rate;
        this.progress = progress;
        identity.put("model", spec.name());
        identity.put("digest", spec.digest());
        describe(settings);
        identity.put("data", data);
        array("parameters", parameters.data());
        array("best", best.data());
        optimizer.state().forEach((name, segment) -> array("optimizer." + name, segment));
        if (pending != null) {
            array("pending", pending);
        }
        if (settings.stateful()) {
            for (int shard = 0; shard < shards.programs().size(); shard++) {
                for (PortSpec port : shards.programs().get(shard).spec().ports()) {
                    if (port.role() == Role.STATE) {
                        MemorySegment segment = shards.programs().get(shard).segment(port.name());
                        arrays.put("state." + shard + "." + port.name(), segment);
                    }
                }
            }
        }
    }

    private void array(String name, MemorySegment segment) {
        arrays.put(
                name,
                segment.asSlice(0, spec.parameterElements() * spec.precision().bytes()));
    }

    /** What must be the same for the bits to be: all settings but epochs, patience and the number of threads. */
    private void describe(TrainSettings settings) {
        LoopSettings loop = settings.loop();
        identity.put("steps", Integer.toString(settings.steps()));
        identity.put("batch", Integer.toString(settings.batch()));
        identity.put("optimizer", settings.optimizer().toString());
        identity.put("clip", settings.clip().toString());
        identity.put("seed", Long.toString(settings.seed()));
        identity.put("stateful", Boolean.toString(settings.stateful()));
        identity.put("truncate", loop.updateEvery() + " " + loop.backpropagate());
        identity.put("schedule", loop.schedules().toString());
        identity.put("accumulate", Integer.toString(loop.accumulate()));
        identity.put("l1", Double.toString(loop.l1()));
        identity.put("threads", loop.threads() == 0 ? "not set" : "set");
    }

    /** The state now; its tensors show the live memory, so write them before training goes on. */
    Checkpoint capture() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(FORMAT, VERSION);
        values.putAll(identity);
        values.put("optimizer.steps", Long.toString(optimizer.steps()));
        values.put("optimizer.rate", Double.toString(optimizer.rate()));
        progress.save(values);
        rate.save(values);
        DType type = spec.precision() == Precision.FLOAT ? DType.F32 : DType.F64;
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        arrays.forEach((name, segment) -> {
            int size = Math.toIntExact(segment.byteSize() / type.bytes());
            tensors.put(name, new Tensor(type, List.of(size), segment));
        });
        return new Checkpoint("", values, tensors);
    }

    /** @throws CheckpointException if it is of another model, other data or other settings */
    void restore(Checkpoint checkpoint) {
        if (!VERSION.equals(checkpoint.value(FORMAT))) {
            throw new CheckpointException("checkpoint " + checkpoint.name() + " has format " + checkpoint.value(FORMAT)
                    + ", and this rnnc reads " + VERSION + "; use the rnnc that wrote it");
        }
        identity.forEach((key, now) -> {
            String then = checkpoint.value(key);
            if (!then.equals(now)) {
                throw new CheckpointException("checkpoint " + checkpoint.name() + difference(key, then, now));
            }
        });
        arrays.forEach((name, segment) -> {
            Tensor tensor = checkpoint.tensors().get(name);
            if (tensor == null || tensor.data().byteSize() != segment.byteSize()) {
                throw new CheckpointException("checkpoint " + checkpoint.name() + " lacks '" + name
                        + "' of the model's size; it was not written by this rnnc");
            }
            segment.copyFrom(tensor.data());
        });
        progress.load(checkpoint.values());
        rate.load(checkpoint.values());
        optimizer.steps(Long.parseLong(checkpoint.value("optimizer.steps")));
        optimizer.rate(Double.parseDouble(checkpoint.value("optimizer.rate")));
    }

    private static String difference(String key, String then, String now) {
        return switch (key) {
            case "model", "digest" ->
                " is of another model: " + key + " " + then + ", and now " + now
                        + "; go on with the model file that it was made from";
            case "data" ->
                " is of other data: " + then + ", and now " + now + "; go on with the data that it was made from";
            default ->
                " is of a training with other settings: " + key + " was " + then + " and is " + now
                        + "; only epochs, patience and the number of threads may change";
        };
    }
}

package dev.rnnc.compiler.driver;

import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.session.LoadedModel;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.LoopSettings;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import dev.rnnc.runtime.spec.TrainSettings;
import dev.rnnc.runtime.train.EpochResult;
import dev.rnnc.runtime.train.TensorBatches;
import dev.rnnc.runtime.train.Trainer;
import dev.rnnc.runtime.train.TrainingListener;
import dev.rnnc.runtime.weights.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A process that runs every program of compiled models on made-up data, trains each by two epochs, and prints a digest of
 * all bits that came out: {@code digest CLASS PROGRAM NUMBER}.
 */
final class SampleDigests {
    static final int STEPS = 3;
    static final int BATCH = 6;

    /** The windows of an epoch are two. */
    private static final int EXAMPLES = 2 * BATCH;

    private static final int EPOCHS = 2;

    private long digest;

    private SampleDigests() {}

    /** Arguments: the number of threads that train; the names of classes, each with its programs: {@code a.Model=STEP,...}. */
    public static void main(String[] arguments) throws ClassNotFoundException {
        int threads = Integer.parseInt(arguments[0]);
        for (int i = 1; i < arguments.length; i++) {
            String[] parts = arguments[i].split("=");
            String name = parts[0].substring(parts[0].lastIndexOf('.') + 1);
            CompiledModel model = LoadedModel.of(SampleDigests.class.getClassLoader(), parts[0])
                    .compiled();
            for (String kind : parts[1].split(",")) {
                SampleDigests run = new SampleDigests();
                run.run(model, ProgramKind.valueOf(kind));
                System.out.println("digest " + name + " " + kind + " " + run.digest);
            }
            SampleDigests training = new SampleDigests();
            training.train(model, settings(model.spec().train(), threads));
            System.out.println("digest " + name + " trained " + training.digest);
        }
    }

    /** What the model says, for small batches that threads share. */
    static TrainSettings settings(TrainSettings own, int threads) {
        return new TrainSettings(
                STEPS,
                BATCH,
                own.optimizer(),
                own.clip(),
                EPOCHS,
                own.seed(),
                own.stateful(),
                LoopSettings.PLAIN.threaded(threads));
    }

    private void run(CompiledModel model, ProgramKind kind) {
        Parameters parameters = new Parameters(model.spec());
        Initialization.fill(parameters, 3);
        try (Program program = model.newProgram(kind, parameters)) {
            Random random = new Random(5);
            for (int steps = program.spec().steps();
                    steps >= Math.max(1, program.spec().steps() - 1);
                    steps--) {
                int run = steps;
                program.seed(11);
                program.spec().ports().forEach(port -> write(program, port, run, random));
                program.run(run);
                add(program.loss());
                program.spec().ports().forEach(port -> add(Ports.read(program, port, run)));
                if (program.gradients() != null) {
                    model.spec().parameters().forEach(p -> add(Ports.gradient(program, p.name())));
                }
            }
        }
    }

    private static void write(Program program, PortSpec port, int steps, Random random) {
        if (isData(port)) {
            int length = Ports.length(program, port, steps);
            if (port.element() == Element.TOKEN) {
                Ports.write(
                        program, port, random.ints(length, 0, port.vocabulary()).toArray(), steps);
            } else {
                Ports.write(program, port, random.doubles(length, -1, 1).toArray(), steps);
            }
        }
    }

    private static boolean isData(PortSpec port) {
        return port.role() == Role.INPUT || port.role() == Role.TARGET;
    }

    private void train(CompiledModel model, TrainSettings settings) {
        Parameters parameters = new Parameters(model.spec());
        Initialization.fill(parameters, settings.seed());
        var result =
                new Trainer(model, parameters, settings, data(model, 1), data(model, 2), TrainingListener.NONE).run();
        for (EpochResult epoch : result.epochs()) {
            add(epoch.trainLoss());
            add(epoch.validationLoss());
        }
        model.spec().parameters().forEach(p -> add(parameters.values(p.name())));
    }

    private static TensorBatches data(CompiledModel model, long seed) {
        Random random = new Random(seed);
        Map<PortSpec, Tensor> tensors = new LinkedHashMap<>();
        for (PortSpec port : model.spec().ports()) {
            if (isData(port)) {
                boolean sequence = port.rows() == Rows.SEQUENCE;
                int rows = (sequence ? STEPS : 1) * EXAMPLES;
                boolean token = port.element() == Element.TOKEN;
                List<Integer> shape = sequence
                        ? token ? List.of(STEPS, EXAMPLES) : List.of(STEPS, EXAMPLES, port.width())
                        : token ? List.of(EXAMPLES) : List.of(EXAMPLES, port.width());
                tensors.put(
                        port,
                        token
                                ? Tensor.ofInts(
                                        shape,
                                        random.ints(rows, 0, port.vocabulary()).toArray())
                                : Tensor.ofFloats(shape, floats(random, rows * port.width())));
            }
        }
        return new TensorBatches(tensors, STEPS, EXAMPLES, 0, EXAMPLES, BATCH);
    }

    private static float[] floats(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() * 2 - 1;
        }
        return values;
    }

    private void add(double... values) {
        for (double value : values) {
            // As a number: the bits of a NaN may differ between machine instructions.
            digest = (digest ^ Double.doubleToLongBits(value)) * 0x9E3779B97F4A7C15L;
            digest ^= digest >>> 29;
        }
    }
}

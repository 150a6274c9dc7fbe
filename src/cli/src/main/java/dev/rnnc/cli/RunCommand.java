package dev.rnnc.cli;

import dev.rnnc.cli.data.RowWriter;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.weights.SafeTensors;
import dev.rnnc.runtime.weights.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rnnc run}: a model over tensors from a file, for other programs and other languages. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Runs a model over the tensors of a safetensors file and writes its outputs and named layers to another.",
            "Tensors go by the names of inputs and targets: [T, B, features], [T, B] for tokens, [B, ...] without a"
                    + " sequence. T and B are the data's own.",
            "NAME.lengths, whole numbers [B], says how many steps of each sequence of NAME count: outputs, states, loss and"
                    + " gradients are as if each sequence ran alone, and zero behind its end. Sequences that meet in no"
                    + " layer, as of an encoder and a decoder, may differ in T; an output has the T of what it follows.",
            "Of a CSV or JSON Lines file a row is written for each example or step, with labels and numbers in the units of"
                    + " the file; rows are read as those the model was trained on, by data.json beside the weights. Of a"
                    + " window the last step is written, or each where a 'stateful' model carries its states on.",
            "What previous(...) reads must be in the data; to continue from a model's own output, use 'rnnc generate'."
        })
final class RunCommand implements Callable<Integer> {
    private static final String GRADIENT = "grad.";
    private static final String FINAL_STATE = "final.";
    /** The most examples of rows that are run side by side. */
    private static final int LARGEST_BATCH = 64;

    private final Backend backend;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The model file (.rnn).")
    private Path file;

    @Option(names = "--weights", required = true, paramLabel = "W", description = "Weights (.safetensors).")
    private Path weights;

    @Option(names = "--data", paramLabel = "IN", description = "Inputs and targets (.safetensors).")
    private Path data;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "OUT",
            description = "Where results go (.safetensors; of rows .csv or .jsonl).")
    private Path out;

    @Mixin
    private final DataOptions rows = new DataOptions();

    @Option(
            names = "--gradients",
            description = "Also write loss, grad.PARAMETER and grad.INPUT; the data must hold the targets.")
    private boolean gradients;

    @Mixin
    private final WeightMapOption map = new WeightMapOption();

    @Mixin
    private final BackendOption compiler = new BackendOption();

    @Mixin
    private final UnrollOption unroll = new UnrollOption();

    RunCommand(Backend backend) {
        this.backend = backend;
    }

    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        InputFile.require(file, "model file");
        InputFile.require(weights, "weights file");
        if (rows.given() == (data != null)) {
            throw CommandFailure.usage("give the data to run over: one of --data, --csv and --jsonl");
        }
        if (data == null) {
            return runRows(err);
        }
        rows.requireNone();
        InputFile.requireRegular(data, "data file");
        OutputFile.requireOwnPlace(out, List.of(file, weights, data));
        Backend.Source model = ModelFile.open(backend, file, err);
        if (gradients) {
            ModelFile.requireLoss(model);
        }
        var parameters = Weights.load(weights, model, map, err);
        SequenceData input =
                SequenceData.read(data, model, gradients ? SequenceData.Need.TARGETS : SequenceData.Need.INPUTS, err);
        ProgramKind kind = gradients ? ProgramKind.INSPECTION : ProgramKind.OBSERVATION;
        CompiledModel compiled =
                model.load(new CompileOptions(Set.of(kind), input.steps(), input.batch(), List.of(), "")
                        .withLengths(input.padded())
                        .by(compiler.kind())
                        .unrolled(unroll.setting()));
        try (Program program = compiled.newProgram(kind, parameters)) {
            program.refresh();
            program.resetStates();
            input.writeTo(model, program);
            program.run(input.steps());
            Map<String, Tensor> results =
                    results(program, input, model.sequences().bindings());
            warnOfNonFinite(results, err);
            SafeTensors.write(
                    out,
                    results,
                    Map.of("model", model.spec().name(), "digest", model.spec().digest()));
            err.println("wrote %d tensors to %s (T = %d, B = %d)"
                    .formatted(results.size(), out, input.steps(), input.batch()));
        } catch (IOException e) {
            throw InputFile.failure("cannot write", out, e);
        }
        return ExitCode.OK;
    }

    /** Runs over the rows of a file. */
    private int runRows(PrintWriter err) {
        if (gradients) {
            throw CommandFailure.usage("--gradients writes tensors; give the data as tensors with --data");
        }
        if (!out.toString().endsWith(".csv") && !out.toString().endsWith(".jsonl")) {
            throw CommandFailure.usage("--out '" + out + "': results for rows are rows; name a .csv or .jsonl file");
        }
        OutputFile.requireOwnPlace(out, List.of(file, weights, rows.file().path()));
        Backend.Source model = ModelFile.open(backend, file, err);
        var parameters = Weights.load(weights, model, map, err);
        RowData reader = new RowData(model, rows, err);
        TableExamples examples = reader.use(weights, false, 1);
        // Where states are carried the series are read one after the other, so that rows keep their order.
        int batch = examples.set().carried() ? 1 : Math.min(examples.batch(), LARGEST_BATCH);
        CompiledModel compiled =
                model.load(new CompileOptions(Set.of(ProgramKind.OBSERVATION), examples.steps(), batch, List.of(), "")
                        .withLengths(examples.padded())
                        .by(compiler.kind()));
        TablePredictions predictions = new TablePredictions(model, examples, reader.targets(weights));
        try (Program program = compiled.newProgram(ProgramKind.OBSERVATION, parameters);
                RowWriter writer = RowWriter.open(out, predictions.columns())) {
            program.refresh();
            long written = predictions.write(program, batch, writer);
            err.println("wrote %s rows to %s".formatted(Numbers.grouped(written), out));
        } catch (IOException e) {
            throw InputFile.failure("cannot write", out, e);
        }
        return ExitCode.OK;
    }

    private Map<String, Tensor> results(Program program, SequenceData input, Map<String, Set<String>> follows) {
        Map<String, Tensor> results = new LinkedHashMap<>();
        for (PortSpec port : program.spec().ports()) {
            switch (port.role()) {
                case OUTPUT, LAYER -> {
                    int steps = input.steps(follows.getOrDefault(port.name(), Set.of()));
                    results.put(port.name(), tensor(program, port, steps));
                }
                case STATE -> results.put(FINAL_STATE + port.name(), tensor(program, port, input.steps()));
                case INPUT_GRADIENT -> {
                    if (gradients) {
                        String of = port.name().startsWith(GRADIENT)
                                ? port.name().substring(GRADIENT.length())
                                : port.name();
                        results.put(GRADIENT + of, tensor(program, port, input.steps(Set.of(of))));
                    }
                }
                case INPUT,
                        TARGET,
                        STATE_GRADIENT,
                        ACTIVATION,
                        TOUCHED_ROWS,
                        LOSS_PART,
                        LOSS_COUNT,
                        LOSS_TOTAL,
                        UNCOUNTED_ROWS -> {}
            }
        }
        if (gradients) {
            results.put("loss", real(program, List.of(), new double[] {program.loss()}));
            for (ParameterSpec parameter : program.parameters().slices()) {
                double[] values = Ports.gradient(program, parameter.name(), input.steps());
                results.put(GRADIENT + parameter.name(), real(program, parameter.shape(), values));
            }
        }
        return results;
    }

    private static Tensor tensor(Program program, PortSpec port, int steps) {
        List<Integer> shape = new ArrayList<>(
                switch (port.rows()) {
                    case NONE -> List.of();
                    case BATCH -> List.of(program.spec().batch());
                    case SEQUENCE -> List.of(steps, program.spec().batch());
                });
        double[] values = Ports.read(program, port, steps);
        if (port.element() == Element.TOKEN) {
            int[] tokens = new int[values.length];
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = (int) values[i];
            }
            return Tensor.ofInts(shape, tokens);
        }
        shape.addAll(port.shape());
        return real(program, shape, values);
    }

    private static Tensor real(Program program, List<Integer> shape, double[] values) {
        if (program.parameters().spec().precision() == Precision.DOUBLE) {
            return Tensor.ofDoubles(shape, values);
        }
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return Tensor.ofFloats(shape, floats);
    }

    private static void warnOfNonFinite(Map<String, Tensor> results, PrintWriter err) {
        results.forEach((name, tensor) -> {
            for (double value : tensor.doubles()) {
                if (!Double.isFinite(value)) {
                    err.println("warning: '" + name + "' holds " + value);
                    return;
                }
            }
        });
    }
}

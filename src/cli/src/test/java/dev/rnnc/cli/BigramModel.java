package dev.rnnc.cli;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.Initializer;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.ProgramSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import dev.rnnc.runtime.spec.TrainSettings;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The smallest model that learns text: a table from a symbol to the scores of the next one. It stands in for a compiled
 * model where a test is about a command and not about the compiler.
 */
final class BigramModel implements CompiledModel {
    private static final PortSpec MEAN_OF =
            new PortSpec(PortSpec.LOSS_COUNT + "1", Role.LOSS_COUNT, Element.REAL, Rows.NONE, List.of(), 0);

    private final ModelSpec spec;
    private final CompileOptions options;

    private BigramModel(ModelSpec spec, CompileOptions options) {
        this.spec = spec;
        this.options = options;
    }

    static ModelSpec spec(int symbols, TrainSettings train) {
        Precision precision = Precision.FLOAT;
        ParameterSpec table = new ParameterSpec(
                "table.weight", List.of(symbols, symbols), 0, new Initializer.Uniform(0.1), "lookup.weight");
        return new ModelSpec(
                "Bigram",
                "0".repeat(64),
                CompiledModel.ABI,
                precision,
                List.of(table),
                precision.padded(table.size()),
                List.of(
                        new PortSpec("text", Role.INPUT, Element.TOKEN, Rows.SEQUENCE, List.of(), symbols),
                        new PortSpec("next", Role.TARGET, Element.TOKEN, Rows.SEQUENCE, List.of(), symbols),
                        new PortSpec("logits", Role.OUTPUT, Element.REAL, Rows.SEQUENCE, List.of(symbols), 0)),
                train);
    }

    static BigramModel compile(ModelSpec spec, CompileOptions options) {
        return new BigramModel(spec, options);
    }

    @Override
    public ModelSpec spec() {
        return spec;
    }

    @Override
    public Set<ProgramKind> programs() {
        return options.programs();
    }

    @Override
    public Program newProgram(ProgramKind kind, Parameters parameters) {
        boolean part = kind == ProgramKind.TRAINING && options.trainingBatch() > 0;
        int steps = kind == ProgramKind.STEP ? 1 : part ? options.trainingSteps() : options.steps();
        int batch = kind == ProgramKind.STEP ? 1 : part ? options.trainingBatch() : options.batch();
        boolean hasTarget = kind != ProgramKind.STEP && kind != ProgramKind.OBSERVATION;
        List<PortSpec> ports = spec.ports().stream()
                .filter(port -> hasTarget || port.role() != Role.TARGET)
                .collect(Collectors.toCollection(ArrayList::new));
        if (hasTarget) {
            ports.add(MEAN_OF);
        }
        return new Table(new ProgramSpec(kind, steps, batch, ports), parameters, hasTarget);
    }

    private static final class Table extends Program {
        private final int symbols;
        private final int stride;
        private final boolean hasTarget;
        private final MemorySegment text;
        private final MemorySegment next;
        private final MemorySegment logits;
        private final MemorySegment gradients;
        private final MemorySegment count;
        private double loss = Double.NaN;

        Table(ProgramSpec program, Parameters parameters, boolean hasTarget) {
            super(program, parameters);
            this.hasTarget = hasTarget;
            symbols = parameters.spec().ports().getFirst().vocabulary();
            stride = parameters.spec().precision().padded(symbols);
            int rows = program.steps() * program.batch();
            text = allocate(4L * rows);
            next = allocate(4L * rows);
            logits = allocate(4L * rows * stride);
            gradients = allocate(parameters.data().byteSize());
            bind("text", text);
            bind("logits", logits);
            if (hasTarget) {
                bind("next", next);
            }
            count = allocate(Float.BYTES);
            bind(MEAN_OF.name(), count);
        }

        @Override
        public void refresh() {}

        @Override
        public void run(int steps) {
            int rows = steps * spec().batch();
            gradients.fill((byte) 0);
            double sum = 0;
            for (int row = 0; row < rows; row++) {
                int symbol = text.getAtIndex(JAVA_INT, row);
                MemorySegment.copy(parameters().data(), 4L * symbol * symbols, logits, 4L * row * stride, 4L * symbols);
                if (hasTarget) {
                    sum += scoreRow(row, symbol, rows);
                }
            }
            loss = sum / rows;
            count.set(JAVA_FLOAT, 0, rows);
        }

        private double scoreRow(int row, int symbol, int rows) {
            int wanted = next.getAtIndex(JAVA_INT, row);
            double total = 0;
            for (int k = 0; k < symbols; k++) {
                total += Math.exp(logits.getAtIndex(JAVA_FLOAT, (long) row * stride + k));
            }
            for (int k = 0; k < symbols; k++) {
                double share = Math.exp(logits.getAtIndex(JAVA_FLOAT, (long) row * stride + k)) / total;
                long at = (long) symbol * symbols + k;
                float gradient = (float) ((share - (k == wanted ? 1 : 0)) / rows);
                gradients.setAtIndex(JAVA_FLOAT, at, gradients.getAtIndex(JAVA_FLOAT, at) + gradient);
            }
            return Math.log(total) - logits.getAtIndex(JAVA_FLOAT, (long) row * stride + wanted);
        }

        @Override
        public double loss() {
            return hasTarget ? loss : Double.NaN;
        }

        @Override
        public MemorySegment gradients() {
            return hasTarget && spec().kind() != ProgramKind.EVALUATION ? gradients : null;
        }
    }
}

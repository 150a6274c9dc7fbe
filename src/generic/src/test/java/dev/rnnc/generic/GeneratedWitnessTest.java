package dev.rnnc.generic;

import static dev.rnnc.generic.Witness.same;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.driver.BackendKind;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.optimizer.GradientClip;
import dev.rnnc.runtime.optimizer.Optimizer;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Generated code against PyTorch's recorded values. Outputs agree within 2e-5 in float: a float has 6e-8 of relative
 * error, a sum of a few hundred products some tens of those, and a few dozen steps carry it on. Gradients pass through
 * all steps twice and get ten times that, of the largest entry. In double nothing but the order of sums differs: 1e-9.
 */
class GeneratedWitnessTest {
    private static final double OUTPUT = 2e-5;
    private static final double GRADIENT = 2e-4;
    private static final double DOUBLE = 1e-9;

    private static final Map<String, String> TRAININGS = Map.of(
            "sgd_lr0.5", "optimizer sgd(rate: 0.5)",
            "sgd_lr0.5_clip0.25", "optimizer sgd(rate: 0.5) clip norm 0.25",
            "adam_lr0.01", "optimizer adam(rate: 0.01)");

    @TestFactory
    Stream<DynamicTest> floatStacksAgreeInOutputsStatesAndGradients() {
        return Witness.torch(
                TorchCase.unidirectional(),
                c -> agrees(inFloat(TorchModel.recurrent(c)), Lanes.count(), OUTPUT, GRADIENT));
    }

    @TestFactory
    Stream<DynamicTest> doubleStacksAgreeInOutputsStatesAndGradients() {
        return Witness.torch(TorchCase.unidirectional(), c -> agrees(TorchModel.recurrent(c), 1, DOUBLE, DOUBLE));
    }

    @TestFactory
    Stream<DynamicTest> bidirectionalStacksAgree() {
        return Witness.torch(TorchCase.bidirectional(), c -> {
            TorchModel model = TorchModel.recurrent(c);
            agrees(inFloat(model), Lanes.count(), OUTPUT, GRADIENT);
            agrees(model, 1, DOUBLE, DOUBLE);
        });
    }

    @TestFactory
    Stream<DynamicTest> sequencesOfDifferentLengthAgree() {
        return Witness.torch(TorchCase.padded(), c -> {
            TorchModel model = TorchModel.recurrent(c);
            agrees(inFloat(model), Lanes.count(), OUTPUT, GRADIENT);
            agrees(model, 1, DOUBLE, DOUBLE);
        });
    }

    @TestFactory
    Stream<DynamicTest> encodersWithDecodersAgree() {
        return Witness.torch(TorchCase.matching("m10-.*"), c -> {
            TorchModel model = TorchModel.encoderDecoder(c, "epochs 1");
            agrees(inFloat(model), Lanes.count(), OUTPUT, GRADIENT);
            agrees(model, 1, DOUBLE, DOUBLE);
        });
    }

    @TestFactory
    Stream<DynamicTest> bidirectionalClassifiersAgree() {
        return Witness.torch(TorchCase.matching("m0[258]-.*"), c -> {
            TorchModel model = TorchModel.manyToOne(c, "epochs 1");
            agrees(inFloat(model), Lanes.count(), OUTPUT, GRADIENT);
            agrees(model, 1, DOUBLE, DOUBLE);
        });
    }

    @TestFactory
    Stream<DynamicTest> characterModelsAgreeInOutputLossAndGradients() {
        return Witness.torch(TorchCase.matching("m0[147]-.*"), c -> {
            TorchModel model = TorchModel.characters(c, "epochs 1");
            agrees(inFloat(model), Lanes.count(), OUTPUT, GRADIENT);
            agrees(model, 1, DOUBLE, DOUBLE);
        });
    }

    @TestFactory
    Stream<DynamicTest> twentyStepsOfTrainingAgree() {
        return TorchCase.matching("m0[147]-.*").stream()
                .flatMap(c -> Witness.torch(
                        TRAININGS.keySet().stream().sorted().toList(),
                        name -> trains(inFloat(TorchModel.characters(c, TRAININGS.get(name) + " epochs 20")), name)));
    }

    @TestFactory
    Stream<DynamicTest> everyLaneCountGivesTheSameBits() {
        List<TorchCase> cases = TorchCase.unidirectional().stream()
                .filter(c -> c.name().matches(".*-i(3-h5|33-h17|16-h16-l3).*|.*proj.*"))
                .toList();
        return Witness.torch(cases, c -> {
            TorchModel model = inFloat(TorchModel.recurrent(c));
            List<Integer> counts = IntStream.of(1, 4, 8, 16)
                    .filter(n -> n <= Lanes.count())
                    .boxed()
                    .toList();
            Map<String, double[]> scalar = run(model, 1);
            for (int lanes : counts) {
                run(model, lanes)
                        .forEach((name, values) -> assertThat(values)
                                .as(name + " with " + lanes + " lanes")
                                .isEqualTo(scalar.get(name)));
            }
        });
    }

    /**
     * Every case in one precision and for one lane count, each for the next one in turn, because javac takes a second for
     * each; {@code -Drnnc.all=true} takes all for all.
     */
    @TestFactory
    Stream<DynamicTest> bothBackendsGiveTheSameBits() {
        List<TorchModel> models = Stream.of(
                        Stream.of(TorchCase.unidirectional(), TorchCase.bidirectional(), TorchCase.padded())
                                .flatMap(List::stream)
                                .map(TorchModel::recurrent),
                        TorchCase.matching("m0[147]-.*").stream().map(c -> TorchModel.characters(c, "epochs 1")),
                        TorchCase.matching("m0[258]-.*").stream().map(c -> TorchModel.manyToOne(c, "epochs 1")),
                        TorchCase.matching("m10-.*").stream().map(c -> TorchModel.encoderDecoder(c, "epochs 1")))
                .flatMap(group -> group)
                .toList();
        List<Integer> counts = IntStream.of(16, 8, 4, 1)
                .filter(n -> n <= Lanes.count())
                .boxed()
                .toList();
        return Witness.torch(models, model -> {
            int turn = models.indexOf(model) % (counts.size() + 1);
            for (int i = 0; i <= counts.size(); i++) {
                boolean inDouble = i == counts.size();
                if (i == turn || Boolean.getBoolean("rnnc.all")) {
                    bothBackendsAgree(inDouble ? model : inFloat(model), inDouble ? 1 : counts.get(i));
                }
            }
        });
    }

    private static void bothBackendsAgree(TorchModel model, int lanes) {
        Map<String, double[]> java = run(model, lanes, BackendKind.JAVA);
        Map<String, double[]> bytecode = run(model, lanes, BackendKind.BYTECODE);
        assertThat(bytecode.keySet()).isEqualTo(java.keySet());
        bytecode.forEach((name, values) -> assertThat(bits(values)).as(name).isEqualTo(bits(java.get(name))));
    }

    private static long[] bits(double[] values) {
        return Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray();
    }

    private static TorchModel inFloat(TorchModel model) {
        return model.withText(model.text().replace("precision double", ""));
    }

    private static void agrees(TorchModel recorded, int lanes, double output, double gradient) {
        Map<String, double[]> found = run(recorded, lanes);
        recorded.outputs().forEach((name, values) -> same(name, found.get(name), values, output));
        recorded.states().forEach((name, values) -> same(name, found.get(name), values, output));
        same("loss", found.get("loss"), recorded.recorded().tensor("loss"), gradient);
        recorded.inputGradients()
                .forEach((name, values) -> same("grad." + name, found.get("grad." + name), values, gradient));
        recorded.parameters()
                .forEach((ours, theirs) -> same(
                        "grad." + ours,
                        found.get("grad." + ours),
                        recorded.recorded().tensor("grad." + theirs),
                        gradient));
    }

    /** All results of one run, by name; gradients are {@code grad.NAME}. */
    private static Map<String, double[]> run(TorchModel recorded, int lanes) {
        return run(recorded, lanes, BackendKind.BYTECODE);
    }

    private static Map<String, double[]> run(TorchModel recorded, int lanes, BackendKind backend) {
        CompiledModel compiled = Compiler.load(
                recorded.model(),
                CompileOptions.of(ProgramKind.INSPECTION)
                        .sized(recorded.steps(), recorded.batch())
                        .lanes(lanes)
                        .withLengths(recorded.hasLengths())
                        .by(backend));
        Parameters parameters = new Parameters(compiled.spec());
        recorded.parameters()
                .forEach((ours, theirs) ->
                        parameters.set(ours, recorded.recorded().tensor("param." + theirs)));
        Map<String, double[]> found = new LinkedHashMap<>();
        try (Program program = compiled.newProgram(ProgramKind.INSPECTION, parameters)) {
            bind(recorded, program);
            program.run(recorded.steps());
            found.put("loss", new double[] {program.loss()});
            recorded.outputs()
                    .keySet()
                    .forEach(n -> found.put(n, Ports.read(program, Ports.port(program, n), recorded.steps())));
            recorded.states()
                    .keySet()
                    .forEach(n -> found.put(n, Ports.read(program, Ports.port(program, n), recorded.steps())));
            recorded.inputGradients()
                    .keySet()
                    .forEach(n -> found.put(
                            "grad." + n, Ports.read(program, Ports.port(program, "grad." + n), recorded.steps())));
            recorded.parameters().keySet().forEach(n -> found.put("grad." + n, Ports.gradient(program, n)));
        }
        return found;
    }

    private static void trains(TorchModel recorded, String name) {
        CompiledModel compiled = Compiler.load(recorded.model(), CompileOptions.of(ProgramKind.TRAINING));
        Parameters parameters = new Parameters(compiled.spec());
        recorded.parameters()
                .forEach((ours, theirs) ->
                        parameters.set(ours, recorded.recorded().tensor("param." + theirs)));
        Optimizer optimizer = Optimizer.create(compiled.spec().train().optimizer(), compiled.spec());
        double[] losses = recorded.recorded().tensor("traj." + name + ".loss");
        try (Program program = compiled.newProgram(ProgramKind.TRAINING, parameters)) {
            bind(recorded, program);
            for (int step = 0; step < losses.length; step++) {
                program.resetStates();
                program.run(recorded.steps());
                same("loss " + step, new double[] {program.loss()}, new double[] {losses[step]}, GRADIENT);
                GradientClip.apply(compiled.spec().train().clip(), program.gradients(), compiled.spec());
                optimizer.step(parameters, program.gradients());
                program.refresh();
            }
        }
        for (ParameterSpec slice : parameters.slices()) {
            String theirs = recorded.parameters().get(slice.name());
            same(
                    slice.name(),
                    parameters.values(slice.name()),
                    recorded.recorded().tensor("traj." + name + ".final." + theirs),
                    GRADIENT);
        }
    }

    private static void bind(TorchModel recorded, Program program) {
        recorded.reals()
                .forEach((name, values) -> Ports.write(program, Ports.port(program, name), values, recorded.steps()));
        recorded.tokens()
                .forEach((name, values) -> Ports.write(program, Ports.port(program, name), values, recorded.steps()));
    }
}

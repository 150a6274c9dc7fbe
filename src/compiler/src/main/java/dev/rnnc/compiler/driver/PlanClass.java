package dev.rnnc.compiler.driver;

import dev.rnnc.compiler.build.BuildOptions;
import dev.rnnc.compiler.emit.ClassPlan;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.loop.LoopProgram;
import dev.rnnc.compiler.lower.KernelPool;
import dev.rnnc.compiler.lower.Lowering;
import dev.rnnc.compiler.lower.Target;
import dev.rnnc.compiler.model.Generation;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.unroll.JoinChunks;
import dev.rnnc.compiler.unroll.UnrollLimitException;
import dev.rnnc.compiler.unroll.UnrollTime;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.ProgramSpec;
import dev.rnnc.runtime.spec.TrainSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Plans the class of a model: its programs, at their sizes, lowered for each lane count. */
final class PlanClass {
    private PlanClass() {}

    static ClassPlan plan(Model model, CompileOptions options) {
        ModelSpec spec = model.spec();
        int steps =
                size(options.steps(), spec.train() == null ? 0 : spec.train().steps());
        int batch =
                size(options.batch(), spec.train() == null ? 0 : spec.train().batch());
        // Unless it is asked for, what learns nothing runs over one sequence: whoever uses a model has one.
        int rows = size(options.batch(), 1);
        List<ProgramKind> kinds = kinds(options);
        kinds.stream()
                .filter(kind -> model.loss().isEmpty()
                        && !kind.generates()
                        && ProgramPlan.of(kind).needsLoss())
                .findFirst()
                .ifPresent(kind -> {
                    throw new ModelException(
                            "%s: error: model %s has no loss, so there is no %s program; state one, as in 'loss mse(y, target)'\n"
                                    .formatted(
                                            model.file(),
                                            model.name(),
                                            kind.name().toLowerCase(Locale.ROOT)));
                });
        BuildOptions build = BuildOptions.of(model).withSteps(steps).withLengths(options.lengths());
        List<Graph> graphs = new ArrayList<>();
        List<ProgramSpec> specs = new ArrayList<>();
        for (int i = 0; i < kinds.size(); i++) {
            ProgramKind kind = kinds.get(i);
            if (kind.generates()) {
                GeneratorPrograms generator = GeneratorPrograms.of(model, build);
                graphs.add(generator.graph(kind));
                specs.add(generator.spec(kind, steps, rows));
            } else {
                ProgramPlan program = ProgramPlan.of(kind);
                boolean part = kind == ProgramKind.TRAINING || kind == ProgramKind.COUNTING;
                int time = part ? pieceSteps(options, spec.train(), steps, batch) : steps;
                // Beside a training program for shards, the one that validates is for shards as well.
                boolean shard = part || kind == ProgramKind.EVALUATION && options.trainingBatch() > 0;
                int sequences =
                        shard ? shardRows(options, spec.train(), steps, batch) : program.needsLoss() ? batch : rows;
                Graph graph = ProgramGraphs.optimized(model, kind, build.withSteps(time), options.gradientFlow());
                graphs.add(graph);
                ProgramSpec named = program.spec(model, options.lengths(), time, sequences, graph);
                ProgramSpec whole = TouchedRows.add(graph, LossPorts.add(graph, FlowPorts.add(graph, named)));
                specs.add(whole);
                // Whoever trains on parts must know beforehand what all of them together are divided by.
                if (LossPorts.takesTotals(whole)) {
                    kinds.add(ProgramKind.COUNTING);
                }
            }
        }
        List<ClassPlan.Lanes> lanes = new ArrayList<>();
        for (int count : laneCounts(spec.precision(), options.lanes())) {
            KernelPool kernels = new KernelPool();
            List<LoopProgram> programs = new ArrayList<>();
            for (int i = 0; i < kinds.size(); i++) {
                programs.add(program(model, graphs.get(i), specs.get(i), Target.of(count), options, kernels));
            }
            lanes.add(new ClassPlan.Lanes(count, programs));
        }
        return new ClassPlan(spec, model.file(), options.packageName(), lanes, model.constants(), feeds(model, kinds));
    }

    /** The programs that are asked for, and what a generator's steps begin with. */
    private static List<ProgramKind> kinds(CompileOptions options) {
        Set<ProgramKind> kinds = new TreeSet<>(options.programs());
        if (kinds.contains(ProgramKind.DECODING)) {
            kinds.add(ProgramKind.ENCODING);
        }
        return new ArrayList<>(kinds);
    }

    private static List<ClassPlan.Feed> feeds(Model model, List<ProgramKind> kinds) {
        return kinds.contains(ProgramKind.DECODING)
                ? Generation.of(model).feeds().stream()
                        .map(f -> new ClassPlan.Feed(f.port(), f.output().name(), f.start()))
                        .toList()
                : List.of();
    }

    private static LoopProgram program(
            Model model, Graph graph, ProgramSpec spec, Target target, CompileOptions options, KernelPool kernels) {
        LoopProgram rolled = SizeLimit.check(model, () -> Lowering.lower(graph, model.spec(), spec, target, kernels));
        try {
            return UnrollTime.apply(JoinChunks.apply(rolled), options.unroll().orElse(model.unroll()), kernels::intern);
        } catch (UnrollLimitException e) {
            String place = model.file() + ":" + (e.line() > 0 ? e.line() + ":" : "");
            throw new ModelException("%s error: %s\n".formatted(place, e.getMessage()));
        }
    }

    /** Double precision runs in plain numbers: its elementary functions are StrictMath's. */
    private static List<Integer> laneCounts(Precision precision, List<Integer> wanted) {
        if (precision == Precision.DOUBLE) {
            return List.of(1);
        }
        return wanted.isEmpty() ? List.of(Lanes.count()) : wanted;
    }

    private static int pieceSteps(CompileOptions options, TrainSettings train, int steps, int batch) {
        return options.trainingSteps() > 0
                ? options.trainingSteps()
                : isOwn(train, steps, batch) ? train.pieceSteps() : steps;
    }

    private static int shardRows(CompileOptions options, TrainSettings train, int steps, int batch) {
        return options.trainingBatch() > 0
                ? options.trainingBatch()
                : isOwn(train, steps, batch) ? train.shardRows() : batch;
    }

    private static boolean isOwn(TrainSettings train, int steps, int batch) {
        return train != null && train.steps() == steps && train.batch() == batch;
    }

    private static int size(int option, int declared) {
        return option > 0 ? option : Math.max(1, declared);
    }
}

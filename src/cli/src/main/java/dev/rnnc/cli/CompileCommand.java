package dev.rnnc.cli;

import dev.rnnc.compiler.driver.BackendKind;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Rows;
import dev.rnnc.runtime.spec.TrainSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import javax.lang.model.SourceVersion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rnnc compile}: writes the model's classes, as Java source or as class files. */
@Command(
        name = "compile",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Writes the model's classes below a folder, as Java source or as class files.")
final class CompileCommand implements Callable<Integer> {
    private static final List<Integer> LANES = List.of(16, 8, 4, 1);

    private final Backend backend;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The model file (.rnn).")
    private Path file;

    @Option(names = "-d", required = true, paramLabel = "DIR", description = "The folder to write below.")
    private Path directory;

    @Option(
            names = "--backend",
            paramLabel = "NAME",
            defaultValue = "java",
            description =
                    "What to write: java, sources (the default), or bytecode, class files. Either needs the runtime"
                            + " and nothing else.")
    private BackendKind kind;

    @Option(
            names = "--package",
            paramLabel = "NAME",
            defaultValue = "",
            description = "The package of the class; none by default.")
    private String packageName;

    @Option(
            names = "--lanes",
            paramLabel = "N",
            split = ",",
            defaultValue = "16,8,4,1",
            description =
                    "Write kernels for vectors of N floats, 1 for scalar code; the class chooses when it is loaded"
                            + " (default: 16,8,4,1).")
    private List<Integer> lanes;

    @Option(names = "--steps", paramLabel = "N", description = "Most time steps of a run; the model's own by default.")
    private Integer steps;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description =
                    "Sequences of a run; by default the model's own for training and evaluation, and one for the rest.")
    private Integer batch;

    @Mixin
    private final UnrollOption unroll = new UnrollOption();

    CompileCommand(Backend backend) {
        this.backend = backend;
    }

    @Override
    public Integer call() {
        if (!packageName.isEmpty() && !SourceVersion.isName(packageName)) {
            throw CommandFailure.usage("--package '" + packageName + "' is not a Java package name");
        }
        lanes.stream().filter(count -> !LANES.contains(count)).findFirst().ifPresent(count -> {
            throw CommandFailure.usage("--lanes " + count + ": give some of " + LANES);
        });
        Backend.Source model = ModelFile.open(backend, file, spec.commandLine().getErr());
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw CommandFailure.job("-d '" + directory + "' is a file; name a folder");
        }
        try {
            for (Path written : model.write(options(model), directory)) {
                spec.commandLine().getOut().println(written);
            }
        } catch (IOException e) {
            throw InputFile.failure("cannot write below", directory, e);
        }
        return ExitCode.OK;
    }

    private CompileOptions options(Backend.Source model) {
        TrainSettings train = model.spec().train();
        Set<ProgramKind> kinds = EnumSet.of(ProgramKind.SEQUENCE);
        if (model.spec().ports().stream().anyMatch(port -> port.rows() == Rows.SEQUENCE)) {
            model.stepwiseObstacle()
                    .ifPresentOrElse(
                            reason -> spec.commandLine()
                                    .getErr()
                                    .println("note: %s cannot be computed step by step, so there is no step program: %s"
                                            .formatted(model.spec().name(), reason)),
                            () -> kinds.add(ProgramKind.STEP));
        }
        if (model.hasLoss()) {
            kinds.addAll(EnumSet.of(ProgramKind.TRAINING, ProgramKind.EVALUATION));
        }
        if (model.generation().obstacle().isEmpty()) {
            kinds.addAll(EnumSet.of(ProgramKind.ENCODING, ProgramKind.DECODING));
        }
        int time = Sizes.choose("--steps", steps, train == null ? Sizes.DEFAULT_STEPS : train.steps());
        int rows = Sizes.choose("--batch", batch, 0);
        List<Integer> widestFirst = LANES.stream().filter(lanes::contains).toList();
        return new CompileOptions(kinds, time, rows, widestFirst, packageName)
                .by(kind)
                .unrolled(unroll.setting());
    }
}

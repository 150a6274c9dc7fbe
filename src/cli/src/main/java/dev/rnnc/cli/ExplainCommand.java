package dev.rnnc.cli;

import dev.rnnc.compiler.driver.Stage;
import dev.rnnc.runtime.AtomicFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rnnc explain}: what a model is and costs, or any of its representations. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Shows shapes, parameters, work and memory of a model, or the model after one stage.")
final class ExplainCommand implements Callable<Integer> {
    private final Backend backend;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The model file (.rnn); for --gradient a file of cells will do.")
    private Path file;

    @Option(
            names = "--stage",
            paramLabel = "STAGE",
            description = "Print this representation instead: syntax, model, graph, gradient (the derived"
                    + " backward equations), optimized, loop or java.")
    private Stage stage;

    @Option(
            names = "--gradient",
            paramLabel = "CELL",
            description = "Print the derived backward equations of a cell instead: one of the file, one of the"
                    + " library, or the one that a layer calls.")
    private String gradient;

    @Option(
            names = "--graph",
            description = "Write a picture of the model unrolled over time, as SVG, to standard output or --out.")
    private boolean graph;

    @Option(
            names = "--bytecode",
            description =
                    "List the methods of the classes for this machine instead: size, budget, shape of tiles,"
                            + " equation; and the loops over time: steps a turn and the time the cost model expects. HotSpot compiles no method of more than 8,000 bytes.")
    private boolean bytecode;

    @Mixin
    private final BackendOption compiler = new BackendOption();

    @Mixin
    private final UnrollOption unroll = new UnrollOption();

    @Option(names = "--out", paramLabel = "FILE.svg", description = "Where --graph writes the picture.")
    private Path out;

    @Option(names = "--json", description = "Write the report as JSON.")
    private boolean json;

    ExplainCommand(Backend backend) {
        this.backend = backend;
    }

    @Override
    public Integer call() {
        if (Stream.of(stage != null, gradient != null, graph, bytecode, json)
                        .filter(on -> on)
                        .count()
                > 1) {
            throw CommandFailure.usage(
                    "--stage, --gradient, --graph, --bytecode and --json exclude one another: give one of them");
        }
        if (out != null && !graph) {
            throw CommandFailure.usage("--out is for --graph");
        }
        if (compiler.isGiven() && !bytecode) {
            throw CommandFailure.usage("--backend is for --bytecode");
        }
        if (unroll.setting().isPresent() && !bytecode) {
            throw CommandFailure.usage("--unroll is for --bytecode");
        }
        PrintWriter print = spec.commandLine().getOut();
        if (gradient != null) {
            print.print(ofCell());
            return ExitCode.OK;
        }
        Backend.Source model = ModelFile.open(backend, file, spec.commandLine().getErr());
        if (graph && out != null) {
            write(model.picture());
            print.println("wrote " + out);
        } else if (graph) {
            print.print(model.picture());
        } else if (bytecode) {
            print.print(MethodReport.text(model, compiler.kind(), unroll.setting()));
        } else if (stage != null) {
            print.print(model.print(stage));
        } else if (json) {
            print.println(ModelReport.json(model.spec(), model.costs()));
        } else {
            print.print(ModelReport.text(model.spec(), model.costs()));
        }
        return ExitCode.OK;
    }

    /** A file of cells has no model, and needs none. */
    private String ofCell() {
        Backend.Checked checked = ModelFile.checkAny(backend, file);
        if (!checked.sound()) {
            throw CommandFailure.model(checked.rendered());
        }
        spec.commandLine().getErr().print(checked.rendered());
        spec.commandLine().getErr().flush();
        return ModelFile.read(file, path -> backend.gradient(path, gradient));
    }

    private void write(String picture) {
        try {
            AtomicFile.write(
                    out,
                    channel ->
                            AtomicFile.writeFully(channel, ByteBuffer.wrap(picture.getBytes(StandardCharsets.UTF_8))));
        } catch (IOException e) {
            throw InputFile.failure("cannot write", out, e);
        }
    }
}

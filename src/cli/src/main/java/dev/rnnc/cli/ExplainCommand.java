package dev.rnnc.cli;

import dev.rnnc.compiler.driver.Stage;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
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

    @Parameters(paramLabel = "FILE", description = "The model file (.rnn).")
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

    @Option(names = "--json", description = "Write the report as JSON.")
    private boolean json;

    ExplainCommand(Backend backend) {
        this.backend = backend;
    }

    @Override
    public Integer call() {
        if (json && stage != null) {
            throw CommandFailure.usage("--json is for the report; a stage has a text form only: leave one of them out");
        }
        if (gradient != null && (json || stage != null)) {
            throw CommandFailure.usage("--gradient has a form of its own: leave out --json and --stage");
        }
        PrintWriter out = spec.commandLine().getOut();
        Backend.Source model = ModelFile.open(backend, file, spec.commandLine().getErr());
        if (gradient != null) {
            out.print(model.gradient(gradient));
        } else if (stage != null) {
            out.print(model.print(stage));
        } else if (json) {
            out.println(ModelReport.json(model.spec(), model.costs()));
        } else {
            out.print(ModelReport.text(model.spec(), model.costs()));
        }
        return ExitCode.OK;
    }
}

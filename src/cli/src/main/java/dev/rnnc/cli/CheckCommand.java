package dev.rnnc.cli;

import dev.rnnc.cli.Backend.Checked;
import dev.rnnc.cli.Backend.Finding;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rnnc check}: diagnostics only. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Checks model files and shows every error and warning; exit code 3 if one has errors.")
final class CheckCommand implements Callable<Integer> {
    private final Backend backend;

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Model files and files of cells (.rnn).")
    private List<Path> files;

    @Option(names = "--json", description = "Write the diagnostics as JSON to standard output.")
    private boolean json;

    CheckCommand(Backend backend) {
        this.backend = backend;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Map<Path, Checked> results = new LinkedHashMap<>();
        files.forEach(file -> results.put(file, ModelFile.checkAny(backend, file)));
        if (json) {
            out.println(toJson(results));
        } else {
            results.forEach((file, checked) -> {
                err.print(checked.rendered());
                if (checked.sound()) {
                    out.println(file + ": no errors"
                            + (checked.model().isPresent() ? "" : "; no model, but what others import"));
                }
            });
        }
        boolean sound = results.values().stream().allMatch(Checked::sound);
        return sound ? ExitCode.OK : ExitCode.MODEL;
    }

    private static String toJson(Map<Path, Checked> results) {
        return Json.pretty(json -> {
            json.writeStartArray();
            for (Map.Entry<Path, Checked> result : results.entrySet()) {
                json.writeStartObject();
                json.writeStringField("file", result.getKey().toString());
                json.writeBooleanField("ok", result.getValue().sound());
                json.writeArrayFieldStart("diagnostics");
                for (Finding finding : result.getValue().findings()) {
                    json.writeStartObject();
                    json.writeNumberField("line", finding.line());
                    json.writeNumberField("column", finding.column());
                    json.writeStringField("severity", finding.severity());
                    json.writeStringField("kind", finding.kind());
                    json.writeStringField("message", finding.message());
                    json.writeEndObject();
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }
}

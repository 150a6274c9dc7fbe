package dev.rnnc.maven;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.driver.CompilerFault;
import dev.rnnc.compiler.driver.MethodBudget;
import dev.rnnc.compiler.driver.ModelException;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.parse.ModelParser;
import dev.rnnc.generic.GradientComparison;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.maven.plugin.logging.Log;

/**
 * Checks one model after another.
 *
 * @param settings the programs whose methods are measured
 * @param gradients whether gradients are compared with differences
 * @param budget the most bytes of a method that runs often
 */
record ModelCheck(Settings settings, boolean gradients, int budget, Findings findings, Log log) {
    /** A loss may have a kink where a comparison happens to be; a wrong gradient is wrong everywhere. */
    private static final int ATTEMPTS = 3;

    /** Checks the model of a file; what is wrong goes to the findings. */
    void run(Path file) {
        try {
            check(file, ModelReader.read(file));
        } catch (ModelException e) {
            findings.addLate(file, e.getMessage());
        } catch (UserMistake e) {
            findings.addError(file, e.getMessage());
        } catch (CompilerBug e) {
            throw e;
        } catch (CompilerFault e) {
            throw new CompilerBug(e.getMessage(), e);
        } catch (RuntimeException | StackOverflowError e) {
            throw new CompilerBug("checking " + file + ": " + e, e);
        }
    }

    private void check(Path file, ModelReader.Read read) {
        read.diagnostics().forEach(findings::add);
        if (read.model().isEmpty()) {
            return;
        }
        Model model = read.model().get();
        String sizes = sizes(file, model);
        String gradient = gradients ? gradient(file, read, model) : "gradient not checked";
        log.info("%s: %s; %s".formatted(model.spec().name(), gradient, sizes));
    }

    private String sizes(Path file, Model model) {
        List<MethodBudget.Entry> methods = Compiler.methods(model, settings.options(model, "")).stream()
                .filter(entry -> !entry.size().runsOnce())
                .sorted(Comparator.comparing(entry -> -entry.size().bytes()))
                .toList();
        for (MethodBudget.Entry method : methods) {
            if (method.size().bytes() > budget) {
                findings.addLate(
                        file,
                        String.format(
                                Locale.ROOT,
                                "%s:%s: error: '%s' needs the method %s of %,d bytes, more than rnnc.check.budget, %,d",
                                file.getFileName(),
                                Math.max(1, method.purpose().equation().line()),
                                method.purpose()
                                        .equation()
                                        .text()
                                        .lines()
                                        .findFirst()
                                        .orElse("the model"),
                                method.size().name(),
                                method.size().bytes(),
                                budget));
            }
        }
        return methods.isEmpty()
                ? "no methods"
                : String.format(
                        Locale.ROOT,
                        "largest of %,d methods: %,d of %,d bytes",
                        methods.size(),
                        methods.getFirst().size().bytes(),
                        budget);
    }

    private String gradient(Path file, ModelReader.Read read, Model model) {
        if (model.loss().isEmpty()) {
            return "no loss, so no gradient";
        }
        if (Stream.concat(Stream.of(read.source()), read.imports().stream()).anyMatch(ModelCheck::detaches)) {
            return "gradient not checked, for 'detach' makes it differ from that of the loss";
        }
        GradientComparison comparison = null;
        for (int seed = 1; seed <= ATTEMPTS; seed++) {
            comparison = GradientComparison.of(model, seed);
            if (!comparison.isFinite()) {
                findings.addWarning(
                        file, "the gradient cannot be checked: the loss of random inputs is no finite number");
                return "gradient not checked";
            }
            if (comparison.agrees()) {
                return String.format(
                        Locale.ROOT, "gradient %.6g, by differences %.6g", comparison.derived(), comparison.measured());
            }
        }
        findings.addError(
                file,
                String.format(
                        Locale.ROOT,
                        "the gradient of model %s is %.9g along a random direction, by differences of the loss %.9g;"
                                + " either the loss jumps, or this is a bug in rnnc",
                        model.spec().name(),
                        comparison.derived(),
                        comparison.measured()));
        return "gradient wrong";
    }

    private static boolean detaches(SourceText text) {
        return ModelParser.tokens(text).stream().anyMatch(token -> token.text().equals("detach"));
    }
}

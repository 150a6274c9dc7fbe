package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.Recurrence;
import dev.rnnc.compiler.model.TermType;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.TrainSettings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Says what a resolved model is in the runtime's terms: ports, and parameters with their places. */
final class SpecBuilder {
    private SpecBuilder() {}

    /** A declared input or target. */
    record Port(boolean target, String name, TermType type) {}

    static ModelSpec build(
            String name,
            SourceText source,
            List<SourceText> imports,
            Precision precision,
            Instances instances,
            List<Port> inputs,
            List<Model.Binding> bindings,
            Optional<TrainSettings> train) {
        List<ParameterSpec> parameters = new ArrayList<>();
        long offset = 0;
        for (Instances.DeclaredParameter p : instances.parameters()) {
            ParameterSpec parameter = new ParameterSpec(
                    p.name(), p.shape(), offset, p.initializer(), p.alias().orElse(null));
            parameters.add(parameter);
            long line = precision.elementsPerLine();
            offset += (parameter.size() + line - 1) / line * line;
        }
        List<PortSpec> ports = new ArrayList<>();
        inputs.forEach(p -> ports.add(port(p.name(), p.target() ? Role.TARGET : Role.INPUT, p.type())));
        for (Model.Binding b : bindings) {
            ports.add(port(
                    b.name(),
                    b.output() ? Role.OUTPUT : Role.LAYER,
                    b.variable().term().type()));
        }
        for (Recurrence r : instances.recurrences()) {
            for (int i = 0; i < r.states().size(); i++) {
                ports.add(port(r.stateName(i), Role.STATE, r.states().get(i).type()));
            }
        }
        return new ModelSpec(
                name,
                digest(source, imports),
                CompiledModel.ABI,
                precision,
                parameters,
                offset,
                ports,
                train.orElse(null));
    }

    private static PortSpec port(String name, Role role, TermType type) {
        return new PortSpec(name, role, type.element(), type.rows(), type.shape(), type.vocabulary());
    }

    /** Of the model's text and, each behind a zero byte, those it imports. */
    private static String digest(SourceText source, List<SourceText> imports) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(source.text().getBytes(StandardCharsets.UTF_8));
            for (SourceText text : imports) {
                sha256.update((byte) 0);
                sha256.update(text.text().getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

package dev.rnnc.compiler.emit.java;

import com.palantir.javapoet.CodeBlock;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ProgramSpec;
import java.util.List;

/** Java expressions that build the specs: any record of the spec package, by its components. */
final class Specs {
    private Specs() {}

    static CodeBlock model(ModelSpec spec) {
        return value(spec);
    }

    static CodeBlock program(ProgramSpec spec) {
        return value(spec);
    }

    private static CodeBlock value(Object value) {
        return switch (value) {
            case null -> CodeBlock.of("null");
            case String s -> CodeBlock.of("$S", s);
            case Long l -> CodeBlock.of("$LL", l);
            case Enum<?> e -> CodeBlock.of("$T.$L", e.getDeclaringClass(), e.name());
            case List<?> list -> CodeBlock.of(hasRecords(list) ? "$T.of(\n$L)" : "$T.of($L)", List.class, list(list));
            case Record record -> record(record);
            default -> CodeBlock.of("$L", value);
        };
    }

    /** Records stand on lines of their own. */
    private static boolean hasRecords(List<?> list) {
        return list.stream().anyMatch(Record.class::isInstance);
    }

    private static CodeBlock list(List<?> list) {
        boolean lines = hasRecords(list);
        return CodeBlock.join(list.stream().map(Specs::value).toList(), lines ? ",\n" : ",$W");
    }

    private static CodeBlock record(Record record) {
        try {
            CodeBlock.Builder arguments = CodeBlock.builder();
            String separator = "";
            for (var component : record.getClass().getRecordComponents()) {
                boolean abi = record instanceof ModelSpec && component.getName().equals("abi");
                CodeBlock argument = abi
                        ? CodeBlock.of("$L", CompiledModel.ABI)
                        : value(component.getAccessor().invoke(record));
                arguments.add(separator).add(argument);
                separator = ",$W";
            }
            return CodeBlock.of("new $T($L)", record.getClass(), arguments.build());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + record.getClass(), e);
        }
    }
}

package dev.rnnc.compiler.emit.java;

import com.palantir.javapoet.CodeBlock;
import dev.rnnc.compiler.emit.SpecRecords;
import java.util.List;

/** Java expressions that build the records of the spec package. */
final class Specs {
    private Specs() {}

    static CodeBlock of(Record record) {
        List<CodeBlock> arguments =
                SpecRecords.of(record).stream().map(c -> value(c.value())).toList();
        return CodeBlock.of("new $T($L)", record.getClass(), CodeBlock.join(arguments, ",$W"));
    }

    private static CodeBlock value(Object value) {
        return switch (value) {
            case null -> CodeBlock.of("null");
            case String s -> CodeBlock.of("$S", s);
            case Long l -> CodeBlock.of("$LL", l);
            case Enum<?> e -> CodeBlock.of("$T.$L", e.getDeclaringClass(), e.name());
            case List<?> list -> CodeBlock.of(hasRecords(list) ? "$T.of(\n$L)" : "$T.of($L)", List.class, list(list));
            case Record record -> of(record);
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
}

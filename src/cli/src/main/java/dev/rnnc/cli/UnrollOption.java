package dev.rnnc.cli;

import dev.rnnc.compiler.model.Unroll;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code --unroll}, of commands that compile a model. */
final class UnrollOption {
    @Option(
            names = "--unroll",
            paramLabel = "HOW",
            converter = Converter.class,
            description = "Time steps in one turn of a loop over time: none, a number, full, or auto for what the cost"
                    + " model expects to be fastest; the model's own setting by default. All give the same bits.")
    private Unroll setting;

    /** The setting given, if any. */
    Optional<Unroll> setting() {
        return Optional.ofNullable(setting);
    }

    /** Text to setting. */
    static final class Converter implements ITypeConverter<Unroll> {
        @Override
        public Unroll convert(String text) {
            try {
                return Unroll.of(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}

package dev.rnnc.compiler.driver;

import dev.rnnc.compiler.model.Model;
import java.util.Set;
import javax.lang.model.SourceVersion;

/** Whether a model's name can be that of a Java class. All other names of a model may be any: they are changed where needed. */
final class JavaNames {
    /** Words that are no keywords, but that no class may have as its name (Java language specification, 3.9). */
    private static final Set<String> NO_CLASSES = Set.of("permits", "record", "sealed", "var", "yield");

    private JavaNames() {}

    /** @throws ModelException if no Java class can have the model's name */
    static void check(Model model) {
        if (SourceVersion.isKeyword(model.name()) || NO_CLASSES.contains(model.name())) {
            throw new ModelException(
                    "%s: error: model '%s' cannot become a class, because '%s' is a word of Java; give it another name\n"
                            .formatted(model.file(), model.name(), model.name()));
        }
    }
}

package dev.rnnc.project;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Who may import whom; the reasons stand in docs/architecture.md. */
class PackageRulesTest {
    private static final String COMPILER = "dev.rnnc.compiler";

    /** The compiler's packages in compile order: each may import those before it, none those after it. */
    static final List<String> COMPILE_ORDER = List.of(
            "names",
            "diag",
            "syntax",
            "parse",
            "format",
            "model",
            "sema",
            "graph",
            "build",
            "autodiff",
            "opt",
            "loop",
            "lower",
            "unroll",
            "emit",
            "emit.java",
            "emit.bytecode",
            "explain",
            "driver");

    /** Packages that turn one language into the next. They know the languages, never one another. */
    static final List<String> STAGES = List.of(
            "parse",
            "format",
            "sema",
            "build",
            "autodiff",
            "opt",
            "lower",
            "unroll",
            "emit.java",
            "emit.bytecode",
            "explain");

    /** Packages that hold a language: types, printer, verifier. */
    static final List<String> LANGUAGES = List.of("diag", "syntax", "model", "graph", "loop");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            // The test support of other modules comes as a jar.
            .withImportOption(location -> !location.contains("-tests.jar") && !location.contains("/test-classes/"))
            .importPackages("dev.rnnc");

    @Test
    void everyCompilerPackageHasItsPlaceInTheCompileOrder() {
        assertThat(CLASSES.stream()
                        .map(JavaClass::getPackageName)
                        .filter(name -> name.startsWith(COMPILER + "."))
                        .filter(name -> compilerPackage(name) == null))
                .as("packages to be entered in COMPILE_ORDER")
                .isEmpty();
    }

    @ParameterizedTest
    @FieldSource("COMPILE_ORDER")
    void compilerPackagesImportOneWay(String name) {
        Set<String> later = Set.copyOf(COMPILE_ORDER.subList(COMPILE_ORDER.indexOf(name) + 1, COMPILE_ORDER.size()));

        noClasses()
                .that(are(Set.of(name)))
                .should()
                .dependOnClassesThat(are(later))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @ParameterizedTest
    @FieldSource("STAGES")
    void aStageImportsNoOtherStage(String name) {
        Set<String> others =
                Set.copyOf(STAGES.stream().filter(stage -> !stage.equals(name)).toList());

        // The front end's door takes text: it parses, then resolves.
        noClasses()
                .that(are(Set.of(name)))
                .and()
                .doNotHaveFullyQualifiedName(COMPILER + ".sema.FrontEnd")
                .should()
                .dependOnClassesThat(are(others))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @ParameterizedTest
    @FieldSource("LANGUAGES")
    void aLanguageImportsNoStage(String name) {
        noClasses()
                .that(are(Set.of(name)))
                .should()
                .dependOnClassesThat(are(Set.copyOf(STAGES)))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void graphAndLoopKnowNothingOfTheText() {
        noClasses()
                .that(are(Set.of("graph", "loop")))
                .should()
                .dependOnClassesThat(are(Set.of("syntax", "model")))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void eachOutsideLibraryStaysInOnePackage() {
        onlyIn("..compiler.parse..", "org.antlr..");
        onlyIn("..cli.report..", "com.google.protobuf..");
        onlyIn("..compiler.emit.java..", "com.palantir.javapoet..");
        onlyIn("..compiler.emit.bytecode..", "org.objectweb.asm..");
        onlyIn("dev.rnnc.cli..", "picocli..");
        onlyIn("dev.rnnc.cli..", "io.jhdf..");
    }

    @Test
    void theRuntimeDependsOnNothing() {
        classes()
                .that()
                .resideInAPackage("dev.rnnc.runtime..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("dev.rnnc.runtime..", "java..", "jdk.incubator.vector..", "jdk.jfr..")
                .check(CLASSES);
    }

    @Test
    void theGenericEngineIsAWitnessOfItsOwn() {
        noClasses()
                .that()
                .resideInAPackage("dev.rnnc.generic..")
                .should()
                .dependOnClassesThat(are(Set.of("loop", "lower", "emit", "emit.java", "emit.bytecode")))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void theCompilerKnowsNothingOfItsUsers() {
        noClasses()
                .that()
                .resideInAPackage(COMPILER + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.rnnc.generic..", "dev.rnnc.cli..")
                .check(CLASSES);
    }

    private static void onlyIn(String home, String library) {
        noClasses()
                .that()
                .resideOutsideOfPackage(home)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(CLASSES);
    }

    private static DescribedPredicate<JavaClass> are(Set<String> names) {
        return DescribedPredicate.describe("are in " + COMPILER + "." + names, type -> {
            String own = compilerPackage(type.getPackageName());
            return own != null && names.contains(own);
        });
    }

    /** The entry of {@link #COMPILE_ORDER} that {@code packageName} is or lies under, the longest one, or null. */
    private static String compilerPackage(String packageName) {
        String longest = null;
        for (String name : COMPILE_ORDER) {
            String full = COMPILER + "." + name;
            boolean within = packageName.equals(full) || packageName.startsWith(full + ".");
            if (within && (longest == null || name.length() > longest.length())) {
                longest = name;
            }
        }
        return longest;
    }
}

package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.names.JavaWords;
import dev.rnnc.compiler.parse.ModelParser;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.spec.ProgramKind;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Whatever a model calls its values, its class compiles: words of Java, its classes, and all that emitted code mentions. */
class JavaNamesTest {
    /** Classes and constants whose members emitted code reads, and packages. */
    private static final Pattern READ_FROM = Pattern.compile("(?<![.\\w])([A-Z]\\w*|java|jdk|dev)(?=\\.|, |\\))");

    /** Words of Java (Java language specification, 3.9), and names that nothing in the emitted code happens to mention. */
    private static final List<String> WORDS = List.of(
            ("abstract assert boolean break byte case catch char class continue default do double else enum extends final"
                            + " finally float for goto if implements import instanceof int interface long native new"
                            + " package private protected public return short static strictfp super switch synchronized"
                            + " this throw throws transient try void volatile while _ true false null exports opens open"
                            + " module permits provides record requires sealed to transitive uses var when with yield non"
                            + " Boolean Integer Iterable Object System Thread Record Enum Deprecated FunctionalInterface"
                            + " __ _1 x X x_ X_ v2 EXCHANGE EXCHANGE_1 SPEC REAL t steps from begin end parameters"
                            + " seed runsBegun gradients refresh run forward backward1 xForward close getClass notify save")
                    .split(" "));

    /**
     * Where a model has names.
     *
     * @param definitions before the model, once for each {@code NAME}
     * @param statements of the model, likewise
     * @param term of {@code SUM}, likewise
     * @param layer what the model computes
     * @param loss its loss
     */
    private record Place(String definitions, String statements, String term, String layer, String loss) {
        String text(List<String> names) {
            return each(definitions, "", names)
                    + "model Named_0 { input x_0 : real[2] sequence target g_0 : real[1] sequence\n"
                    + each(statements, "", names)
                    + "layer h_0 = " + layer.replace("SUM", each(term, " + ", names))
                    + "\noutput y_0 = dense(h_0, 1)"
                    + "\nloss " + loss.replace("SUM", each(term, " + ", names))
                    + "\ntrain { steps 5 batch 2 unroll none } }";
        }

        private static String each(String pattern, String between, List<String> names) {
            return names.stream().map(n -> pattern.replace("NAME", n)).collect(Collectors.joining(between));
        }
    }

    private static final Map<String, Place> PLACES = Map.of(
            "inputs",
            new Place("", "input NAME : real[2] sequence\n", "NAME", "SUM + x_0", "mse(y_0, g_0)"),
            "targets",
            new Place("", "target NAME : real[2] sequence\n", "mse(h_0, NAME)", "x_0 + 1", "mse(y_0, g_0) + SUM"),
            "outputs and layers",
            new Place("", "output NAME = x_0 + 1\nlayer L_NAME = x_0 * 2\n", "NAME * L_NAME", "SUM", "mse(y_0, g_0)"),
            "cells, parameters, states and equations",
            new Place(
                    """
                    cell z_NAME(NAME[X_0]; C_NAME = 0.5) -> r_NAME[X_0] {
                      state s_NAME[X_0], r_NAME[X_0]
                      param p_NAME[X_0] ~ constant(C_NAME)
                      s_NAME' = tanh(p_NAME * NAME) + s_NAME
                      r_NAME' = s_NAME' * 2
                    }
                    cell c_NAME(x_0[X_0]) -> y_0[X_0] {
                      param NAME[X_0] ~ constant(1)
                      y_0 = NAME * x_0
                    }
                    """,
                    "layer i_NAME = z_NAME(x_0) layer j_NAME = c_NAME(x_0)\n",
                    "i_NAME + j_NAME",
                    "SUM",
                    "mse(y_0, g_0)"),
            "constants",
            new Place("const NAME = 1\n", "", "NAME", "gru(x_0, SUM)", "mse(y_0, g_0)"));

    @TestFactory
    Stream<DynamicTest> everyNameCompilesInEveryPlace() {
        List<String> names = List.copyOf(names());
        return PLACES.keySet().stream()
                .sorted()
                .flatMap(place -> IntStream.rangeClosed(0, (names.size() - 1) / 75)
                        .mapToObj(i -> names.subList(75 * i, Math.min(names.size(), 75 * i + 75)))
                        .map(some -> DynamicTest.dynamicTest(
                                place + " " + some,
                                () -> compiles(PLACES.get(place).text(some), place.startsWith("cells") ? 4 : 1))));
    }

    @TestFactory
    Stream<DynamicTest> aModelMayHaveTheNameOfAnyClass() {
        return names().stream()
                .filter(name -> Character.isUpperCase(name.charAt(0)) || name.matches("java|jdk|dev|_.*"))
                .filter(JavaWords::canNameClass)
                .map(name -> DynamicTest.dynamicTest(
                        name,
                        () -> compiles(
                                "model " + name + " { input java : real sequence target t : real sequence"
                                        + " output y = sum(exp(dense(java * [1, 2], 4))) loss mse(y, t) train { steps 5 batch 2 } }",
                                4)));
    }

    private static void compiles(String text, int lanes) {
        Model model = ModelTexts.model(text);
        CompileOptions options =
                CompileOptions.of(ProgramKind.TRAINING, ProgramKind.STEP).lanes(lanes);
        Map<String, byte[]> java = Compiler.classes(model, options.by(BackendKind.JAVA));
        Map<String, byte[]> bytecode = Compiler.classes(model, options.by(BackendKind.BYTECODE));
        assertThat(members(bytecode)).isEqualTo(members(java));
        CompiledModel loaded = InMemoryClasses.load(model.name(), bytecode);
        assertThat(loaded.spec()).isEqualTo(model.spec());
    }

    /** What users see of the classes. */
    private static Set<String> members(Map<String, byte[]> classes) {
        ClassLoader loader = InMemoryClasses.loader(classes);
        Set<String> members = new TreeSet<>();
        for (String name : classes.keySet()) {
            try {
                Class<?> type = Class.forName(name, true, loader);
                Arrays.stream(type.getFields()).forEach(f -> members.add(f.toString()));
                Arrays.stream(type.getMethods()).map(Method::toString).forEach(members::add);
            } catch (ClassNotFoundException e) {
                throw new AssertionError(e);
            }
        }
        return members;
    }

    /** All names that the language allows of those above and of what emitted code mentions. */
    private static Set<String> names() {
        String text = """
                model Mentions {
                  input text : token(6) sequence
                  target out : token(7) sequence
                  layer h = gru(concat(embed(text, 4), embed(previous(out), 4)), 6)
                  output z = dense(log(1 + exp(dropout(h, 0.1)) + 2 ^ h), 7)
                  loss crossentropy(z, out)
                  train { steps 4 batch 2 optimizer adam(rate: 0.1) schedule step(3) clip norm 1 }
                }
                """;
        Set<String> names = new TreeSet<>(WORDS);
        for (String precision : List.of("", "precision double", "precision weights bf16")) {
            Model model = ModelTexts.model(text.replace("input text", precision + " input text"));
            CompileOptions options = CompileOptions.of(ModelTexts.kinds(model)).lanes(4, 1);
            for (String source : Compiler.emitJava(model, options).values()) {
                // Without comments and texts.
                String code = source.replaceAll("(?s)/\\*.*?\\*/", " ").replaceAll("//[^\n]*|\"[^\"]*\"", " ");
                READ_FROM.matcher(code).results().map(found -> found.group(1)).forEach(names::add);
            }
        }
        List<String> allowed = new ArrayList<>(names);
        allowed.removeIf(name -> {
            Diagnostics diagnostics = new Diagnostics();
            ModelParser.parse(new SourceText("name", "const " + name + " = 1"), diagnostics);
            return diagnostics.hasErrors();
        });
        return new TreeSet<>(allowed);
    }

    @Test
    void theClassSaysOfItselfWhatItDidWithoutConstantsOfTheSameName() {
        Model model = ModelTexts.model("""
                const STEPS = 9
                const X_SIZE = 5
                model Crop {
                  input x : real[2] sequence
                  output yield = dense(gru(x, X_SIZE), 1)
                }
                """);
        String source = Compiler.emitJava(
                        model, CompileOptions.of(ProgramKind.SEQUENCE).sized(64, 1))
                .get("Crop");

        assertThat(source)
                .contains("int X_SIZE = 2;", "int X_SIZE_ = 5;", "int STEPS = 64;", "int STEPS_ = 9;", "yield_()");
    }

    @Test
    void aModelThatCannotBeAClassIsAnErrorOfTheCheck() {
        for (String name : List.of("class", "record", "_")) {
            assertThat(FrontEnd.check(new SourceText("test.rnn", "model " + name + " { input x : real  output y = x }"))
                            .render())
                    .startsWith(
                            "test.rnn:1:7: error: the model '%s' cannot become a class, because '%s' is a word of Java\n"
                                    .formatted(name, name))
                    .endsWith("hint: give it another name\n");
        }
    }

    @Test
    void aNameThatNoFileCanHaveIsAnErrorOfTheCheck() {
        String name = "x".repeat(70_000);
        String error = FrontEnd.check(
                        new SourceText("test.rnn", "model M { input " + name + " : real  output y = " + name + " }"))
                .render();

        assertThat(error).startsWith("test.rnn:1:17: error: 'xxxxx").contains("has 70000 characters; at most 200");
        assertThat(error.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(500));
    }
}

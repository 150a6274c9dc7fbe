package dev.rnnc.maven;

import dev.rnnc.compiler.driver.BackendKind;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.model.Generation;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.Stepwise;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import dev.rnnc.runtime.spec.TrainSettings;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the models of a folder are compiled to.
 *
 * @param backend sources or class files
 * @param packageName the package of the source folder itself
 * @param lanes the float lane counts there are kernels for, the widest first
 * @param programs the programs asked for; empty for all that a built class normally has
 * @param steps most time steps of a run; 0 for each model's own
 * @param batch rows of a batch; 0 for the compiler's choice
 */
record Settings(
        BackendKind backend, String packageName, List<Integer> lanes, Set<ProgramKind> programs, int steps, int batch) {
    /** All lane counts, the widest first. */
    static final List<Integer> ALL_LANES = List.of(16, 8, 4, 1);

    /** Time steps where a model states none; the command line's default too. */
    private static final int DEFAULT_STEPS = 64;

    Settings {
        lanes = List.copyOf(lanes);
        programs = programs.isEmpty() ? Set.of() : Set.copyOf(programs);
    }

    /** Everything that decides on the outputs, as text. */
    String text() {
        return String.join(
                "\n",
                backend.name(),
                packageName,
                lanes.toString(),
                programs.stream().sorted().toList().toString(),
                steps + " " + batch);
    }

    /** How to compile one model. */
    CompileOptions options(Model model, String modelPackage) {
        TrainSettings train = model.spec().train();
        int time = steps > 0 ? steps : train == null ? DEFAULT_STEPS : train.steps();
        return new CompileOptions(kinds(model), time, batch, lanes, modelPackage).by(backend);
    }

    private Set<ProgramKind> kinds(Model model) {
        if (programs.isEmpty()) {
            return usual(model);
        }
        Set<ProgramKind> possible = possible(model);
        Set<ProgramKind> kinds = EnumSet.noneOf(ProgramKind.class);
        kinds.addAll(programs);
        kinds.retainAll(possible);
        if (kinds.isEmpty()) {
            throw new UserMistake("model %s can have none of the programs %s; it can have %s"
                    .formatted(model.spec().name(), names(programs), names(possible)));
        }
        return kinds;
    }

    /** What {@code rnnc compile} writes: inference, training where there is a loss, a generator where one is possible. */
    private static Set<ProgramKind> usual(Model model) {
        Set<ProgramKind> kinds = possible(model);
        // Training brings the one that counts along, where its loss needs that.
        kinds.removeAll(EnumSet.of(ProgramKind.OBSERVATION, ProgramKind.INSPECTION, ProgramKind.COUNTING));
        return kinds;
    }

    private static Set<ProgramKind> possible(Model model) {
        Set<ProgramKind> kinds = EnumSet.copyOf(Compiler.programs(model));
        boolean sequence = model.spec().ports().stream().anyMatch(port -> port.rows() == Rows.SEQUENCE);
        boolean stepwise = model.spec().ports(Role.OUTPUT).stream()
                .allMatch(port -> Stepwise.obstacle(model, port.name()).isEmpty());
        if (!sequence || !stepwise) {
            kinds.remove(ProgramKind.STEP);
        }
        if (Generation.of(model).obstacle().isPresent()) {
            kinds.removeAll(EnumSet.of(ProgramKind.ENCODING, ProgramKind.DECODING));
        }
        return kinds;
    }

    /** The programs of those names, upper or lower case. */
    static Set<ProgramKind> programs(List<String> names) {
        Set<ProgramKind> kinds = EnumSet.noneOf(ProgramKind.class);
        for (String name : names == null ? List.<String>of() : names) {
            kinds.add(Arrays.stream(ProgramKind.values())
                    .filter(kind -> kind.name().equalsIgnoreCase(name.strip()))
                    .findFirst()
                    .orElseThrow(() -> new UserMistake("programs: there is no program '" + name + "'; give some of "
                            + names(EnumSet.allOf(ProgramKind.class)))));
        }
        return kinds;
    }

    /** The backend of that name. */
    static BackendKind backend(String name) {
        return Arrays.stream(BackendKind.values())
                .filter(kind -> kind.name().equalsIgnoreCase(name.strip()))
                .findFirst()
                .orElseThrow(() -> new UserMistake("backend: there is no backend '" + name + "'; give java (sources) or"
                        + " bytecode (class files)"));
    }

    /** Lane counts, the widest first. */
    static List<Integer> lanes(List<Integer> given) {
        given.stream().filter(count -> !ALL_LANES.contains(count)).findFirst().ifPresent(count -> {
            throw new UserMistake("lanes: " + count + " is no lane count; give some of " + ALL_LANES);
        });
        return ALL_LANES.stream().filter(given::contains).toList();
    }

    private static String names(Set<ProgramKind> kinds) {
        return kinds.stream()
                .sorted()
                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }
}

package dev.rnnc.compiler.emit;

import dev.rnnc.compiler.loop.LoopProgram;
import dev.rnnc.compiler.names.Names;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.ProgramSpec;
import dev.rnnc.runtime.spec.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a model's class offers to a program that uses it by typed names: constants, and a class of sessions for each
 * program. Both backends write down what stands here.
 *
 * @param constants whole numbers with names of the model
 * @param sessions the session classes
 */
public record Facade(List<Constant> constants, List<SessionClass> sessions) {
    /** Constants of the model that a class shows: it has room for 65,535 names and numbers in all. */
    private static final int MOST_CONSTANTS = 5000;

    public Facade {
        constants = List.copyOf(constants);
        sessions = List.copyOf(sessions);
    }

    /** A public constant of the model's class. */
    public record Constant(String name, int value, String comment) {}

    /** What {@code plan} offers. */
    public static Facade of(ClassPlan plan) {
        List<SessionClass> sessions = new ArrayList<>();
        Map<ProgramKind, ProgramSpec> programs = new LinkedHashMap<>();
        for (LoopProgram program : plan.lanes().getFirst().programs()) {
            programs.put(program.spec().kind(), program.spec());
        }
        List<Constant> constants = constants(plan, programs.values().stream().toList());
        for (ProgramSpec program : programs.values()) {
            switch (program.kind()) {
                case STEP, SEQUENCE, OBSERVATION, EVALUATION, TRAINING ->
                    sessions.add(Sessions.of(plan.model(), program));
                case DECODING ->
                    sessions.add(GenerationSessions.of(
                            plan.model(), programs.get(ProgramKind.ENCODING), program, plan.feeds()));
                // An encoding is a part of the generation, counting of training, an inspection for tools.
                case ENCODING, COUNTING, INSPECTION -> {}
            }
        }
        return new Facade(constants, sessions);
    }

    private static List<Constant> constants(ClassPlan plan, List<ProgramSpec> programs) {
        Names names = Names.visible("SPEC", "PROGRAMS", "LANES");
        List<Constant> constants = new ArrayList<>();
        for (PortSpec port : plan.model().ports()) {
            if (port.role() == Role.STATE) {
                continue;
            }
            String name = upper(port.name());
            if (port.element() == Element.TOKEN) {
                add(
                        constants,
                        names,
                        name + "_VOCABULARY",
                        port.vocabulary(),
                        "Number of different tokens of {@code %s}.".formatted(port.name()));
            } else if (!port.shape().isEmpty()) {
                add(
                        constants,
                        names,
                        name + "_SIZE",
                        port.width(),
                        "Values of {@code %s} in one row.".formatted(port.name()));
            }
        }
        for (ClassPlan.Feed feed : plan.feeds()) {
            if (feed.port().element() == Element.TOKEN) {
                add(
                        constants,
                        names,
                        upper(feed.port().name()) + "_START",
                        (int) feed.start(),
                        "What {@code previous(%s)} is at the first step."
                                .formatted(feed.port().name()));
            }
        }
        int steps = programs.stream().mapToInt(ProgramSpec::steps).max().orElse(1);
        if (steps > 1) {
            add(constants, names, "STEPS", steps, "Most time steps of a run over a sequence.");
        }
        int batch = programs.stream().mapToInt(ProgramSpec::batch).max().orElse(1);
        boolean learns = programs.stream().anyMatch(p -> p.kind() == ProgramKind.TRAINING);
        if (batch > 1 || learns) {
            add(
                    constants,
                    names,
                    "BATCH",
                    batch,
                    "Rows of a batch, B, in sessions that run over more than one sequence.");
        }
        // What the class says of itself has its name first: STEPS is the length of a run, whatever constants a model
        // has.
        List<Constant> all = new ArrayList<>();
        plan.constants().entrySet().stream()
                .limit(MOST_CONSTANTS)
                .forEach(constant -> add(
                        all,
                        names,
                        upper(constant.getKey()),
                        constant.getValue(),
                        "The model's constant {@code %s}.".formatted(constant.getKey())));
        all.addAll(constants);
        return all;
    }

    private static void add(List<Constant> constants, Names names, String wanted, int value, String comment) {
        constants.add(new Constant(names.unique(wanted), value, comment));
    }

    /** {@code hiddenSize} as {@code HIDDEN_SIZE}. */
    private static String upper(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
    }
}

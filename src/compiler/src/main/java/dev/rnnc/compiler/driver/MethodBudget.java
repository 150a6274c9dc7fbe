package dev.rnnc.compiler.driver;

import dev.rnnc.compiler.emit.Action;
import dev.rnnc.compiler.emit.ClassPlan;
import dev.rnnc.compiler.emit.ClassPlan.CalledKernel;
import dev.rnnc.compiler.emit.Method;
import dev.rnnc.compiler.emit.MethodSize;
import dev.rnnc.compiler.emit.ProgramClass;
import dev.rnnc.compiler.loop.Comment;
import dev.rnnc.compiler.loop.LoopProgram;
import dev.rnnc.compiler.loop.Step;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The emitted methods of a model with their sizes, and what they are for; none may be over its budget. */
public final class MethodBudget {
    private MethodBudget() {}

    /**
     * An emitted method.
     *
     * @param size its class, name and size
     * @param purpose what it is for
     */
    public record Entry(MethodSize size, Purpose purpose) {}

    /**
     * What a method is for.
     *
     * @param shape what a kernel says of its shape, such as that of its tiles; may be empty
     * @param equation the equation it was made for; of a method that calls kernels, that of the first
     */
    public record Purpose(String shape, Comment equation) {
        private static final Purpose UNKNOWN = new Purpose("", new Comment("", 0));
    }

    /**
     * Checks all methods.
     *
     * @param budget the most bytes of a method that runs often
     * @throws ModelException naming the equation that needs a larger one
     */
    static void check(ClassPlan plan, Map<String, byte[]> classes, int budget) {
        for (MethodSize size : MethodSize.of(classes)) {
            int limit = size.runsOnce() ? MethodSize.BUDGET_ONCE : budget;
            if (size.bytes() > limit) {
                Purpose purpose = purposes(plan).getOrDefault(size.name(), Purpose.UNKNOWN);
                throw new ModelException(refusal(plan, size, purpose.equation(), limit));
            }
        }
    }

    private static String refusal(ClassPlan plan, MethodSize size, Comment equation, int limit) {
        String place = plan.sourceFile() + ":" + (equation.line() > 0 ? equation.line() + ": " : " ");
        String what = equation.text().isEmpty()
                ? "model " + plan.model().name()
                : "'" + equation.text().lines().findFirst().orElse("") + "'";
        String remedy = size.runsOnce()
                ? "share layers, or split the model into several"
                : "split the equation, or the cell into several cells";
        return String.format(
                Locale.ROOT,
                "%serror: %s needs the method %s of %,d bytes, more than the %,d that HotSpot surely compiles; %s\n",
                place,
                what,
                size.name(),
                size.bytes(),
                limit,
                remedy);
    }

    /** All methods of the classes that a plan became. */
    static List<Entry> entries(ClassPlan plan, Map<String, byte[]> classes) {
        Map<String, Purpose> purposes = purposes(plan);
        return MethodSize.of(classes).stream()
                .map(size -> new Entry(size, purposes.getOrDefault(size.name(), Purpose.UNKNOWN)))
                .toList();
    }

    /** By the full name of the method. */
    private static Map<String, Purpose> purposes(ClassPlan plan) {
        Map<String, Purpose> purposes = new HashMap<>();
        String prefix = plan.packageName().isEmpty() ? "" : plan.packageName() + ".";
        for (ClassPlan.Lanes lanes : plan.lanes()) {
            String laneClass = prefix + plan.laneClass(lanes.count());
            for (CalledKernel called : lanes.kernels()) {
                purposes.put(
                        laneClass + "." + called.kernel().name(),
                        new Purpose(called.kernel().comment(), called.comment()));
            }
            for (LoopProgram program : lanes.programs()) {
                ProgramClass emitted = ProgramClass.of(program);
                for (List<Method> methods : List.of(emitted.refresh(), emitted.passes())) {
                    methods.forEach(method -> purposes.put(
                            laneClass + "$" + emitted.name() + "." + method.name(),
                            new Purpose("", equation(method.body()))));
                }
            }
        }
        return purposes;
    }

    private static Comment equation(List<Action> actions) {
        for (Action action : actions) {
            Comment found = switch (action) {
                case Action.Call(Step.Call call) -> call.comment();
                case Action.Invoke _ -> new Comment("", 0);
                case Action.OverTime loop -> equation(loop.body());
                case Action.OverSomeSteps some -> equation(some.body());
                case Action.ForSteps whole -> equation(whole.body());
                case Action.InChunks chunks -> equation(chunks.body());
            };
            if (!found.text().isEmpty()) {
                return found;
            }
        }
        return new Comment("", 0);
    }
}

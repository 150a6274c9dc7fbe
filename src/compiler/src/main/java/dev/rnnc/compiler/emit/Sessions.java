package dev.rnnc.compiler.emit;

import dev.rnnc.compiler.emit.SessionClass.Opens;
import dev.rnnc.compiler.emit.SessionClass.Run;
import dev.rnnc.runtime.session.ProgramSession;
import dev.rnnc.runtime.session.TrainingSession;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.ProgramSpec;
import dev.rnnc.runtime.spec.Role;
import java.util.List;
import java.util.Optional;

/** The session classes that run a single program. */
final class Sessions {
    private Sessions() {}

    static SessionClass of(ModelSpec model, ProgramSpec program) {
        boolean single = program.batch() == 1;
        String sequences = program.steps() == 1
                ? single ? "one row" : program.batch() + " rows"
                : "%s of up to %s time steps"
                        .formatted(single ? "a sequence" : program.batch() + " sequences", program.steps());
        String goesOn =
                "Runs over the time steps that the inputs have, on from the states that the run before left; {@link"
                        + " #reset} first where another sequence begins.";
        String startsAnew =
                "Runs over the time steps that the inputs have, from states of zero, or from those that were set"
                        + " since the last run.";
        boolean states = program.ports().stream().anyMatch(p -> p.role() == Role.STATE);
        boolean carries = model.train() != null && model.train().stateful();
        String plain = "Runs over the time steps that the inputs have.";
        String runs = states ? goesOn : plain;
        String evaluates = states && !carries ? startsAnew : runs;
        return switch (program.kind()) {
            case STEP ->
                session(
                        model,
                        program,
                        "Step",
                        new Method("step", "runProgram", void.class, "Makes one time step."),
                        "runs along one sequence, a time step at a time, and keeps the state. Nothing is allocated by {@code"
                                + " step}, nor by methods that read one value or copy into an array");
            case SEQUENCE ->
                session(
                        model,
                        program,
                        "Sequence",
                        new Method("forward", "runProgram", void.class, runs),
                        "runs over " + sequences + " at once");
            case OBSERVATION ->
                session(
                        model,
                        program,
                        "Observation",
                        new Method("forward", "runProgram", void.class, runs),
                        "runs over " + sequences + " at once, and shows the values of all layers");
            case EVALUATION ->
                session(
                        model,
                        program,
                        "Evaluation",
                        new Method("evaluate", "runForLoss", double.class, evaluates),
                        "gives the loss on " + sequences + " at once, without dropout");
            case TRAINING ->
                session(
                        model,
                        program,
                        "Training",
                        new Method(
                                "step",
                                "runTraining",
                                double.class,
                                "Learns from a batch: forward pass, backpropagation through time, a step of the optimiser."),
                        "learns from " + sequences + " at once");
            case INSPECTION, ENCODING, DECODING, COUNTING ->
                throw new IllegalArgumentException(program.kind() + " has no session of its own");
        };
    }

    /** The method that runs the program: its name, what it calls, what that returns, and what it does. */
    private record Method(String name, String calls, Class<?> returns, String comment) {}

    private static SessionClass session(
            ModelSpec model, ProgramSpec program, String name, Method method, String comment) {
        boolean training = program.kind() == ProgramKind.TRAINING;
        Class<?> base = training ? TrainingSession.class : ProgramSession.class;
        SessionMembers members = new SessionMembers(base, model.precision(), program, method.name());
        for (PortSpec port : program.ports()) {
            if (port.role() == Role.INPUT || port.role() == Role.TARGET) {
                members.input(port, false);
            } else if (port.role() == Role.OUTPUT || port.role() == Role.LAYER) {
                members.output(port);
            }
        }
        Run run = new Run(
                method.name(),
                method.comment(),
                members.inputs(),
                members.parameters(),
                method.calls(),
                method.returns(),
                method.returns() == double.class ? "the loss" : "this session, to read its results");
        return new SessionClass(
                nested(name, model),
                "new" + name,
                base,
                training ? Opens.TRAINING : Opens.PROGRAM,
                program.kind(),
                comment,
                members.ports(),
                List.of(run),
                members.reads(),
                Optional.empty(),
                nested(name + "Outputs", model));
    }

    /** A nested class cannot be called as the class around it. */
    static String nested(String name, ModelSpec model) {
        return name.equals(model.name()) ? name + (name.endsWith("Outputs") ? "Record" : "Session") : name;
    }
}

package dev.rnnc.compiler.emit;

import dev.rnnc.compiler.emit.SessionClass.Draw;
import dev.rnnc.compiler.emit.SessionClass.Opens;
import dev.rnnc.compiler.emit.SessionClass.Port;
import dev.rnnc.compiler.emit.SessionClass.Run;
import dev.rnnc.runtime.session.GenerationSession;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramSpec;
import dev.rnnc.runtime.spec.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The session class of a model that continues from its own outputs. */
final class GenerationSessions {
    private GenerationSessions() {}

    static SessionClass of(ModelSpec model, ProgramSpec encoding, ProgramSpec decoding, List<ClassPlan.Feed> feeds) {
        SessionMembers members =
                new SessionMembers(GenerationSession.class, model.precision(), decoding, "start", "step", "generate");
        List<Run> runs = new ArrayList<>();
        encoding.ports().stream().filter(p -> p.role() == Role.INPUT).forEach(p -> members.input(p, true));
        runs.add(new Run(
                "start",
                "Reads the data and stands before the first step.",
                members.inputs(),
                members.parameters(),
                "startGeneration",
                void.class,
                "this session"));
        members.nextMethod();
        List<Port> fed = new ArrayList<>();
        for (ClassPlan.Feed feed : feeds) {
            members.input(port(decoding, feed.port().name()), false);
            fed.add(members.inputs().getLast());
        }
        runs.add(new Run(
                "step",
                "Makes one step.",
                members.inputs(),
                members.parameters(),
                "runGeneration",
                void.class,
                "this session, to read its results"));
        // An output may be the source of several feeds, and what is handed on to the next step is nobody's business.
        List<Port> outputs = new ArrayList<>();
        List<PortSpec> shown = decoding.ports().stream()
                .filter(p -> p.role() == Role.OUTPUT
                        && model.ports(Role.OUTPUT).stream()
                                .anyMatch(o -> o.name().equals(p.name())))
                .toList();
        shown.forEach(p -> outputs.add(members.output(p)));
        Optional<Draw> draw = Optional.empty();
        if (feeds.size() == 1 && feeds.getFirst().port().element() == Element.TOKEN) {
            ClassPlan.Feed feed = feeds.getFirst();
            draw = outputs.stream()
                    .filter(o -> o.port().equals(feed.output()))
                    .findFirst()
                    .map(scores -> new Draw(fed.getFirst(), scores, (int) feed.start(), decoding.batch() == 1));
        }
        return new SessionClass(
                Sessions.nested("Generation", model),
                "newGeneration",
                GenerationSession.class,
                Opens.GENERATOR,
                decoding.kind(),
                "makes sequences of its own: {@code start} reads the data, each {@code step} the output of the step before",
                members.ports(),
                runs,
                members.reads(),
                draw,
                Sessions.nested("GenerationOutputs", model));
    }

    private static PortSpec port(ProgramSpec program, String name) {
        return program.ports().stream()
                .filter(p -> p.role() == Role.INPUT && p.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}

package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Buffer;
import dev.rnnc.compiler.loop.Comment;
import dev.rnnc.compiler.loop.LoopProgram;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.compiler.lower.Account.Use;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Lowers an optimised graph to a loop program for fixed steps, batch and lanes. */
public final class Lowering {
    private enum Phase {
        REFRESH,
        FORWARD,
        BACKWARD
    }

    private final Graph graph;
    private final ModelSpec model;
    private final ProgramSpec spec;
    private final Context context;
    private final Map<Object, Routine> routines = new LinkedHashMap<>();
    private final Map<Value, Phase> phases = new IdentityHashMap<>();

    private Lowering(Graph graph, ModelSpec model, ProgramSpec spec, Target target, KernelPool kernels) {
        this.graph = graph;
        this.model = model;
        this.spec = spec;
        this.context = new Context(
                model.precision(),
                target,
                spec.steps(),
                spec.batch(),
                new Buffers(model, spec.steps(), spec.batch()),
                kernels);
        for (Phase phase : Phase.values()) {
            routines.put(phase, new Routine());
        }
    }

    /**
     * The program that computes the roots of {@code graph} into the ports of {@code spec}.
     *
     * @param kernels the kernels of the class this program will stand in
     */
    public static LoopProgram lower(Graph graph, ModelSpec model, ProgramSpec spec, Target target, KernelPool kernels) {
        return new Lowering(graph, model, spec, target, kernels).run();
    }

    private LoopProgram run() {
        // A port that no value of this program reads has its memory all the same: callers may write it.
        spec.ports().forEach(context.buffers::port);
        assignPhases();
        leaves();
        states();
        Packing packing = new Packing(context, routines.get(Phase.REFRESH).steps);
        List<Value> results = graph.roots().stream().map(Graph.Root::value).toList();
        Region region = new Region(context, packing, graph.values(), results, phases::get, routines, null);
        Copies copies = new Copies(context);
        List<Graph.Root> copied = new ArrayList<>();
        for (Graph.Root root : graph.roots()) {
            View home = home(root);
            SparseTable sparse =
                    root.kind() == RootKind.GRADIENT ? SparseTable.of(root, home, spec, context.buffers) : null;
            if (sparse != null) {
                context.sparse.put(root.value(), sparse);
            }
            // What a caller may change between runs (states, gradients) must be written by the run, not by a refresh.
            boolean free = phases.get(root.value()) != Phase.REFRESH
                    && region.placement().isPlaceable(root.value())
                    && !context.views.containsKey(root.value());
            boolean sum =
                    root.value().op() instanceof Op.OuterSum || root.value().op() instanceof Op.SumRows;
            if (home != null && free && isWhole(home, root) && !sum) {
                context.views.put(root.value(), home);
            } else if (home != null && sparse == null) {
                copied.add(root);
                if (sum && free && isWhole(home, root)) {
                    context.homes.putIfAbsent(root.value(), home);
                }
            }
        }
        region.lower();
        for (Graph.Root root : copied) {
            View source = context.view(root.value());
            View home = home(root);
            if (!source.equals(home)) {
                Phase phase = phases.get(root.value()) == Phase.BACKWARD || isGradient(root.kind())
                        ? Phase.BACKWARD
                        : Phase.FORWARD;
                routines.get(phase)
                        .add(
                                root.value(),
                                List.of(new Use(root.value(), source)),
                                List.of(new Use(root.value(), home)),
                                copy(copies, root, source, home));
            }
        }
        verify();
        Buffer loss = graph.roots().stream()
                .filter(r -> r.kind() == RootKind.LOSS)
                .map(r -> context.view(r.value()).buffer())
                .findFirst()
                .orElse(null);
        return new LoopProgram(
                spec,
                model.precision(),
                context.lanes(),
                context.buffers.all(),
                routines.get(Phase.REFRESH).steps,
                routines.get(Phase.FORWARD).steps,
                routines.get(Phase.BACKWARD).steps,
                loss,
                graph.roots().stream().anyMatch(r -> r.kind() == RootKind.GRADIENT));
    }

    private void verify() {
        List<Use> given = graph.values().stream()
                .filter(v -> v.op() instanceof Op.Input
                        || v.op() instanceof Op.State
                        || v.op() instanceof Op.Parameter
                        || v.op() instanceof Op.TokenConstant)
                .map(v -> new Use(v, context.view(v)))
                .toList();
        List<Use> results = graph.roots().stream()
                .filter(root -> !context.sparse.containsKey(root.value()))
                .map(root -> new Use(root.value(), home(root) == null ? context.view(root.value()) : home(root)))
                .toList();
        LifetimeVerifier.verify(
                context, given, routines.values().stream().map(r -> r.accounts).toList(), results);
    }

    private Step copy(Copies copies, Graph.Root root, View source, View home) {
        Type type = root.value().type();
        Comment comment = Comments.of("result " + root.name(), root.value().origin());
        if (type.element() == Element.TOKEN) {
            return new Sequences(context).tokens(root.value(), source, home, comment);
        }
        return isWhole(home, root) && source.isContiguous()
                ? copies.copy(source, home, type, comment)
                : copies.copyDense(source, home, type, type.rows(), comment);
    }

    /** The memory a root's value must end up in; null for the loss, which may lie anywhere. */
    private View home(Graph.Root root) {
        return switch (root.kind()) {
            case OUTPUT -> port(Role.OUTPUT, root.name());
            case LAYER -> port(Role.LAYER, root.name());
            case STATE -> port(Role.STATE, root.name());
            case INPUT_GRADIENT -> port(Role.INPUT_GRADIENT, PortSpec.GRADIENT + root.name());
            case STATE_GRADIENT -> port(Role.STATE_GRADIENT, PortSpec.GRADIENT + root.name());
            case ACTIVATION -> port(Role.ACTIVATION, root.name());
            case GRADIENT -> context.buffers.gradient(root.name());
            case LOSS_PART -> port(Role.LOSS_PART, PortSpec.LOSS_PART + root.name());
            case LOSS_COUNT -> port(Role.LOSS_COUNT, PortSpec.LOSS_COUNT + root.name());
            case LOSS -> null;
        };
    }

    private View port(Role role, String name) {
        PortSpec port = spec.ports().stream()
                .filter(p -> p.role() == role && p.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no port " + role + " " + name));
        return context.buffers.port(port);
    }

    private static boolean isGradient(RootKind kind) {
        return switch (kind) {
            case GRADIENT, INPUT_GRADIENT, STATE_GRADIENT -> true;
            case OUTPUT, LAYER, STATE, LOSS, LOSS_PART, LOSS_COUNT, ACTIVATION -> false;
        };
    }

    /** Whether rows at home are whole lines, so that vectors may be written up to a row's end. */
    private boolean isWhole(View home, Graph.Root root) {
        if (root.kind() == RootKind.GRADIENT) {
            return home.width() % context.precision.elementsPerLine() == 0;
        }
        return true;
    }

    private void leaves() {
        for (Value v : graph.values()) {
            switch (v.op()) {
                case Op.Input input -> context.views.put(v, input(input.name()));
                case Op.State state -> context.views.put(v, context.buffers.state(state.name()));
                case Op.Parameter parameter -> context.views.put(v, context.buffers.parameter(parameter.name()));
                case Op.TokenConstant token -> {
                    View place = context.buffers.tokens("token" + token.value(), v.type());
                    context.views.put(v, place);
                    routines.get(Phase.REFRESH)
                            .steps
                            .add(new Sequences(context).token(place, token.value(), Comments.of("", v.origin())));
                }
                default -> {}
            }
        }
    }

    private void states() {
        Map<String, Integer> uses = new HashMap<>();
        Stream<Value> read = graph.values().stream().flatMap(v -> v.operands().stream());
        Stream.concat(read, graph.roots().stream().map(Graph.Root::value)).forEach(v -> {
            if (v.op() instanceof Op.State(String name)) {
                uses.merge(name, 1, Integer::sum);
            }
        });
        uses.forEach((name, count) -> {
            if (count == 1) {
                context.states.add(name);
            }
        });
    }

    private View input(String name) {
        PortSpec port = spec.ports().stream()
                .filter(p -> isGiven(p.role()) && p.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no input " + name));
        return context.buffers.port(port);
    }

    private static boolean isGiven(Role role) {
        return switch (role) {
            case INPUT, TARGET, LOSS_TOTAL, UNCOUNTED_ROWS -> true;
            case OUTPUT,
                    LAYER,
                    STATE,
                    INPUT_GRADIENT,
                    STATE_GRADIENT,
                    ACTIVATION,
                    TOUCHED_ROWS,
                    LOSS_PART,
                    LOSS_COUNT -> false;
        };
    }

    /** Work on parameters alone is done when they change; what no forward result needs belongs to the backward pass. */
    private void assignPhases() {
        Set<Value> forward = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Graph.Root root : graph.roots()) {
            if (!isGradient(root.kind())) {
                forward.add(root.value());
            }
        }
        for (Value v : graph.values().reversed()) {
            if (forward.contains(v)) {
                forward.addAll(v.operands());
            }
        }
        for (Value v : graph.values()) {
            // What runs over the steps of a run cannot be done before one.
            boolean fixed = v.type().rows() != Rows.SEQUENCE
                    && switch (v.op()) {
                        case Op.Parameter _, Op.Constant _, Op.TokenConstant _ -> true;
                        case Op.Input _, Op.State _, Op.RowCount _, Op.RandomMask _, Op.Scan _ -> false;
                        default -> v.operands().stream().allMatch(o -> phases.get(o) == Phase.REFRESH);
                    };
            if (fixed) {
                context.fixed.add(v);
            }
            phases.put(v, fixed ? Phase.REFRESH : forward.contains(v) ? Phase.FORWARD : Phase.BACKWARD);
        }
    }
}

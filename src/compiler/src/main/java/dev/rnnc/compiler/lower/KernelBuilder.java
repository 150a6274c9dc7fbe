package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.loop.Argument;
import dev.rnnc.compiler.loop.Buffer;
import dev.rnnc.compiler.loop.Comment;
import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Kernel;
import dev.rnnc.compiler.loop.Local;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.compiler.loop.Statement;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.compiler.names.JavaWords;
import dev.rnnc.runtime.spec.Element;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Builds one kernel together with its first call: whatever memory or row number the statements mention becomes a
 * parameter of the kernel and an argument of the call.
 */
final class KernelBuilder {
    private final List<Kernel.Parameter> parameters = new ArrayList<>();
    private final List<Argument> arguments = new ArrayList<>();
    private final Map<Buffer, String> segments = new LinkedHashMap<>();
    private final Map<Index, String> numbers = new HashMap<>();
    private final Set<String> names = new HashSet<>();
    private int line;
    private final Deque<List<Statement>> open = new ArrayDeque<>();

    KernelBuilder() {
        open.push(new ArrayList<>());
    }

    /** The parameter through which the kernel sees {@code buffer}; {@code role} names it. */
    String segment(Buffer buffer, String role) {
        return segments.computeIfAbsent(buffer, b -> {
            String name = unique(role);
            boolean token = b.element() == Element.TOKEN;
            parameters.add(new Kernel.Parameter(name, token ? Kernel.Kind.TOKENS : Kernel.Kind.REALS));
            arguments.add(new Argument.Memory(b));
            return name;
        });
    }

    /** An index of the caller as the kernel sees it: numbers stay numbers, all else becomes a parameter. */
    Index outer(Index index, String role) {
        if (index.isConstant()) {
            return index;
        }
        return Index.of(numbers.computeIfAbsent(index, i -> integer(role, new Argument.Number(i))));
    }

    /** A new integer parameter. */
    String integer(String role, Argument argument) {
        String name = unique(role);
        parameters.add(new Kernel.Parameter(name, Kernel.Kind.INTEGER));
        arguments.add(argument);
        return name;
    }

    /** The parameter with the seed of the run's dropout masks. */
    String seed() {
        String name = unique("seed");
        parameters.add(new Kernel.Parameter(name, Kernel.Kind.SEED));
        arguments.add(new Argument.Seed());
        return name;
    }

    /** {@code name} as part of an identifier: {@code h1.bias} becomes {@code h1_bias}. */
    static String clean(String name) {
        return name.replace('.', '_').replaceAll("[^A-Za-z0-9_]", "");
    }

    /** A name not used in this kernel so far. */
    String unique(String wish) {
        String clean = clean(wish);
        boolean identifier = !clean.isEmpty() && Character.isJavaIdentifierStart(clean.charAt(0));
        String base = !identifier || JavaWords.isTakenByCode(clean) ? "v" + clean : clean;
        String name = base;
        for (int i = 2; !names.add(name); i++) {
            name = base + i;
        }
        return name;
    }

    /** Declares a variable. */
    Expression define(String name, Expression value) {
        Local local = new Local(unique(name), value.shape());
        add(new Statement.Define(local, value));
        return new Expression.Read(local);
    }

    /** Declares a variable that will be assigned again. */
    Local variable(String name, Expression value) {
        Local local = new Local(unique(name), value.shape());
        add(new Statement.Define(local, value));
        return local;
    }

    /** What is added from here on computes an equation in that line of the model's file; 0 changes nothing. */
    void line(int number) {
        if (number > 0 && number != line) {
            line = number;
            add(new Statement.Line(number));
        }
    }

    void add(Statement statement) {
        open.peek().add(statement);
    }

    /** A loop whose body {@code statements} adds, given the loop's variable; a single round is no loop. */
    void loop(String name, Index from, Index to, int step, java.util.function.Consumer<Index> statements) {
        if (from.isConstant() && to.isConstant() && to.constant() - from.constant() == step) {
            statements.accept(from);
            return;
        }
        String variable = unique(name);
        open.push(new ArrayList<>());
        statements.accept(Index.of(variable));
        List<Statement> body = open.pop();
        add(new Statement.Loop(variable, from, to, step, body));
    }

    /**
     * The same over {@code 0 .. count - 1}, from the first or from the last.
     *
     * @param way what the caller hands over: 1 or -1
     */
    void loopEitherWay(String name, int count, Argument way, java.util.function.Consumer<Index> statements) {
        if (count == 1) {
            statements.accept(Index.ZERO);
            return;
        }
        String variable = unique(name);
        Index next = Index.of(integer("next", way));
        open.push(new ArrayList<>());
        statements.accept(Index.of(variable));
        List<Statement> body = open.pop();
        add(new Statement.Loop(variable, Index.ZERO, Index.of(count), 1, next, body));
    }

    static Expression load(String segment, Index at, Shape shape) {
        return new Expression.Load(segment, at, shape);
    }

    /** The kernel, named by the pool, and the call that hands it these arguments. */
    Step.Call call(KernelPool pool, String name, String kernelComment, Comment callComment) {
        Kernel kernel = pool.intern(new Kernel(name, kernelComment, parameters, open.peek()));
        return new Step.Call(kernel, arguments, callComment);
    }
}

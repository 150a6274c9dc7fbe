package dev.rnnc.compiler.loop;

import dev.rnnc.compiler.loop.Kernel.Kind;
import dev.rnnc.runtime.spec.Precision;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks one kernel: variables are declared before use, once, and of the shape they are used with; segments and seeds
 * are parameters of the right kind; operands agree in shape; trip counts are whole where bounds are constant; every
 * parameter is used.
 */
final class KernelVerifier {
    private final Kernel kernel;
    private final Precision precision;
    private final int lanes;
    private final Map<String, Kind> parameters = new HashMap<>();
    private final Set<String> used = new HashSet<>();
    private final Set<String> declared = new HashSet<>();

    private KernelVerifier(Kernel kernel, Precision precision, int lanes) {
        this.kernel = kernel;
        this.precision = precision;
        this.lanes = lanes;
    }

    static void verify(Kernel kernel, Precision precision, int lanes) {
        KernelVerifier verifier = new KernelVerifier(kernel, precision, lanes);
        for (Kernel.Parameter p : kernel.parameters()) {
            verifier.require(
                    verifier.parameters.put(p.name(), p.kind()) == null, "two parameters are called " + p.name());
            verifier.declared.add(p.name());
        }
        verifier.statements(kernel.body(), new HashMap<>());
        verifier.parameters.keySet().forEach(p -> verifier.require(verifier.used.contains(p), p + " is not used"));
    }

    /** {@code scope}: the shapes of the variables in sight; loop variables have none. */
    private void statements(List<Statement> statements, Map<String, Local> scope) {
        for (Statement statement : statements) {
            switch (statement) {
                case Statement.Loop loop -> {
                    index(loop.from(), scope);
                    index(loop.to(), scope);
                    index(loop.way(), scope);
                    require(
                            loop.way().isConstant()
                                    ? Math.abs(loop.way().constant()) == 1
                                    : loop.from().isConstant() && loop.to().isConstant(),
                            "the loop over " + loop.variable() + " has no rounds that run either way");
                    require(loop.step() > 0, "the loop over " + loop.variable() + " does not advance");
                    if (loop.from().isConstant() && loop.to().isConstant()) {
                        int count = loop.to().constant() - loop.from().constant();
                        require(
                                count >= 0 && count % loop.step() == 0,
                                "the loop over " + loop.variable() + " has no whole trip count");
                    }
                    declare(loop.variable());
                    Map<String, Local> inner = new HashMap<>(scope);
                    inner.put(loop.variable(), new Local(loop.variable(), Shape.TOKEN));
                    statements(loop.body(), inner);
                    declared.remove(loop.variable());
                }
                case Statement.Define(Local local, Expression value) -> {
                    expression(value, scope);
                    require(value.shape() == local.shape(), local + " is defined by a " + value.shape());
                    declare(local.name());
                    scope.put(local.name(), local);
                }
                case Statement.Assign(Local local, Expression value) -> {
                    expression(value, scope);
                    require(local.equals(scope.get(local.name())), local + " is assigned but not defined");
                    require(value.shape() == local.shape(), local + " is assigned a " + value.shape());
                }
                case Statement.Line(int number) -> require(number > 0, "a statement stands in line " + number);
                case Statement.Store(String segment, Index at, Expression value) -> {
                    expression(value, scope);
                    index(at, scope);
                    parameter(segment, value.shape() == Shape.TOKEN ? Kind.TOKENS : Kind.REALS);
                }
            }
        }
    }

    private void expression(Expression e, Map<String, Local> scope) {
        e.operands().forEach(o -> expression(o, scope));
        switch (e) {
            case Expression.Read(Local local) ->
                require(local.equals(scope.get(local.name())), local + " is read but not defined");
            case Expression.Load(String segment, Index at, Shape shape) -> {
                parameter(segment, Kind.REALS);
                index(at, scope);
                require(shape != Shape.TOKEN, segment + " is read as a token");
            }
            case Expression.LoadToken(String segment, Index at) -> {
                parameter(segment, Kind.TOKENS);
                index(at, scope);
            }
            case Expression.Constant constant ->
                require(
                        constant.shape() != Shape.TOKEN
                                || constant.value() >= 0 && constant.value() == Math.rint(constant.value()),
                        constant.value() + " is no token");
            case Expression.Broadcast(Expression scalar) -> shape(scalar, Shape.SCALAR);
            case Expression.OfToken(Expression token) -> shape(token, Shape.TOKEN);
            case Expression.OfIndex(Index index) -> index(index, scope);
            case Expression.LaneNumbers(Index from) -> index(from, scope);
            case Expression.Exchange(Expression vector, int by) -> {
                shape(vector, Shape.VECTOR);
                require(by > 0 && by < lanes, "lanes are exchanged by " + by + " where there are " + lanes);
            }
            case Expression.FirstLane(Expression vector) -> shape(vector, Shape.VECTOR);
            case Expression.Unary unary -> operator(unary);
            case Expression.Binary binary -> {
                shape(binary.right(), binary.shape());
                if (binary.operator() == Expression.BinaryOperator.STRICT_POWER) {
                    plainDouble(binary, binary.operator().name());
                }
            }
            case Expression.Pair(Expression low, Expression high) -> {
                shape(low, Shape.SCALAR);
                shape(high, Shape.SCALAR);
                require(precision == Precision.FLOAT, "pairs are for floats only");
            }
            case Expression.MultiplyAdd m -> {
                shape(m.b(), m.shape());
                shape(m.c(), m.shape());
            }
            case Expression.Select s -> {
                shape(s.right(), s.shape());
                shape(s.then(), s.shape());
                shape(s.otherwise(), s.shape());
            }
            case Expression.MaskValue mask -> {
                parameter(mask.seed(), Kind.SEED);
                index(mask.element(), scope);
                require(mask.keep() > 0 && mask.keep() <= 1, "a mask keeps " + mask.keep());
            }
        }
    }

    private void operator(Expression.Unary unary) {
        switch (unary.operator()) {
            case NEGATE, ABSOLUTE, SQUARE_ROOT -> {}
            case POWER_OF_TWO, LOWER_HALF, UPPER_HALF, EXPONENT, MANTISSA ->
                require(precision == Precision.FLOAT, unary.operator() + " is for floats only");
            case STRICT_EXP, STRICT_LOG, STRICT_TANH, STRICT_ERF, STRICT_EXPM1, STRICT_LOG1P ->
                plainDouble(unary, unary.operator().name());
        }
    }

    private void plainDouble(Expression e, String operator) {
        require(
                precision == Precision.DOUBLE && (lanes == 1 || e.shape() == Shape.SCALAR),
                operator + " is for plain doubles only");
    }

    private void index(Index index, Map<String, Local> scope) {
        for (Index.Term term : index.terms()) {
            Local local = scope.get(term.variable());
            boolean number = local != null && local.shape() == Shape.TOKEN;
            if (!number) {
                parameter(term.variable(), Kind.INTEGER);
            }
        }
    }

    private void parameter(String name, Kind kind) {
        require(parameters.get(name) == kind, name + " is no parameter of kind " + kind + " nor a variable in sight");
        used.add(name);
    }

    private void shape(Expression e, Shape expected) {
        require(e.shape() == expected, "a " + e.shape() + " stands where a " + expected + " is needed: " + e);
    }

    private void declare(String name) {
        require(declared.add(name), name + " is declared twice");
    }

    private void require(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalStateException(
                    "in kernel " + kernel.name() + ": " + problem + "\n" + LoopPrinter.print(kernel));
        }
    }
}

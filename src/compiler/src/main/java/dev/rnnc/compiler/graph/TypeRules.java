package dev.rnnc.compiler.graph;

import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.Rows;
import java.util.List;

/** The typing rules of the operations: what operands each takes and the type it yields. Broken rules are compiler bugs. */
final class TypeRules {
    private TypeRules() {}

    /**
     * The result type of {@code op}.
     *
     * @param declared the type of a leaf or of an {@link Op.Expand}; ignored by all others, and may be null there
     * @throws IllegalArgumentException if the operands do not fit
     */
    static Type infer(Op op, List<Value> operands, Type declared) {
        List<Type> types = operands.stream().map(Value::type).toList();
        return switch (op) {
            case Op.Input _,
                    Op.State _,
                    Op.Parameter _,
                    Op.RandomMask _,
                    Op.CarryIn _,
                    Op.StepInput _,
                    Op.Invariant _ -> {
                arity(op, types, 0);
                require(declared != null, op, types, "needs a declared type");
                yield declared;
            }
            case Op.Constant _, Op.RowCount _ -> {
                arity(op, types, 0);
                yield Type.real(Rows.NONE);
            }
            case Op.TokenConstant token -> {
                arity(op, types, 0);
                require(token.value() >= 0, op, types, "names no token");
                yield Type.token(Rows.NONE);
            }
            case Op.Map map -> map(map, types);
            case Op.Expand _ -> {
                arity(op, types, 1);
                require(types.get(0).element() == Element.REAL, op, types, "works on real numbers");
                require(
                        declared != null
                                && declared.rows().compareTo(types.get(0).rows()) >= 0,
                        op,
                        types,
                        "cannot lose rows");
                require(
                        types.get(0).isScalar() || types.get(0).shape().equals(declared.shape()),
                        op,
                        types,
                        "must keep features");
                yield declared;
            }
            case Op.Detach _ -> {
                arity(op, types, 1);
                require(types.get(0).element() == Element.REAL, op, types, "works on real numbers");
                yield types.get(0);
            }
            case Op.Reduce _ -> {
                arity(op, types, 1);
                vector(op, types, 0);
                yield types.get(0).withShape(List.of());
            }
            case Op.Slice slice -> {
                arity(op, types, 1);
                Type t = types.get(0);
                require(
                        !t.isScalar()
                                && slice.from() >= 0
                                && slice.size() > 0
                                && slice.from() + slice.size() <= t.shape().get(0),
                        op,
                        types,
                        "lies outside its operand");
                yield t.withShape(replaceFirst(t.shape(), slice.size()));
            }
            case Op.Concat _ -> concat(op, types);
            case Op.Pick _ -> {
                arity(op, types, 2);
                vector(op, types, 0);
                token(op, types, 1);
                yield Type.real(rows(types));
            }
            case Op.OneHot oneHot -> {
                arity(op, types, 1);
                token(op, types, 0);
                yield Type.real(types.get(0).rows(), oneHot.size());
            }
            case Op.FeatureMask mask -> {
                arity(op, types, 1);
                token(op, types, 0);
                require(mask.size() > 0, op, types, "needs features");
                yield Type.real(types.get(0).rows(), mask.size());
            }
            case Op.StepMask _ -> {
                arity(op, types, 1);
                token(op, types, 0);
                require(types.get(0).rows() == Rows.BATCH, op, types, "needs one length a sequence");
                yield Type.real(Rows.SEQUENCE);
            }
            case Op.Product _ -> product(op, types, 0, 1);
            case Op.TransposedProduct _ -> product(op, types, 1, 0);
            case Op.Lookup _ -> {
                arity(op, types, 2);
                matrix(op, types, 0);
                token(op, types, 1);
                yield Type.real(types.get(1).rows(), types.get(0).shape().get(1));
            }
            case Op.SumRows sum -> {
                arity(op, types, 1);
                require(sum.to().compareTo(types.get(0).rows()) < 0, op, types, "must lose rows");
                yield types.get(0).withRows(sum.to());
            }
            case Op.OuterSum _ -> {
                arity(op, types, 2);
                vector(op, types, 0);
                vector(op, types, 1);
                yield Type.real(Rows.NONE, types.get(0).width(), types.get(1).width());
            }
            case Op.TableSum table -> {
                require(!types.isEmpty() && types.size() % 2 == 0, op, types, "takes pairs of rows and tokens");
                for (int i = 0; i < types.size(); i += 2) {
                    vector(op, types, i);
                    token(op, types, i + 1);
                    require(types.get(i).width() == types.get(0).width(), op, types, "needs rows of one width");
                }
                yield Type.real(Rows.NONE, table.size(), types.get(0).width());
            }
            case Op.StepAt _ -> {
                arity(op, types, 1);
                require(types.get(0).rows() == Rows.SEQUENCE, op, types, "needs a sequence");
                yield types.get(0).withRows(Rows.BATCH);
            }
            case Op.StepPad _ -> {
                arity(op, types, 1);
                require(types.get(0).rows() == Rows.BATCH, op, types, "needs one step");
                yield types.get(0).withRows(Rows.SEQUENCE);
            }
            case Op.Shift _ -> {
                arity(op, types, 2);
                require(types.get(0).rows() == Rows.SEQUENCE, op, types, "needs a sequence");
                require(types.get(1).rows() != Rows.SEQUENCE, op, types, "needs one step to start with");
                require(
                        types.get(1).withRows(Rows.SEQUENCE).equals(types.get(0)),
                        op,
                        types,
                        "needs a start of the same features");
                yield types.get(0);
            }
            case Op.Scores scores -> {
                attention(op, types, types.get(0), types.get(1));
                require(
                        types.get(0).shape().equals(types.get(1).shape()),
                        op,
                        types,
                        "needs queries and keys of one size");
                yield types.get(0).withShape(List.of(scores.size()));
            }
            case Op.Mix _ -> {
                attention(op, types, types.get(0), types.get(1));
                yield types.get(0).withShape(types.get(1).shape());
            }
            case Op.MixBack _ -> {
                attention(op, types, types.get(0), types.get(1).withRows(Rows.SEQUENCE));
                require(types.get(0).rows() == types.get(1).rows(), op, types, "needs equal rows");
                yield types.get(1).withRows(Rows.SEQUENCE);
            }
            case Op.Scan scan -> scan(scan, operands);
            case Op.Result result -> result(result, operands);
        };
    }

    private static Type map(Op.Map op, List<Type> types) {
        arity(op, types, op.function().arity());
        List<Integer> shape = List.of();
        for (Type t : types) {
            require(t.element() == Element.REAL, op, types, "works on real numbers");
            require(t.isScalar() || shape.isEmpty() || shape.equals(t.shape()), op, types, "needs equal shapes");
            shape = t.isScalar() ? shape : t.shape();
        }
        return new Type(Element.REAL, rows(types), shape);
    }

    private static Type concat(Op op, List<Type> types) {
        require(!types.isEmpty(), op, types, "needs operands");
        int first = 0;
        List<Integer> rest =
                types.get(0).shape().subList(1, types.get(0).shape().size());
        for (Type t : types) {
            require(
                    !t.isScalar() && t.shape().subList(1, t.shape().size()).equals(rest),
                    op,
                    types,
                    "needs equal trailing shapes");
            first += t.shape().get(0);
        }
        return new Type(Element.REAL, rows(types), replaceFirst(types.get(0).shape(), first));
    }

    private static Type product(Op op, List<Type> types, int out, int in) {
        require(types.size() == 2 || types.size() == 3, op, types, "takes two or three operands");
        matrix(op, types, 0);
        vector(op, types, 1);
        Type weight = types.get(0);
        require(weight.shape().get(in).equals(types.get(1).shape().get(0)), op, types, "has sizes that do not meet");
        require(
                types.size() == 2
                        || types.get(2).shape().equals(List.of(weight.shape().get(out))),
                op,
                types,
                "has an initial value of another size");
        return Type.real(rows(types), weight.shape().get(out));
    }

    private static void attention(Op op, List<Type> types, Type rows, Type sequence) {
        arity(op, types, 2);
        vector(op, types, 0);
        vector(op, types, 1);
        require(rows.rows() != Rows.NONE, op, types, "needs rows as its first operand");
        require(sequence.rows() == Rows.SEQUENCE, op, types, "needs a sequence as its second operand");
    }

    private static Type scan(Op.Scan op, List<Value> operands) {
        Op.Body body = op.body();
        int carries = body.carries().size();
        List<Type> types = operands.stream().map(Value::type).toList();
        require(
                operands.size() == carries + body.sequences() + body.invariants(),
                op,
                types,
                "has a wrong number of operands");
        for (Value v : body.values()) {
            switch (v.op()) {
                case Op.CarryIn c -> same(op, v.type(), types.get(c.index()), types);
                case Op.StepInput s -> {
                    Type outer = types.get(carries + s.index());
                    require(outer.rows() == Rows.SEQUENCE, op, types, "needs sequences as step inputs");
                    same(op, v.type(), outer.withRows(Rows.BATCH), types);
                }
                case Op.Invariant i -> same(op, v.type(), types.get(carries + body.sequences() + i.index()), types);
                case Op.Input _,
                        Op.State _,
                        Op.Parameter _,
                        Op.RowCount _,
                        Op.StepAt _,
                        Op.StepPad _,
                        Op.StepMask _,
                        Op.Shift _,
                        Op.TokenConstant _ -> require(false, op, types, "holds " + v.op() + " in its body");
                default -> {}
            }
        }
        for (Op.Output output : body.outputs()) {
            require(
                    output.collect() == Op.Collect.SUM || output.value().type().rows() != Rows.SEQUENCE,
                    op,
                    types,
                    "stacks whole sequences");
        }
        for (int i = 0; i < carries; i++) {
            require(types.get(i).rows() != Rows.SEQUENCE, op, types, "carries a whole sequence");
            same(op, body.carries().get(i).type(), types.get(i), types);
        }
        return Type.real(Rows.NONE);
    }

    private static Type result(Op.Result op, List<Value> operands) {
        require(operands.size() == 1 && operands.get(0).op() instanceof Op.Scan, op, List.of(), "reads a scan");
        Op.Body body = ((Op.Scan) operands.get(0).op()).body();
        int carries = body.carries().size();
        if (op.index() < carries) {
            return body.carries().get(op.index()).type();
        }
        Op.Output output = body.outputs().get(op.index() - carries);
        Type step = output.value().type();
        return output.collect() == Op.Collect.STACK ? step.withRows(Rows.SEQUENCE) : step;
    }

    private static void same(Op op, Type found, Type expected, List<Type> types) {
        require(found.equals(expected), op, types, "has " + found + " where " + expected + " is expected");
    }

    private static Rows rows(List<Type> types) {
        return types.stream().map(Type::rows).max(Rows::compareTo).orElse(Rows.NONE);
    }

    private static List<Integer> replaceFirst(List<Integer> shape, int first) {
        var changed = new java.util.ArrayList<>(shape);
        changed.set(0, first);
        return changed;
    }

    private static void arity(Op op, List<Type> types, int count) {
        require(types.size() == count, op, types, "takes " + count + " operands");
    }

    private static void vector(Op op, List<Type> types, int index) {
        Type t = types.get(index);
        require(t.element() == Element.REAL && t.shape().size() == 1, op, types, "needs a vector as operand " + index);
    }

    private static void matrix(Op op, List<Type> types, int index) {
        Type t = types.get(index);
        require(t.rows() == Rows.NONE && t.shape().size() == 2, op, types, "needs a matrix as operand " + index);
    }

    private static void token(Op op, List<Type> types, int index) {
        require(types.get(index).element() == Element.TOKEN, op, types, "needs tokens as operand " + index);
    }

    private static void require(boolean holds, Op op, List<Type> types, String problem) {
        if (!holds) {
            String name = op instanceof Op.Scan ? "Scan" : op.toString();
            throw new IllegalArgumentException(name + " " + problem + ": " + types);
        }
    }
}

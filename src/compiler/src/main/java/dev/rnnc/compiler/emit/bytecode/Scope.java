package dev.rnnc.compiler.emit.bytecode;

import dev.rnnc.compiler.loop.Index;
import java.util.HashMap;
import java.util.Map;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.GeneratorAdapter;

/** The variables of a method, and the integers computed from them. */
final class Scope {
    private final GeneratorAdapter code;
    private final Map<String, Integer> arguments = new HashMap<>();
    private final Map<String, Integer> slots = new HashMap<>();

    Scope(GeneratorAdapter code) {
        this.code = code;
    }

    GeneratorAdapter code() {
        return code;
    }

    /** Makes the method's parameter number {@code argument} known by its name. */
    void parameter(String name, int argument) {
        arguments.put(name, argument);
    }

    /** Gives a new variable the value on the stack. */
    void define(String name, Type type) {
        int slot = code.newLocal(type);
        code.storeLocal(slot);
        slots.put(name, slot);
    }

    void load(String name) {
        Integer slot = slots.get(name);
        if (slot == null) {
            code.loadArg(arguments.get(name));
        } else {
            code.loadLocal(slot);
        }
    }

    void store(String name) {
        code.storeLocal(slots.get(name));
    }

    /** Adds to an integer variable. */
    void increase(String name, int by) {
        if (by == (short) by) {
            code.iinc(slots.get(name), by);
        } else {
            load(name);
            code.push(by);
            code.math(GeneratorAdapter.ADD, Type.INT_TYPE);
            store(name);
        }
    }

    /** Pushes an index as an int. */
    void integer(Index index) {
        boolean first = true;
        for (Index.Term term : index.terms()) {
            if (term.factor() == 1) {
                load(term.variable());
            } else {
                code.push(term.factor());
                load(term.variable());
                code.math(GeneratorAdapter.MUL, Type.INT_TYPE);
            }
            add(first, Type.INT_TYPE);
            first = false;
        }
        if (index.constant() != 0 || first) {
            code.push(index.constant());
            add(first, Type.INT_TYPE);
        }
    }

    /** Pushes an index in units of {@code size} bytes as a long: each term widened alone, so that no sum overflows. */
    void bytes(Index index, int size) {
        boolean first = true;
        for (Index.Term term : index.terms()) {
            long factor = (long) term.factor() * size;
            if (factor != 1) {
                code.push(factor);
            }
            load(term.variable());
            code.cast(Type.INT_TYPE, Type.LONG_TYPE);
            if (factor != 1) {
                code.math(GeneratorAdapter.MUL, Type.LONG_TYPE);
            }
            add(first, Type.LONG_TYPE);
            first = false;
        }
        if (index.constant() != 0 || first) {
            code.push((long) index.constant() * size);
            add(first, Type.LONG_TYPE);
        }
    }

    private void add(boolean first, Type type) {
        if (!first) {
            code.math(GeneratorAdapter.ADD, type);
        }
    }
}

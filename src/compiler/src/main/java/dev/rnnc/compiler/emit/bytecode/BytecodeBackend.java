package dev.rnnc.compiler.emit.bytecode;

import static dev.rnnc.compiler.emit.bytecode.LaneTypes.signature;

import dev.rnnc.compiler.emit.ClassPlan;
import dev.rnnc.compiler.emit.ProgramClass;
import dev.rnnc.compiler.emit.Vocabulary;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.session.TypedModel;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.GeneratorAdapter;

/**
 * Class files for a class plan: the model's public class, and for each lane count a class with the kernels that hosts the
 * nest of its programs' classes. They are what the Java backend's sources compile to, but that their line numbers are the
 * model file's.
 */
public final class BytecodeBackend {
    private static final Type OBJECT = Type.getType(Object.class);
    private static final Type PARENT = Type.getType(TypedModel.class);
    private static final Type KIND = Type.getType(ProgramKind.class);

    private final ClassPlan plan;
    private final Map<String, byte[]> files = new LinkedHashMap<>();

    private BytecodeBackend(ClassPlan plan) {
        this.plan = plan;
    }

    /** Class files by binary class name ({@code dev.example.CharLm}), the model's own class first. */
    public static Map<String, byte[]> emit(ClassPlan plan) {
        BytecodeBackend backend = new BytecodeBackend(plan);
        backend.modelClass();
        plan.lanes().forEach(backend::laneClass);
        return backend.files;
    }

    private Type named(String simpleName) {
        String folder = plan.packageName().isEmpty() ? "" : plan.packageName().replace('.', '/') + "/";
        return LaneTypes.named(folder + simpleName);
    }

    private void put(ClassFile file) {
        files.put(file.type().getClassName(), file.bytes());
    }

    private void modelClass() {
        Type self = named(plan.model().name());
        Type spec = Type.getType(ModelSpec.class);
        Type kinds = Type.getType(Set.class);
        ClassFile file = new ClassFile(self, Opcodes.ACC_PUBLIC | Opcodes.ACC_FINAL, PARENT, plan.sourceFile());
        file.field(Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC | Opcodes.ACC_FINAL, "SPEC", spec);
        file.field(ClassFile.CONSTANT, "PROGRAMS", kinds);
        file.field(ClassFile.CONSTANT, "LANES", Type.INT_TYPE);
        GeneratorAdapter code = file.method(Opcodes.ACC_STATIC, "<clinit>", Type.VOID_TYPE);
        Specs specs = new Specs(code);
        specs.push(plan.model());
        code.putStatic(self, "SPEC", spec);
        specs.collection(Set.class, plan.kinds());
        code.putStatic(self, "PROGRAMS", kinds);
        int count = plan.lanes().size();
        code.push(count);
        code.newArray(Type.INT_TYPE);
        for (int i = 0; i < count; i++) {
            code.dup();
            code.push(i);
            code.push(plan.floatLanes(plan.lanes().get(i).count()));
            code.arrayStore(Type.INT_TYPE);
        }
        code.invokeStatic(Type.getType(Lanes.class), signature("select", Type.INT_TYPE, Type.getType(int[].class)));
        code.putStatic(self, "LANES", Type.INT_TYPE);
        ClassFile.end(code);

        code = file.method(Opcodes.ACC_PUBLIC, "<init>", Type.VOID_TYPE);
        code.loadThis();
        code.invokeConstructor(PARENT, signature("<init>", Type.VOID_TYPE));
        ClassFile.end(code);
        Map<String, byte[]> sessions = Facades.emit(plan, file);
        constant(file, "spec", "SPEC", spec);
        constant(file, "programs", "PROGRAMS", kinds);
        newProgram(file);
        put(file);
        files.putAll(sessions);
    }

    private static void constant(ClassFile file, String method, String field, Type type) {
        GeneratorAdapter code = file.method(Opcodes.ACC_PUBLIC, method, type);
        code.getStatic(file.type(), field, type);
        ClassFile.end(code);
    }

    /** Hands on to the class for this machine's lanes. */
    private void newProgram(ClassFile file) {
        GeneratorAdapter code =
                file.method(Opcodes.ACC_PUBLIC, "newProgram", Programs.PROGRAM, KIND, Programs.PARAMETERS);
        List<ClassPlan.Lanes> all = plan.lanes();
        for (ClassPlan.Lanes lanes : all) {
            Label next = code.newLabel();
            if (lanes != all.getLast()) {
                code.getStatic(file.type(), "LANES", Type.INT_TYPE);
                code.push(plan.floatLanes(lanes.count()));
                code.ifICmp(GeneratorAdapter.NE, next);
            }
            code.loadArgs();
            code.invokeStatic(
                    named(plan.laneClass(lanes.count())),
                    signature("newProgram", Programs.PROGRAM, KIND, Programs.PARAMETERS));
            code.returnValue();
            code.mark(next);
        }
        code.endMethod();
    }

    private void laneClass(ClassPlan.Lanes lanes) {
        Type self = named(plan.laneClass(lanes.count()));
        LaneTypes types = new LaneTypes(plan.model().precision(), lanes.count(), self);
        List<ProgramClass> programs =
                lanes.programs().stream().map(ProgramClass::of).toList();
        ClassFile file = new ClassFile(self, Opcodes.ACC_FINAL, OBJECT, plan.sourceFile());
        for (ProgramClass program : programs) {
            file.nest(self, Programs.type(program, types), program.name(), 0);
        }
        constants(file, types, lanes);
        factory(file, types, programs);
        lanes.kernels().forEach(kernel -> Kernels.emit(kernel, types, file));
        put(file);
        for (ProgramClass program : programs) {
            files.put(Programs.type(program, types).getClassName(), Programs.emit(program, types, plan.sourceFile()));
        }
    }

    /** The layouts, and with vectors their species, the byte order and the orders of lanes that kernels ask for. */
    private static void constants(ClassFile file, LaneTypes types, ClassPlan.Lanes lanes) {
        GeneratorAdapter code = file.method(Opcodes.ACC_STATIC, "<clinit>", Type.VOID_TYPE);
        file.field(ClassFile.CONSTANT, "REAL", types.realLayout());
        boolean single = types.precision() == Precision.FLOAT;
        code.getStatic(LaneTypes.LAYOUT, single ? "JAVA_FLOAT" : "JAVA_DOUBLE", types.realLayout());
        code.putStatic(file.type(), "REAL", types.realLayout());
        file.field(ClassFile.CONSTANT, "TOKEN", LaneTypes.TOKEN_LAYOUT);
        code.getStatic(LaneTypes.LAYOUT, "JAVA_INT", LaneTypes.TOKEN_LAYOUT);
        code.putStatic(file.type(), "TOKEN", LaneTypes.TOKEN_LAYOUT);
        if (types.isVectorised()) {
            file.field(ClassFile.CONSTANT, "LANES", LaneTypes.SPECIES);
            int bits = types.lanes() * types.precision().bytes() * Byte.SIZE;
            code.getStatic(types.vector(), "SPECIES_" + bits, LaneTypes.SPECIES);
            code.putStatic(file.type(), "LANES", LaneTypes.SPECIES);
            file.field(ClassFile.CONSTANT, "ORDER", LaneTypes.ORDER);
            code.invokeStatic(LaneTypes.ORDER, signature("nativeOrder", LaneTypes.ORDER));
            code.putStatic(file.type(), "ORDER", LaneTypes.ORDER);
            lanes.exchanges().forEach((by, from) -> {
                file.field(ClassFile.CONSTANT, Vocabulary.exchange(by), LaneTypes.SHUFFLE);
                code.getStatic(file.type(), "LANES", LaneTypes.SPECIES);
                integers(code, from);
                code.invokeStatic(
                        LaneTypes.SHUFFLE,
                        signature("fromValues", LaneTypes.SHUFFLE, LaneTypes.SPECIES, Type.getType(int[].class)));
                code.putStatic(file.type(), Vocabulary.exchange(by), LaneTypes.SHUFFLE);
            });
        }
        ClassFile.end(code);
    }

    private static void integers(GeneratorAdapter code, List<Integer> values) {
        code.push(values.size());
        code.newArray(Type.INT_TYPE);
        for (int i = 0; i < values.size(); i++) {
            code.dup();
            code.push(i);
            code.push(values.get(i));
            code.arrayStore(Type.INT_TYPE);
        }
    }

    /** {@code newProgram(kind, parameters)}. */
    private void factory(ClassFile file, LaneTypes types, List<ProgramClass> programs) {
        GeneratorAdapter code =
                file.method(Opcodes.ACC_STATIC, "newProgram", Programs.PROGRAM, KIND, Programs.PARAMETERS);
        for (ProgramClass program : programs) {
            Label next = code.newLabel();
            code.loadArg(0);
            new Specs(code).constant(program.program().spec().kind());
            code.ifCmp(KIND, GeneratorAdapter.NE, next);
            Type type = Programs.type(program, types);
            code.newInstance(type);
            code.dup();
            code.loadArg(1);
            code.invokeConstructor(type, signature("<init>", Type.VOID_TYPE, Programs.PARAMETERS));
            code.returnValue();
            code.mark(next);
        }
        Type refusal = Type.getType(IllegalArgumentException.class);
        Type text = Type.getType(String.class);
        code.newInstance(refusal);
        code.dup();
        code.push(plan.missingProgram());
        code.loadArg(0);
        code.invokeStatic(text, signature("valueOf", text, OBJECT));
        code.invokeVirtual(text, signature("concat", text, text));
        code.invokeConstructor(refusal, signature("<init>", Type.VOID_TYPE, text));
        code.throwException();
        code.endMethod();
    }
}

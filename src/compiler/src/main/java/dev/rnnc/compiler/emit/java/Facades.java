package dev.rnnc.compiler.emit.java;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import dev.rnnc.compiler.emit.ClassPlan;
import dev.rnnc.compiler.emit.Facade;
import dev.rnnc.compiler.emit.SessionClass;
import dev.rnnc.compiler.emit.SessionClass.Draw;
import dev.rnnc.compiler.emit.SessionClass.Parameter;
import dev.rnnc.compiler.emit.SessionClass.Port;
import dev.rnnc.compiler.emit.SessionClass.Read;
import dev.rnnc.compiler.emit.SessionClass.Run;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.generate.Generator;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.TrainSettings;
import dev.rnnc.runtime.weights.WeightMismatchException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.Modifier;

/** The typed part of the model's class: constants, ways to make a model, and a nested class for each kind of session. */
final class Facades {
    private static final int COMMENT_WIDTH = 105;

    private final ClassName model;
    private final boolean hasSettings;
    private final TypeSpec.Builder type;

    private Facades(ClassPlan plan, TypeSpec.Builder type) {
        this.model = ClassName.get(plan.packageName(), plan.model().name());
        this.hasSettings = plan.model().train() != null;
        this.type = type;
    }

    /** Adds them to the model's class. */
    static void emit(ClassPlan plan, TypeSpec.Builder type) {
        Facade facade = Facade.of(plan);
        Facades facades = new Facades(plan, type);
        facade.constants().forEach(facades::constant);
        facades.creators();
        facade.sessions().forEach(facades::factory);
        facade.sessions().forEach(facades::session);
    }

    private void constant(Facade.Constant constant) {
        type.addField(FieldSpec.builder(int.class, constant.name(), Modifier.PUBLIC, Modifier.STATIC, Modifier.FINAL)
                .addJavadoc("$L\n", constant.comment())
                .initializer("$L", constant.value())
                .build());
    }

    private void creators() {
        type.addMethod(MethodSpec.constructorBuilder()
                .addModifiers(Modifier.PRIVATE)
                .addParameter(Parameters.class, "parameters")
                .addStatement("super(parameters)")
                .build());
        CodeBlock mismatch = CodeBlock.of(
                "@throws $T if it does not hold the weights of this model\n"
                        + "@throws $T if it cannot be read, or holds no safetensors\n",
                WeightMismatchException.class,
                IOException.class);
        type.addMethod(creator("load", Path.class, "weights")
                .addException(IOException.class)
                .addJavadoc(
                        "The model with the weights in a safetensors file.\n\n@param weights the file\n@return the model\n$L",
                        mismatch)
                .addStatement("return new $T(read(SPEC, weights))", model)
                .build());
        type.addMethod(creator("load", InputStream.class, "weights")
                .addException(IOException.class)
                .addJavadoc(
                        "The model with the weights in a stream of safetensors, such as a resource; it is read to its end\n"
                                + "and left open.\n\n@param weights the stream\n@return the model\n$L",
                        mismatch)
                .addStatement("return new $T(read(SPEC, weights))", model)
                .build());
        type.addMethod(creator("initialize", long.class, "seed")
                .addJavadoc(
                        "The model with the first values of all weights that it states. The same seed gives the same values.\n\n"
                                + "@param seed any number\n@return the model\n")
                .addStatement("return new $T(initialized(SPEC, seed))", model)
                .build());
    }

    private MethodSpec.Builder creator(String name, Class<?> parameter, String parameterName) {
        return MethodSpec.methodBuilder(name)
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC)
                .returns(model)
                .addParameter(parameter, parameterName);
    }

    private void factory(SessionClass session) {
        ClassName name = model.nestedClass(session.name());
        CodeBlock program = CodeBlock.of("open($T.$L)", ProgramKind.class, session.kind());
        switch (session.opens()) {
            case PROGRAM ->
                type.addMethod(opening(session, false)
                        .addStatement("return new $T($L)", name, program)
                        .build());
            case GENERATOR ->
                type.addMethod(opening(session, false)
                        .addStatement("return new $T(openGenerator())", name)
                        .build());
            case TRAINING -> {
                if (hasSettings) {
                    type.addMethod(opening(session, false)
                            .addStatement("return new $T($L, SPEC.train())", name, program)
                            .build());
                }
                type.addMethod(opening(session, true)
                        .addParameter(TrainSettings.class, "settings")
                        .addStatement("return new $T($L, settings)", name, program)
                        .build());
            }
        }
    }

    private MethodSpec.Builder opening(SessionClass session, boolean settingsGiven) {
        return MethodSpec.methodBuilder(session.factory())
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc("$L\n\n", wrapped("Opens a session for this thread that " + session.comment() + "."))
                .addJavadoc(settingsGiven ? "@param settings the optimiser and its settings\n" : "")
                .addJavadoc("@return a session that the caller closes\n")
                .returns(model.nestedClass(session.name()));
    }

    private void session(SessionClass session) {
        TypeSpec.Builder nested = TypeSpec.classBuilder(session.name())
                .addModifiers(Modifier.PUBLIC, Modifier.STATIC, Modifier.FINAL)
                .superclass(session.base())
                .addJavadoc("$L\n", wrapped("A session that " + session.comment() + "."));
        MethodSpec.Builder constructor = MethodSpec.constructorBuilder().addModifiers(Modifier.PRIVATE);
        switch (session.opens()) {
            case PROGRAM -> constructor.addParameter(Program.class, "program").addStatement("super(program)");
            case TRAINING ->
                constructor
                        .addParameter(Program.class, "program")
                        .addParameter(TrainSettings.class, "settings")
                        .addStatement("super(program, settings)");
            case GENERATOR ->
                constructor.addParameter(Generator.class, "generator").addStatement("super(generator)");
        }
        for (Port port : session.ports()) {
            nested.addField(port.type(), port.field(), Modifier.PRIVATE, Modifier.FINAL);
            constructor.addStatement(
                    "this.$L = $L($L, $S)", port.field(), port.factory(), program(session, port), port.port());
        }
        nested.addMethod(constructor.build());
        ClassName self = model.nestedClass(session.name());
        session.runs().forEach(run -> nested.addMethod(run(run, self)));
        session.draw().ifPresent(draw -> nested.addMethod(draw(draw)));
        session.reads().forEach(read -> nested.addMethod(read(read)));
        if (!session.components().isEmpty()) {
            nested.addMethod(outputs(session));
        }
        type.addType(nested.build());
        if (!session.components().isEmpty()) {
            type.addType(outputsRecord(session));
        }
    }

    private static String program(SessionClass session, Port port) {
        return switch (session.opens()) {
            case PROGRAM, TRAINING -> "program";
            case GENERATOR -> port.encoder() ? "generator.encoder()" : "generator.decoder()";
        };
    }

    private static MethodSpec run(Run run, ClassName self) {
        boolean fluent = run.returns() == void.class;
        MethodSpec.Builder method = method(run.name(), run.comment(), run.parameters());
        method.addJavadoc("@return $L\n", run.result()).returns(fluent ? self : TypeName.get(run.returns()));
        method.addStatement("begin()");
        for (int i = 0; i < run.inputs().size(); i++) {
            method.addStatement(
                    "this.$L.set($L)",
                    run.inputs().get(i).field(),
                    run.parameters().get(i).name());
        }
        if (fluent) {
            return method.addStatement("$L()", run.calls())
                    .addStatement("return this")
                    .build();
        }
        return method.addStatement("return $L()", run.calls()).build();
    }

    private static MethodSpec read(Read read) {
        MethodSpec.Builder method = method(read.name(), read.comment() + ".", read.parameters())
                .returns(read.returns())
                .addJavadoc("@return $L\n", read.result());
        String field = "this." + read.port().field();
        return switch (read.form()) {
            case ELEMENT -> {
                List<String> axes = new ArrayList<>();
                read.axes()
                        .forEach(a ->
                                axes.add(a < 0 ? "0" : read.parameters().get(a).name()));
                yield method.addStatement("return $L.get($L)", field, String.join(", ", axes))
                        .build();
            }
            case COPY -> method.addStatement("return $L.get()", field).build();
            case INTO -> method.addStatement("return $L.get(into)", field).build();
        };
    }

    private MethodSpec outputs(SessionClass session) {
        CodeBlock values = session.components().stream()
                .map(read -> CodeBlock.of("$L()", read.name()))
                .collect(CodeBlock.joining(",$W"));
        ClassName record = model.nestedClass(session.outputs());
        return method(SessionClass.OUTPUTS, "Copies all outputs of the last run.", List.of())
                .returns(record)
                .addJavadoc("@return a new record\n")
                .addStatement("return new $T($L)", record, values)
                .build();
    }

    private static TypeSpec outputsRecord(SessionClass session) {
        MethodSpec.Builder components = MethodSpec.constructorBuilder();
        TypeSpec.Builder record = TypeSpec.recordBuilder(session.outputs())
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc("The outputs of a run of {@link $L}. Arrays are compared by identity.\n\n", session.name());
        for (Read read : session.components()) {
            components.addParameter(read.returns(), read.name());
            record.addJavadoc("@param $L {@code $L}\n", read.name(), read.port().port());
        }
        return record.recordConstructor(components.build()).build();
    }

    private static MethodSpec draw(Draw draw) {
        return method("generate", Draw.COMMENT, Draw.PARAMETERS)
                .returns(draw.single() ? int[].class : int[][].class)
                .addJavadoc("@return the tokens, $L\n", draw.single() ? "[length]" : "[B, length]")
                .addStatement(
                        "return drawTokens(this.$L, this.$L, $L, length, temperature, seed)$L",
                        draw.fed().field(),
                        draw.scores().field(),
                        draw.start(),
                        draw.single() ? "[0]" : "")
                .build();
    }

    private static MethodSpec.Builder method(String name, String comment, List<Parameter> parameters) {
        MethodSpec.Builder method = MethodSpec.methodBuilder(name).addModifiers(Modifier.PUBLIC);
        method.addJavadoc("$L\n\n", comment);
        for (Parameter parameter : parameters) {
            method.addParameter(parameter.type(), parameter.name());
            method.addJavadoc("@param $L $L\n", parameter.name(), parameter.comment());
        }
        return method;
    }

    /** Javadoc in lines that fit. */
    private static String wrapped(String comment) {
        return comment.replaceAll("(.{1,%s})(\\s+|$)".formatted(COMMENT_WIDTH), "$1\n")
                .strip();
    }
}

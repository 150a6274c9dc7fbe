package dev.rnnc.generic.random;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A model that witnesses are asked about, with what goes in. */
final class Subject {
    /** Of the largest number of a result, in double. */
    static final double DOUBLE = 1e-9;
    /** Larger numbers say that a model runs away, where rounding hides all else. */
    static final double WILD = 1e4;

    static final List<Integer> LANES =
            IntStream.of(16, 8, 4, 1).filter(n -> n <= Lanes.count()).boxed().toList();

    final String text;
    final Setting setting;
    final Random random;
    final Model inDouble;
    /** Empty where the text says double. */
    final Optional<Model> inFloat;

    final List<PortSpec> ports;
    final Given given;
    final Given poisoned;

    /** @param model that of the text */
    Subject(String text, Setting setting, Model model) {
        boolean single = model.spec().precision() == Precision.FLOAT;
        this.text = single ? text.replaceFirst("model (\\w+) \\{", "model $1 { precision double ") : text;
        this.setting = setting;
        this.random = setting.random("witnesses");
        this.inDouble = single ? model(this.text).orElseThrow() : model;
        this.inFloat = Optional.of(model).filter(_ -> single);
        this.ports = inDouble.spec().ports();
        this.given = Given.draw(inDouble, setting);
        this.poisoned = given.poisoned(ports);
    }

    /**
     * The model of a text, empty where it has errors.
     *
     * @throws Run.Failure if {@code check} ends in an exception
     */
    static Optional<Model> model(String text) {
        try {
            return FrontEnd.check(new SourceText("random.rnn", text)).model();
        } catch (RuntimeException | StackOverflowError e) {
            throw new Run.Failure(Fault.Kind.CHECK, e);
        }
    }

    /** Whether {@code check} reports errors. */
    static boolean refused(String text) {
        try {
            return model(text).isEmpty();
        } catch (Run.Failure _) {
            return false;
        }
    }

    CompileOptions options(ProgramKind program) {
        return CompileOptions.of(program)
                .sized(setting.steps(), setting.batch())
                .withLengths(setting.lengths());
    }

    int anyLanes() {
        return LANES.get(random.nextInt(LANES.size()));
    }

    /** Those of the results that are states which the caller gives to the next run. */
    Map<String, double[]> states(Map<String, double[]> results) {
        Map<String, double[]> states = new TreeMap<>(results);
        states.keySet().retainAll(Meaning.givenStates(inDouble).keySet());
        return states;
    }

    /** Fails where there is a difference. */
    static void require(Fault.Kind kind, Optional<String> difference) {
        difference.ifPresent(what -> {
            throw new FaultException(new Fault(kind, what));
        });
    }

    /** Thrown where witnesses differ. */
    static final class FaultException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Fault fault;

        FaultException(Fault fault) {
            super(fault.toString());
            this.fault = fault;
        }

        Fault fault() {
            return fault;
        }
    }
}

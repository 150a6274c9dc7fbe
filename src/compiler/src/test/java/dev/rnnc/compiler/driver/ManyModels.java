package dev.rnnc.compiler.driver;

import dev.rnnc.runtime.session.LoadedModel;
import dev.rnnc.runtime.session.Session;
import dev.rnnc.runtime.spec.ProgramKind;

/** A process that loads, runs and drops as many models as its argument says. */
final class ManyModels {
    private ManyModels() {}

    public static void main(String[] arguments) {
        float sum = 0;
        for (int i = 0; i < Integer.parseInt(arguments[0]); i++) {
            LoadedModel model = Rnnc.load("model Small { input x : real[2] sequence  output y = gru(x, 3) }");
            try (Session session = model.initialize(i).open(ProgramKind.STEP)) {
                sum += session.set("x", 1f, 2f).run().floats("y")[0];
            }
        }
        System.out.println("finished " + Float.isFinite(sum));
    }
}

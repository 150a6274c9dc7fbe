package dev.rnnc.runtime.optimizer;

import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.random.CounterRandom;
import dev.rnnc.runtime.spec.OptimizerSpec;
import dev.rnnc.runtime.spec.Precision;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A digest of what an optimiser makes of random parameters, here or in a JVM of its own. */
final class OptimizerBits {
    private OptimizerBits() {}

    public static void main(String[] arguments) {
        OptimizerSpec spec = OptimizerTest.trajectories()
                .map(a -> (OptimizerSpec) a.get()[0])
                .filter(s -> s.toString().equals(arguments[0]))
                .findFirst()
                .orElseThrow();
        System.out.println(of(spec));
    }

    static long of(OptimizerSpec spec) {
        int size = 1003;
        Parameters parameters = new Parameters(OptimizerTest.model(Precision.FLOAT, size));
        Parameters gradients = new Parameters(parameters.spec());
        parameters.set("p", normals(size, 0));
        Optimizer optimizer = Optimizer.create(spec, parameters.spec());
        long digest = 0;
        for (int step = 1; step <= 5; step++) {
            gradients.set("p", normals(size, step));
            optimizer.step(parameters, gradients.data());
            digest = digest * 31 + Arrays.hashCode(parameters.floats("p"));
        }
        return digest;
    }

    static long inAnotherJvm(OptimizerSpec spec, String... flags) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(flags));
        command.addAll(List.of(
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                OptimizerBits.class.getName(),
                spec.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream()))) {
            String line = output.readLine();
            if (process.waitFor() != 0 || line == null) {
                throw new AssertionError("the other JVM failed: " + command);
            }
            return Long.parseLong(line);
        }
    }

    private static double[] normals(int size, long stream) {
        double[] values = new double[size];
        for (int i = 0; i < size; i++) {
            values[i] = CounterRandom.normal(11, stream, i);
        }
        return values;
    }
}

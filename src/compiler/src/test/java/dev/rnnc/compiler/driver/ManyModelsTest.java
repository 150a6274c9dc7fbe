package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManyModelsTest {
    /** The classes of each take some 35 kB of metaspace: far from all of them would fit if they stayed. */
    @Test
    void modelsThatNobodyHoldsAreForgotten(@TempDir Path folder) throws Exception {
        Path output = folder.resolve("output.txt");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-XX:MaxMetaspaceSize=48m",
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                ManyModels.class.getName(),
                "2000");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor()).as(Files.readString(output)).isZero();
        assertThat(Files.readString(output)).contains("finished true");
    }
}

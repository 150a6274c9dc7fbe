package dev.rnnc.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** tools/find-jdk.sh on machines with different JDKs. */
@DisabledOnOs(OS.WINDOWS)
class JdkSearchTest {
    @TempDir
    private Path folder;

    private ShellFixture machine;

    @BeforeEach
    void prepare() throws IOException {
        machine = new ShellFixture(folder);
    }

    @Test
    void takesJavaHomeFirst() throws IOException {
        machine.jdk("jvm/temurin-25", "25.0.3");
        Path own = machine.jdk("mine", "26.0.1");
        machine.set("JAVA_HOME", own);

        assertThat(search().out()).isEqualTo(own + " 26\n");
    }

    @Test
    void passesOverAJavaHomeThatIsTooOldForTheJavaOnThePath() throws IOException {
        machine.set("JAVA_HOME", machine.jdk("jvm/java-17", "17.0.15"));
        Path onPath = machine.jdk("somewhere/jdk", "25");
        Files.createSymbolicLink(folder.resolve("alternatives"), onPath.resolve("bin/java"));
        Files.createSymbolicLink(folder.resolve("bin/java"), Path.of("../alternatives"));

        assertThat(search().out()).isEqualTo(onPath + " 25\n");
    }

    @Test
    void takesTheLowestVersionThatSufficesFromTheFolders() throws IOException {
        machine.jdk("jvm/a-27", "27-ea");
        machine.jdk("jvm/b-21", "21.0.2");
        Path lowest = machine.jdk("jvm/c-25", "25.0.3");
        machine.jdk("jvm/d-26", "26");

        assertThat(search().out()).isEqualTo(lowest + " 25\n");
    }

    @Test
    void looksThroughEveryFolderOfTheListAndIntoMacBundles() throws IOException {
        Path bundled = machine.jdk("second place/temurin.jdk/Contents/Home", "25.0.1");
        machine.set("RNNC_JVM_FOLDERS", folder.resolve("missing") + ":" + folder.resolve("second place"));

        assertThat(search().out()).isEqualTo(bundled + " 25\n");
    }

    @Test
    void passesOverWhatHasNoCompilerOrNoVersion() throws IOException {
        machine.jre("jvm/a-jre-25", "25.0.3");
        Files.delete(machine.jdk("jvm/b-nameless", "25").resolve("release"));
        Files.writeString(machine.jdk("jvm/c-odd", "25").resolve("release"), "JAVA_VERSION=\"next\"");
        Path whole = machine.jdk("jvm/d-26", "26");

        assertThat(search().out()).isEqualTo(whole + " 26\n");
    }

    @Test
    void saysInOneLineWhatIsMissing() throws IOException {
        machine.set("JAVA_HOME", machine.jdk("jvm/java-17", "17.0.15"));

        ShellFixture.Result result = search();

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines()).singleElement().asString().contains("JDK 25 or newer", "set JAVA_HOME=");
    }

    private ShellFixture.Result search() {
        String script = ". \"$1\" && find_jdk && printf '%s %s\\n' \"$jdk_home\" \"$jdk_major\"";
        return machine.run("/bin/sh", "-euc", script, "sh", ProjectFolder.ROOT.resolve("tools/find-jdk.sh"));
    }
}

package dev.rnnc.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher {@code rnnc} in a project whose Maven and java are scripts. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    private static final String FIRST_BUILD = "building rnnc (first use)...\n";

    @TempDir
    private Path folder;

    private ShellFixture machine;
    private Path project;
    private Path jdk;

    @BeforeEach
    void prepare() throws IOException {
        machine = new ShellFixture(folder);
        jdk = machine.jdk("jvm/temurin-25", "25.0.3");
        project = Files.createDirectories(folder.resolve("a project"));
        Files.createDirectories(project.resolve("tools"));
        for (String file : new String[] {"rnnc", "tools/find-jdk.sh"}) {
            Files.copy(ProjectFolder.ROOT.resolve(file), project.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.writeString(project.resolve("pom.xml"), "<project/>");
        Files.createDirectories(project.resolve("src/cli/src/main/java"));
        Files.writeString(project.resolve("src/cli/src/main/java/Main.java"), "class Main {}");
        machine.program("mvn", "touch '" + jar() + "'");
    }

    @Test
    void buildsOnceThenStartsJavaWithTheArgumentsUntouched() {
        ShellFixture.Result first = machine.run(project.resolve("rnnc"), "train", "two words", "", "*", "$HOME");
        ShellFixture.Result second = machine.run(project.resolve("rnnc"), "train", "two words", "", "*", "$HOME");

        assertThat(first.err()).isEqualTo(FIRST_BUILD);
        assertThat(first.out())
                .startsWith("<--add-modules>\n<jdk.incubator.vector>\n<--enable-native-access=ALL-UNNAMED>\n")
                .endsWith("<-jar>\n<" + jar() + ">\n<train>\n<two words>\n<>\n<*>\n<$HOME>\n");
        assertThat(second.err()).isEmpty();
        assertThat(second.out()).isEqualTo(first.out());
    }

    @Test
    void startsJavaWithUtf8WhereTheLocaleKnowsAsciiOnly() throws IOException {
        machine.script(jdk.resolve("bin/java"), "echo \"$LC_ALL\"");
        machine.run(project.resolve("rnnc"));

        for (String locale : new String[] {"", "C", "POSIX"}) {
            machine.set("LC_ALL", locale);
            assertThat(machine.run(project.resolve("rnnc")).out()).isEqualTo("C.UTF-8\n");
        }
        machine.set("LC_ALL", "de_DE.UTF-8");
        assertThat(machine.run(project.resolve("rnnc")).out()).isEqualTo("de_DE.UTF-8\n");

        machine.program("locale", "echo ANSI_X3.4-1968");
        assertThat(machine.run(project.resolve("rnnc")).out())
                .as("a locale that is not installed")
                .isEqualTo("C.UTF-8\n");

        machine.program("locale", "echo UTF-8");
        machine.set("LC_ALL", "");
        assertThat(machine.run(project.resolve("rnnc")).out()).isEqualTo("\n");
    }

    @Test
    void worksThroughALinkAndPassesTheExitCodeOn() throws IOException {
        machine.script(jdk.resolve("bin/java"), "exit 3");
        Files.createSymbolicLink(folder.resolve("link"), Path.of("a project/rnnc"));
        Files.createSymbolicLink(folder.resolve("bin/rnnc"), Path.of("../link"));

        assertThat(machine.run("/bin/sh", "-c", "rnnc check").exitCode()).isEqualTo(3);
    }

    @Test
    void buildsAgainAfterASourceWasChangedOrRemoved() throws IOException {
        machine.run(project.resolve("rnnc"));
        Path source = project.resolve("src/cli/src/main/java/Main.java");

        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));
        assertThat(machine.run(project.resolve("rnnc")).err()).isEqualTo("building rnnc (sources changed)...\n");

        Files.delete(source);
        Files.setLastModifiedTime(
                source.getParent(), FileTime.from(Instant.now().plusSeconds(5)));
        assertThat(machine.run(project.resolve("rnnc")).err()).isEqualTo("building rnnc (sources changed)...\n");
    }

    @Test
    void handsFurtherFlagsToTheJvm() {
        machine.set("RNNC_JAVA_OPTS", "-Xmx2g -Da=*");

        assertThat(machine.run(project.resolve("rnnc")).out()).contains("<-Xmx2g>\n<-Da=*>\n<-jar>");
    }

    @Test
    void leavesTheVectorModuleOutWhereTheJdkHasNone() throws IOException {
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25\"\nMODULES=\"java.base jdk.compiler\"\n");

        assertThat(machine.run(project.resolve("rnnc")).out()).doesNotContain("jdk.incubator.vector");
    }

    @Test
    void aFailedBuildNamesItsLogAndIsTriedAgain() throws IOException {
        machine.program("mvn", "echo '[ERROR] Main.java:[1,1] broken'; exit 1");

        for (int i = 0; i < 2; i++) {
            ShellFixture.Result result = machine.run(project.resolve("rnnc"));
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.out()).isEmpty();
            assertThat(result.err()).contains("Main.java:[1,1] broken", "src/cli/target/rnnc-build.log");
        }
    }

    @Test
    void saysThatMavenOrAJdkIsMissing() throws IOException {
        Files.delete(folder.resolve("bin/mvn"));
        assertThat(machine.run(project.resolve("rnnc")).err()).contains("no 'mvn' on PATH; install Maven 3.8 or newer");

        machine.set("RNNC_JVM_FOLDERS", folder.resolve("nothing"));
        ShellFixture.Result result = machine.run(project.resolve("rnnc"), "train");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).startsWith("rnnc: no JDK 25 or newer found");
    }

    private Path jar() {
        try {
            return project.toRealPath().resolve("src/cli/target/rnnc.jar");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

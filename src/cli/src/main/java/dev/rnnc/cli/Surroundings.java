package dev.rnnc.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/**
 * What a command takes from the process it runs in.
 *
 * @param environment the environment variables
 * @param directory where run folders go unless the user names one
 * @param home the rnnc checkout, or null where it is not known
 * @param clock the time for the names of run folders
 * @param progress whether to draw a progress bar on standard error
 */
record Surroundings(Map<String, String> environment, Path directory, String home, Clock clock, boolean progress) {
    Surroundings {
        environment = Map.copyOf(environment);
    }

    static Surroundings ofThisProcess() {
        Map<String, String> environment = System.getenv();
        return new Surroundings(
                environment,
                Path.of(""),
                System.getProperty(OwnSources.HOME),
                Clock.systemDefaultZone(),
                Terminal.showsProgress(environment));
    }
}

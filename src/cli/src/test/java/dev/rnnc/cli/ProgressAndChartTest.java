package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ProgressAndChartTest {
    @Test
    void theLineTellsEpochStepLossSpeedAndTimeLeft() {
        StringWriter screen = new StringWriter();
        try (ProgressLine progress = new ProgressLine(new PrintWriter(screen), 3, 10, 200, 2048, "chars/s")) {
            progress.update(50, 1.8321);

            assertThat(progress.line(50, Duration.ofSeconds(5), 79))
                    .startsWith("epoch 3/10 [")
                    .contains(" step 50/200  loss 1.8321  20,480 chars/s  2:35 left")
                    .hasSizeLessThanOrEqualTo(79);
        }
        assertThat(screen.toString()).endsWith("\r");
    }

    @Test
    void noBarIsDrawnInContinuousIntegration() {
        assertThat(Terminal.showsProgress(Map.of("CI", "true"))).isFalse();
        assertThat(Terminal.showsProgress(Map.of("TERM", "dumb"))).isFalse();
    }

    @Test
    void drawsBothCurvesAsAPngEvenWhereALossIsNotANumber() throws IOException {
        byte[] png = LossChart.png("CharLm on a text", List.of(3.1, 2.2, 1.9), List.of(3.0, Double.NaN, 2.1), "loss");

        BufferedImage picture = ImageIO.read(new ByteArrayInputStream(png));
        assertThat(picture.getWidth()).isEqualTo(960);
        assertThat(picture.getHeight()).isEqualTo(600);
    }

    @Test
    void numbersReadTheSameInEveryCountry() {
        assertThat(Numbers.grouped(1234567)).isEqualTo("1,234,567");
        assertThat(Numbers.figure(1.234e9, "FLOP")).isEqualTo("1.23 GFLOP");
        assertThat(Numbers.time(4_712)).isEqualTo("4.71 us");
        assertThat(Numbers.figure(512, "B")).isEqualTo("512 B");
        assertThat(Numbers.figure(3 * 1024 * 1024, "B")).isEqualTo("3.00 MiB");
        assertThat(Numbers.clock(187)).isEqualTo("3:07");
        assertThat(Numbers.clock(3729)).isEqualTo("1:02:09");
    }
}

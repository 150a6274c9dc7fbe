package dev.rnnc.cli.report;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Charts of one look, and their way into a picture: several stand below each other. */
final class Charts {
    static final int WIDTH = 960;
    static final int HEIGHT = 520;

    /** Colours that differ in lightness too, so that those who see few colours can tell them apart. */
    private static final List<Color> COLORS = List.of(
            new Color(0x1F77B4),
            new Color(0xD95F02),
            new Color(0x2A9D4E),
            new Color(0x7B3294),
            new Color(0xB8860B),
            new Color(0x444444),
            new Color(0xC51B7D),
            new Color(0x17BECF));

    private Charts() {}

    /** The colour of the {@code index}-th curve. */
    static Color color(int index) {
        return COLORS.get(index % COLORS.size());
    }

    static void style(XYChart chart) {
        Color ink = new Color(0x333333);
        chart.getStyler()
                .setLegendPosition(LegendPosition.OutsideE)
                .setLegendBorderColor(Color.WHITE)
                .setChartBackgroundColor(Color.WHITE)
                .setChartTitleBoxVisible(false)
                .setChartFontColor(ink)
                .setChartPadding(12);
        chart.getStyler()
                .setPlotGridLinesColor(new Color(0xE2E2E2))
                .setPlotGridVerticalLinesVisible(false)
                .setAxisTickMarksColor(ink)
                .setAxisTickLabelsColor(ink)
                .setPlotBorderVisible(false);
        chart.getStyler().setXAxisDecimalPattern("#").setXAxisMaxLabelCount(12);
    }

    /**
     * A PNG of charts, one below the other.
     *
     * @param built makes the charts, once it is known that there is no need for a display
     * @throws IOException if the JVM cannot draw, for want of fonts for instance
     */
    static byte[] png(Supplier<List<XYChart>> built) throws IOException {
        return drawn(() -> {
            List<XYChart> charts = built.get();
            BufferedImage image = new BufferedImage(WIDTH, HEIGHT * charts.size(), BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = image.createGraphics();
            paint(charts, graphics);
            graphics.dispose();
            ByteArrayOutputStream png = new ByteArrayOutputStream();
            ImageIO.write(image, "png", png);
            return png.toByteArray();
        });
    }

    private static void paint(List<XYChart> charts, Graphics2D graphics) {
        for (int i = 0; i < charts.size(); i++) {
            Graphics2D place = (Graphics2D) graphics.create();
            place.translate(0, i * HEIGHT);
            charts.get(i).paint(place, WIDTH, HEIGHT);
            place.dispose();
        }
    }

    /** Draws without a display, and says in plain words if that cannot be done. */
    private static <T> T drawn(Drawing<T> drawing) throws IOException {
        System.setProperty("java.awt.headless", "true");
        try {
            return drawing.draw();
        } catch (LinkageError | InternalError | RuntimeException e) {
            // AWT reports a missing font library in any of these ways.
            throw new IOException("this JVM cannot draw text (" + e + "); install fontconfig and a font", e);
        }
    }

    private interface Drawing<T> {
        T draw() throws IOException;
    }
}

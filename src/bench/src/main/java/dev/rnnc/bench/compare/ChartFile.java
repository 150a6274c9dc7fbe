package dev.rnnc.bench.compare;

import java.io.IOException;
import java.nio.file.Path;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.internal.chartpart.Chart;

/** Writes charts. */
public final class ChartFile {
    private ChartFile() {}

    /** Whether a file's name says a format that charts can be written in. */
    public static boolean isChart(Path file) {
        return file.toString().endsWith(".svg") || file.toString().endsWith(".png");
    }

    /**
     * Writes {@code chart} as SVG or PNG, as the file's name says.
     *
     * @throws IOException if the file cannot be written
     */
    public static void write(Path file, Chart<?, ?> chart) throws IOException {
        if (file.toString().endsWith(".svg")) {
            VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
        } else {
            BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
        }
    }
}

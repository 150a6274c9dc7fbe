import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Writes the data of the adding problem: {@code java samples/adding-problem/MakeData.java [STEPS [EXAMPLES [FOLDER]]]}, 150
 * steps and 20,000 examples unless told otherwise. The same seed gives the same bytes on every machine. The task is that
 * of Le, Jaitly and Hinton 2015, arXiv 1504.00941: at each step a number from 0 to 1 and a mark, which is 1 at two steps,
 * one in each half, and else 0; the target is the sum of the two marked numbers.
 */
final class MakeData {
    private static final int TEST = 1000;

    private MakeData() {}

    public static void main(String[] arguments) throws IOException {
        int steps = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 150;
        int examples = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 20_000;
        Path folder = Path.of(arguments.length > 2 ? arguments[2] : "samples/adding-problem");
        write(folder.resolve("adding-" + steps + ".safetensors"), new Random(1), steps, examples);
        write(folder.resolve("adding-" + steps + "-test.safetensors"), new Random(2), steps, TEST);
    }

    /** Tensors {@code x [T, N, 2]}, a number and its mark, and {@code sum [N, 1]}. */
    private static void write(Path file, Random random, int steps, int examples) throws IOException {
        float[] x = new float[steps * examples * 2];
        float[] sum = new float[examples];
        int half = steps / 2;
        for (int n = 0; n < examples; n++) {
            int first = random.nextInt(half);
            int second = half + random.nextInt(steps - half);
            for (int t = 0; t < steps; t++) {
                boolean marked = t == first || t == second;
                int at = (t * examples + n) * 2;
                x[at] = random.nextFloat();
                x[at + 1] = marked ? 1 : 0;
                sum[n] += marked ? x[at] : 0;
            }
        }
        int middle = Float.BYTES * x.length;
        int end = middle + Float.BYTES * sum.length;
        String header = "{\"x\":{\"dtype\":\"F32\",\"shape\":[%d,%d,2],\"data_offsets\":[0,%d]},"
                .formatted(steps, examples, middle);
        header += "\"sum\":{\"dtype\":\"F32\",\"shape\":[%d,1],\"data_offsets\":[%d,%d]}}".formatted(examples, middle, end);
        header += " ".repeat((8 - header.length() % 8) % 8);
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + header.length() + end).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
        for (float value : x) {
            bytes.putFloat(value);
        }
        for (float value : sum) {
            bytes.putFloat(value);
        }
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(bytes.array());
        }
        System.out.println(file + ": " + Files.size(file) + " bytes");
    }
}

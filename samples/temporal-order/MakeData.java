import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Writes the data of the temporal order task: {@code java samples/temporal-order/MakeData.java [EXAMPLES [FOLDER]]}, 10,000
 * examples unless told otherwise. The same seed gives the same bytes on every machine. The task is experiment 6a of
 * Hochreiter and Schmidhuber 1997, "Long Short-Term Memory": 100 to 110 symbols, E first and B last, between them a, b, c
 * and d at random but for X or Y at a step from 10 to 20 and again at one from 50 to 60; the class says which came first
 * and which second (XX, XY, YX, YY).
 */
final class MakeData {
    private static final int TEST = 2560;
    private static final int LONGEST = 110;
    /** E, B, a, b, c, d, X, Y. */
    private static final int FIRST = 0;

    private static final int LAST = 1;
    private static final int DISTRACTOR = 2;
    private static final int MARK = 6;

    private MakeData() {}

    public static void main(String[] arguments) throws IOException {
        int examples = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
        Path folder = Path.of(arguments.length > 1 ? arguments[1] : "samples/temporal-order");
        write(folder.resolve("order.safetensors"), new Random(1), examples);
        write(folder.resolve("order-test.safetensors"), new Random(2), TEST);
    }

    /** Tensors {@code symbols [T, N]}, {@code symbols.lengths [N]} and {@code order [N]}, a byte each. */
    private static void write(Path file, Random random, int examples) throws IOException {
        byte[] symbols = new byte[LONGEST * examples];
        byte[] lengths = new byte[examples];
        byte[] order = new byte[examples];
        for (int n = 0; n < examples; n++) {
            int length = 100 + random.nextInt(11);
            int first = 10 + random.nextInt(11);
            int second = 50 + random.nextInt(11);
            int firstMark = random.nextInt(2);
            int secondMark = random.nextInt(2);
            for (int t = 0; t < length; t++) {
                int symbol = DISTRACTOR + random.nextInt(4);
                if (t == 0) {
                    symbol = FIRST;
                } else if (t == length - 1) {
                    symbol = LAST;
                } else if (t == first) {
                    symbol = MARK + firstMark;
                } else if (t == second) {
                    symbol = MARK + secondMark;
                }
                symbols[t * examples + n] = (byte) symbol;
            }
            lengths[n] = (byte) length;
            order[n] = (byte) (2 * firstMark + secondMark);
        }
        int middle = symbols.length;
        String header = ("{\"symbols\":{\"dtype\":\"U8\",\"shape\":[%d,%d],\"data_offsets\":[0,%d]},"
                        + "\"symbols.lengths\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[%d,%d]},"
                        + "\"order\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[%d,%d]}}")
                .formatted(
                        LONGEST,
                        examples,
                        middle,
                        examples,
                        middle,
                        middle + examples,
                        examples,
                        middle + examples,
                        middle + 2 * examples);
        header += " ".repeat((8 - header.length() % 8) % 8);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(header.length())
                    .array());
            out.write(header.getBytes(StandardCharsets.US_ASCII));
            out.write(symbols);
            out.write(lengths);
            out.write(order);
        }
        System.out.println(file + ": " + Files.size(file) + " bytes");
    }
}

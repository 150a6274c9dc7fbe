import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Writes the data of the topology samples: {@code java samples/topologies/MakeData.java [FOLDER]}. The same seed gives
 * the same bytes on every machine. Each task gets examples to train on and, from a seed of their own, examples to
 * measure with.
 */
final class MakeData {
    private static final int TRAINING = 1000;
    private static final int TEST = 250;
    /** A million sequences can be reversed, so this task takes more examples to learn from. */
    private static final int PAIRS = 5000;

    private final Random random;
    private final int examples;

    private MakeData(int seed, int examples) {
        this.random = new Random(seed);
        this.examples = examples;
    }

    /**
     * A tensor on its way to a file.
     *
     * @param dtype U8 for tokens, F32 for real numbers
     */
    private record Tensor(String name, String dtype, int[] shape, byte[] bytes) {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments.length == 0 ? "samples/topologies" : arguments[0]);
        for (boolean training : new boolean[] {true, false}) {
            int seed = training ? 1 : 2;
            MakeData data = new MakeData(seed, training ? TRAINING : TEST);
            String end = training ? ".safetensors" : "-test.safetensors";
            write(folder.resolve("one-to-one" + end), data.switches());
            write(folder.resolve("one-to-many" + end), data.melodies(8));
            write(folder.resolve("many-to-one" + end), data.majorities(15));
            write(folder.resolve("many-to-many" + end), data.sums(16));
            write(folder.resolve("encoder-decoder" + end), new MakeData(seed, training ? PAIRS : TEST).reversals(6));
        }
    }

    /** Four switches, each near -1 or 1, and whether an odd number of them is on. */
    private List<Tensor> switches() {
        float[] x = new float[4 * examples];
        int[][] parity = new int[1][examples];
        for (int n = 0; n < examples; n++) {
            for (int i = 0; i < 4; i++) {
                int on = random.nextInt(2);
                parity[0][n] ^= on;
                x[4 * n + i] = 2 * on - 1 + 0.4f * (random.nextFloat() - 0.5f);
            }
        }
        return List.of(reals("x", x, examples, 4), new Tensor("parity", "U8", new int[] {examples}, bytes(parity)));
    }

    /**
     * Melodies of 12 notes on a ring. The code says where one starts (sine and cosine), how far it goes each step (1 to
     * 3), and whether it goes up or down after its middle.
     */
    private List<Tensor> melodies(int steps) {
        float[] code = new float[4 * examples];
        int[][] notes = new int[steps][examples];
        for (int n = 0; n < examples; n++) {
            int note = random.nextInt(12);
            int stride = 1 + random.nextInt(3);
            int turn = random.nextBoolean() ? 1 : -1;
            code[4 * n] = (float) StrictMath.sin(Math.PI * note / 6);
            code[4 * n + 1] = (float) StrictMath.cos(Math.PI * note / 6);
            code[4 * n + 2] = stride - 2;
            code[4 * n + 3] = turn;
            for (int t = 0; t < steps; t++) {
                notes[t][n] = note;
                note = Math.floorMod(note + (t < steps / 2 ? stride : turn * stride), 12);
            }
        }
        return List.of(reals("code", code, examples, 4), tokens("notes", notes));
    }

    /** Random bits, an odd number of them, and whether more of them are one than zero. */
    private List<Tensor> majorities(int steps) {
        int[][] bits = digits(steps, 2);
        int[][] majority = new int[1][examples];
        for (int n = 0; n < examples; n++) {
            int ones = 0;
            for (int t = 0; t < steps; t++) {
                ones += bits[t][n];
            }
            majority[0][n] = 2 * ones > steps ? 1 : 0;
        }
        return List.of(tokens("bits", bits), new Tensor("majority", "U8", new int[] {examples}, bytes(majority)));
    }

    /** Random digits below 3 and, at each step, their sum so far modulo 3. */
    private List<Tensor> sums(int steps) {
        int[][] digits = digits(steps, 3);
        int[][] sums = new int[steps][examples];
        for (int n = 0; n < examples; n++) {
            int sum = 0;
            for (int t = 0; t < steps; t++) {
                sum += digits[t][n];
                sums[t][n] = sum % 3;
            }
        }
        return List.of(tokens("digits", digits), tokens("sums", sums));
    }

    /** Random digits, and the same in reverse. */
    private List<Tensor> reversals(int steps) {
        int[][] digits = digits(steps, 10);
        int[][] reversed = new int[steps][];
        for (int t = 0; t < steps; t++) {
            reversed[t] = digits[steps - 1 - t];
        }
        return List.of(tokens("digits", digits), tokens("reversed", reversed));
    }

    private int[][] digits(int steps, int bound) {
        int[][] digits = new int[steps][examples];
        for (int n = 0; n < examples; n++) {
            for (int t = 0; t < steps; t++) {
                digits[t][n] = random.nextInt(bound);
            }
        }
        return digits;
    }

    /** Tokens {@code [T, N]}. */
    private static Tensor tokens(String name, int[][] rows) {
        return new Tensor(name, "U8", new int[] {rows.length, rows[0].length}, bytes(rows));
    }

    private static Tensor reals(String name, float[] values, int... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return new Tensor(name, "F32", shape, bytes.array());
    }

    private static byte[] bytes(int[][] rows) {
        byte[] bytes = new byte[rows.length * rows[0].length];
        int at = 0;
        for (int[] row : rows) {
            for (int value : row) {
                bytes[at++] = (byte) value;
            }
        }
        return bytes;
    }

    /** A safetensors file: the length of the header, the header in JSON, the tensors one after another. */
    private static void write(Path file, List<Tensor> tensors) throws IOException {
        List<String> entries = new ArrayList<>();
        int offset = 0;
        for (Tensor tensor : tensors) {
            List<String> shape = new ArrayList<>();
            for (int size : tensor.shape()) {
                shape.add(Integer.toString(size));
            }
            int end = offset + tensor.bytes().length;
            entries.add("\"%s\":{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%d,%d]}"
                    .formatted(tensor.name(), tensor.dtype(), String.join(",", shape), offset, end));
            offset = end;
        }
        String header = "{" + String.join(",", entries) + "}";
        header += " ".repeat((8 - header.length() % 8) % 8);
        byte[] head = header.getBytes(StandardCharsets.US_ASCII);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(head.length)
                    .array());
            out.write(head);
            for (Tensor tensor : tensors) {
                out.write(tensor.bytes());
            }
        }
        System.out.println(file + ": " + Files.size(file) + " bytes");
    }
}

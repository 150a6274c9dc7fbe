package dev.rnnc.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Recorded Keras models as texts of the language, by the names of their folders. */
final class KerasModelTexts {
    /**
     * One model.
     *
     * @param folder its folder among the recorded models
     * @param text the model
     * @param names what a recorded input or output is called in the text, where that differs
     * @param map a mapping file; empty for the framework's names
     */
    record Text(String folder, String text, Map<String, String> names, String map) {
        String named(String recorded) {
            return names.getOrDefault(recorded, recorded);
        }
    }

    private static final List<Text> ALL = new ArrayList<>();

    /** Keras' masked layers: at a masked step states stay as they are. */
    private static final String MASKED = """
            cell masked_lstm(x[X], mask) -> h[H] {
              state h[H], c[H]
              param weight_ih[4*H, X], weight_hh[4*H, H] ~ uniform(1/sqrt(H))
              param bias[4*H]                            ~ uniform(1/sqrt(H))
              i, f, g, o = split(weight_ih @ x + weight_hh @ h + bias, 4)
              c_new = sigmoid(f) * c + sigmoid(i) * tanh(g)
              c' = where(mask, c_new, c)
              h' = where(mask, sigmoid(o) * tanh(c_new), h)
            }
            cell zeroed_lstm(x[X], mask) -> y[H] {
              state h[H], c[H]
              param weight_ih[4*H, X], weight_hh[4*H, H] ~ uniform(1/sqrt(H))
              param bias_ih[4*H], bias_hh[4*H]           ~ uniform(1/sqrt(H))
              i, f, g, o = split(weight_ih @ x + bias_ih + weight_hh @ h + bias_hh, 4)
              c_new = sigmoid(f) * c + sigmoid(i) * tanh(g)
              c' = where(mask, c_new, c)
              h' = where(mask, sigmoid(o) * tanh(c_new), h)
              y = mask * h'
            }
            cell masked_gru(x[X], mask) -> h[H] {
              state h[H]
              param weight_ih[3*H, X], weight_hh[3*H, H], bias_ih[3*H], bias_hh[3*H] ~ uniform(1/sqrt(H))
              r_input, z_input, n_input = split(weight_ih @ x + bias_ih, 3)
              r_state, z_state, n_state = split(weight_hh @ h + bias_hh, 3)
              z = sigmoid(z_input + z_state)
              n = tanh(n_input + sigmoid(r_input + r_state) * n_state)
              h' = where(mask, (1 - z) * n + z * h, h)
            }
            cell masked_attention(query[Q], keys[Q] sequence, mask sequence) -> y[Q] {
              y = attend(sum(query * keys) - 1e9 * (1 - mask), keys)
            }
            """;

    private static final String NORM = """
            cell layer_norm(x[X]; epsilon = 0.001) -> y[X] {
              param gamma[X] ~ constant(1)
              param beta[X]  ~ constant(0)
              y = gamma * layernorm(x, epsilon: epsilon) + beta
            }
            """;

    /** Both definitions of hard_sigmoid: the library's is that of Keras 3 and PyTorch. */
    private static final String HARD = """
            activation hard_sigmoid_keras2(x) = min(max(0.2 * x + 0.5, 0), 1)
            cell lstm_hard(x[X]) -> h[H] {
              state h[H], c[H]
              param weight_ih[4*H, X], weight_hh[4*H, H], bias_ih[4*H], bias_hh[4*H] ~ uniform(1/sqrt(H))
              i, f, g, o = split(weight_ih @ x + bias_ih + weight_hh @ h + bias_hh, 4)
              c' = GATE(f) * c + GATE(i) * tanh(g)
              h' = GATE(o) * tanh(c')
            }
            cell gru_hard(x[X]) -> h[H] {
              state h[H]
              param weight_ih[3*H, X], weight_hh[3*H, H], bias_ih[3*H], bias_hh[3*H] ~ uniform(1/sqrt(H))
              r_input, z_input, n_input = split(weight_ih @ x + bias_ih, 3)
              r_state, z_state, n_state = split(weight_hh @ h + bias_hh, 3)
              z = GATE(z_input + z_state)
              h' = (1 - z) * relu(n_input + GATE(r_input + r_state) * n_state) + z * h
            }
            cell gru_hard_before(x[X]) -> h[H] {
              state h[H]
              param weight_ih[3*H, X], weight_hh[2*H, H], weight_hn[H, H], bias[3*H] ~ uniform(1/sqrt(H))
              r_input, z_input, n_input = split(weight_ih @ x + bias, 3)
              r_state, z_state = split(weight_hh @ h, 2)
              z = GATE(z_input + z_state)
              h' = z * h + (1 - z) * tanh(n_input + weight_hn @ (GATE(r_input + r_state) * h))
            }
            """;

    static {
        add("seq-lstm-classifier", Map.of("dense", "p"), """
                input  tokens : token(30) sequence
                target t      : token(5)
                layer  embedding = embed(tokens, 8)
                layer  lstm   = lstm(embedding, 12)
                layer  dense  = dense(last(lstm), 5)
                output p      = softmax(dense)
                loss crossentropy(dense, t)
                """);
        add("seq-stacked-lstm-dropout", Map.of(), """
                input  x : real[4] sequence
                target t : real[2]
                layer  lstm    = lstm(x, 10)
                layer  lstm_1  = lstm(lstm, 8)
                layer  dense   = relu(dense(last(lstm_1), 6))
                output dense_1 = dense(dense, 2)
                loss mse(dense_1, t)
                """);
        add("seq-built-by-data", Map.of(), """
                input  input_layer : token(20) sequence
                layer  embedding = embed(input_layer, 5)
                output dense = dense(last(gru(embedding, 6)), 3)
                """);
        add("gru-reset-after", Map.of(), """
                input  x : real[4] sequence
                target t : real[3]
                layer  gru   = gru(x, 9)
                layer  gru_1 = gru(gru, 7)
                output dense = tanh(dense(last(gru_1), 3))
                loss mse(dense, t)
                """);
        add("gru-reset-before", Map.of(), """
                input  x : real[4] sequence
                layer  gru = gru_reset_before(x, 9)
                output time_distributed = sigmoid(dense(gru, 3))
                """);
        add("simple-rnn", Map.of(), """
                input  x : real[3] sequence
                layer  simple_rnn   = rnn(x, 8)
                layer  simple_rnn_1 = rnn_relu(simple_rnn, 6)
                output dense = sigmoid(dense(last(simple_rnn_1), 1))
                """);
        add("rnn-cells", Map.of(), """
                input  x : real[4] sequence
                layer  lower  = lstm(x, 6)
                layer  middle = gru(lower, 5)
                layer  upper  = rnn_relu(middle, 4)
                output dense  = dense(last(upper), 2)
                """);
        add("hard-sigmoid-keras3", Map.of(), HARD.replace("GATE", "hard_sigmoid"), """
                input  x : real[4] sequence
                output dense = dense(last(gru_hard(lstm_hard(x, 7), 6)), 2)
                """, "");
        add("hard-sigmoid-keras2", Map.of("lstm_1_input", "x"), HARD.replace("GATE", "hard_sigmoid_keras2"), """
                input  x : real[4] sequence
                output dense_1 = dense(last(gru_hard_before(lstm_hard(x, 7), 6)), 2)
                """, "");
        add("names-keras2", Map.of("input_1", "x", "head/out", "head_out"), """
                input  x : real[4] sequence
                layer  block_bi   = bidirectional(gru(x, 5))
                layer  block_lstm = lstm(block_bi, 6)
                output head_out   = leaky_relu(dense(last(block_lstm), 3), slope: 0.1)
                """);
        add("autoencoder-repeat", Map.of(), """
                input  x : real[3] sequence
                layer  lstm   = lstm(x, 6)
                layer  lstm_1 = lstm(final(lstm) + 0 * x[0], 6)
                output time_distributed = dense(lstm_1, 3)
                """);
        add("stateful-batch", Map.of(), """
                input  x : real[3] sequence
                output dense = dense(gru(lstm(x, 6), 5), 2)
                """);
        add("conv-norm-front", Map.of(), NORM + """
                // Causal, of width 3 and dilation 2: steps t - 4, t - 2 and t.
                cell conv(x[X]) -> y[Y] {
                  state one[X], two[X], three[X], four[X]
                  param tap0[Y, X], tap1[Y, X], tap2[Y, X], bias[Y] ~ uniform(1/sqrt(X))
                  one' = x
                  two' = one
                  three' = two
                  four' = three
                  y = tap0 @ four + tap1 @ two + tap2 @ x + bias
                }
                cell batch_norm(x[X]) -> y[X] {
                  param gamma[X], moving_variance[X] ~ constant(1)
                  param beta[X], moving_mean[X]      ~ constant(0)
                  y = gamma * (x - moving_mean) / sqrt(moving_variance + 0.001) + beta
                }
                """, """
                input  x : real[3] sequence
                layer  conv  = conv(x, 8)
                layer  batch = batch_norm(conv)
                layer  h     = lstm(relu(batch), 9)
                layer  norm  = layer_norm(h)
                output dense = dense(norm, 2)
                """, """
                conv.tap0             = layers/conv1d/vars/0 | row 0 | transpose
                conv.tap1             = layers/conv1d/vars/0 | row 1 | transpose
                conv.tap2             = layers/conv1d/vars/0 | row 2 | transpose
                conv.bias             = layers/conv1d/vars/1
                batch.gamma           = layers/batch_normalization/vars/0
                batch.beta            = layers/batch_normalization/vars/1
                batch.moving_mean     = layers/batch_normalization/vars/2
                batch.moving_variance = layers/batch_normalization/vars/3
                h.weight_ih           = layers/lstm/cell/vars/0 | transpose
                h.weight_hh           = layers/lstm/cell/vars/1 | transpose
                h.bias_ih             = layers/lstm/cell/vars/2
                h.bias_hh             = zeros
                norm.gamma            = layers/layer_normalization/vars/0
                norm.beta             = layers/layer_normalization/vars/1
                dense.weight          = layers/dense/vars/0 | transpose
                dense.bias            = layers/dense/vars/1
                """);
        add("time-distributed-model", Map.of(), """
                input  x : real[5] sequence
                layer  dense   = relu(dense(x, 6))
                layer  dense_1 = dense(dense, 4)
                output dense_2 = dense(last(lstm(dense_1, 7)), 2)
                """);
        add("nested-siamese", Map.of(), """
                input  left  : token(20) sequence
                input  right : token(20) sequence
                layer  words         = embed(left, 5)
                layer  words_right   = share(words, right)
                layer  summary       = gru(words, 6)
                layer  summary_right = share(summary, words_right)
                layer  a = final(summary)
                layer  b = final(summary_right)
                output same = sigmoid(dense(concat(a - b, a * b, max(a, b), (a + b) / 2), 1))
                """);
        add("bi-merge-modes", Map.of("last", "final_step"), """
                input  x : real[4] sequence
                layer  bi_sum  = bidirectional(lstm(x, 5))
                layer  bi_ave  = bidirectional(gru(x, 5))
                layer  bi_mul  = bidirectional(rnn(x, 5))
                layer  joined  = concat(bi_sum.forward + bi_sum.backward, (bi_ave.forward + bi_ave.backward) / 2,
                                        bi_mul.forward * bi_mul.backward)
                layer  bi_last = bidirectional(lstm(joined, 4))
                output steps      = dense(joined, 3)
                output final_step = dense(final(bi_last), 2)
                """);
        add("bi-lstm-tagger-masked", Map.of(), MASKED, """
                input  tokens : token(30) sequence
                layer  embedding = embed(tokens, 8)
                layer  mask      = 1 - one_hot(tokens)[0]
                layer  bidirectional = bidirectional(zeroed_lstm(embedding, mask, 6))
                output time_distributed = softmax(dense(bidirectional, 5))
                """, "");
        add("mask-everywhere", Map.of("last", "final_step"), MASKED, """
                input  tokens : token(20) sequence
                layer  words = embed(tokens, 6)
                layer  mask  = 1 - one_hot(tokens)[0]
                layer  gru   = masked_gru(words, mask, 5)
                layer  lstm  = masked_lstm(gru, mask, 4)
                output steps      = dense(gru, 3)
                output final_step = dense(final(lstm), 2)
                """, "");
        add("masking-zero-output", Map.of(), MASKED + """
                cell present(x[X]) -> m {
                  m = max(where(x == -1, 0, 1))
                }
                """, """
                input  x : real[3] sequence
                layer  mask  = present(x)
                layer  lstm  = zeroed_lstm(x, mask, 6)
                output dense = dense(sum(lstm) / sum(mask), 2)
                """, "");
        add("go-backwards", Map.of("last", "final_step"), "", """
                input  x : real[4] sequence
                layer  gru_backward = backward(gru(x, 4))
                output final_step   = dense(final(gru_backward), 2)
                """, """
                gru_backward.weight_ih = layers/gru/cell/vars/0 | transpose | gates zrh rzh
                gru_backward.weight_hh = layers/gru/cell/vars/1 | transpose | gates zrh rzh
                gru_backward.bias_ih   = layers/gru/cell/vars/2 | row 0 | gates zrh rzh
                gru_backward.bias_hh   = layers/gru/cell/vars/2 | row 1 | gates zrh rzh
                final_step.weight      = layers/dense_1/vars/0 | transpose
                final_step.bias        = layers/dense_1/vars/1
                ignore layers/lstm*
                ignore layers/dense/*
                """);
        add("encoder-decoder", Map.of("scores", "p", "decoder", "state_h", "decoder_1", "state_c"), """
                input  source : real[5] sequence
                input  words  : real[4] sequence
                target t      : token(6) sequence
                layer  encoder = lstm(source, 8)
                layer  decoder = lstm(words, 8, initial: {h: final(encoder), c: final(encoder.c)})
                layer  scores  = dense(decoder, 6)
                output p       = softmax(scores)
                output state_h = final(decoder)
                output state_c = final(decoder.c)
                loss crossentropy(scores, t)
                """);
        add("attention-dot", Map.of(), MASKED, """
                input  source : token(20) sequence
                input  words  : token(20) sequence
                layer  mask    = 1 - one_hot(source)[0]
                layer  source_embedding = embed(source, 5)
                layer  word_embedding   = embed(words, 5)
                layer  encoder = masked_lstm(source_embedding, mask, 6)
                layer  decoder = lstm(word_embedding, 6)
                layer  read    = masked_attention(decoder, encoder, mask)
                output scores  = softmax(dense(concat(decoder, read), 5))
                """, "");
        add("operators", Map.of(), NORM, """
                input  x : real[6] sequence
                layer  first    = lstm(x, 6)
                layer  norm     = layer_norm(x + 0.5 * first, epsilon: 0.000001)
                layer  second   = lstm(norm, 6)
                layer  residual = norm + second
                output y = dense(concat(last(residual), mean(residual), max(residual)), 2)
                """, "");
    }

    private KerasModelTexts() {}

    static List<Text> all() {
        return List.copyOf(ALL);
    }

    static Text of(String folder) {
        return ALL.stream()
                .filter(text -> text.folder().equals(folder))
                .findFirst()
                .orElseThrow();
    }

    private static void add(String folder, Map<String, String> names, String body) {
        add(folder, names, "", body, "");
    }

    private static void add(String folder, Map<String, String> names, String cells, String body, String map) {
        ALL.add(new Text(folder, cells + "model Recorded {\n" + body + "}\n", names, map));
    }
}

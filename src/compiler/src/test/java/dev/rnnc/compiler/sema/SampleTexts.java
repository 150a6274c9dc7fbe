package dev.rnnc.compiler.sema;

import java.util.List;

/** Models that use the whole language; each is free of errors and warnings. */
public final class SampleTexts {
    public static final String RECORDED_CASE = """
            model Case {
              input x : real[3] sequence
              input h0 : real[5]  input c0 : real[5]
              target gy : real[5] sequence  target ghn : real[5]  target gcn : real[5]
              layer h = lstm(x, 5, initial: {h: h0, c: c0})
              output y = h
              output hn = final(h)  output cn = final(h.c)
              loss sum(y * gy) + sum(hn * ghn) + sum(cn * gcn)
            }
            """;

    public static final String PROJECTED = """
            model Projected {
              precision double
              input x : real[7] sequence
              target gy : real[5] sequence
              layer a = lstmp(x, 5, C: 12)
              layer b = lstmp(dropout(a, 0.5), 5, C: 12, initial: {c: tanh(final(a.c))})
              output y = b + a
              output cells = b.c
              loss mse(y, gy)
            }
            """;

    public static final String ONE_TO_ONE = """
            model Xor {
              input x : real[4]
              target wanted : real[2]
              output y = dense(tanh(dense(x, 8)), 2)
              loss huber(y, wanted, delta: 0.5) + 0.1 * mae(y, wanted) + bce(sigmoid(y), wanted)
              train { steps 1 batch 8 optimizer sgd(0.1) }
            }
            """;

    public static final String OWN_CELLS = """
            const HALF = 0.5
            activation swish(x) = x * sigmoid(x)
            function scaled(x; by = 2) -> y { twice = x * by  y = twice / by }

            cell peephole(x[X]) -> h[H] {
              const K = 2*H
              state h[H], c[H]
              param w[K, X] from "net.w", u[K, H] from "net.u", b[K] ~ uniform(1/sqrt(H))
              param p[H] ~ constant(HALF)
              h' = sigmoid(o + p * c') * tanh(c')
              a, o = split(w @ x + u @ h + b, 2)
              c' = (1 - sigmoid(a)) * c + sigmoid(a) * swish(a) ^ 2
            }

            cell running(x[X]; decay = 0.9) -> y[X] {
              state m[X]
              m' = decay * m + (1 - decay) * x
              y = where(x > m, x - m', -m')
            }

            cell block(x[X]) -> y[Y] {
              hidden = gelu(dense(x, 2*Y))
              y = dense(layernorm(hidden), Y) + hidden[0:Y] + hidden[1]
            }

            model Own {
              const H = 6
              input x : real[4] sequence
              input mood : token(3)
              target label : token(5)
              layer p = peephole(concat(x, embed(mood, 2)), H)
              layer r = running(p, decay: 0.8)
              layer s = block(scaled(r, by: 3), H) + r
              layer pooled = mean(s) + max(s) + min(s) - sum(s) / 7 + first(s) * last(p)
              output logits = dense(concat(pooled, final(r.m)), 5)
              output probabilities = softmax(logits)
              loss crossentropy(logits, label) + 0.01 * mean(logits ^ 2)
              train { epochs 3 seed 7 clip value 0.5 optimizer rmsprop(rate: 0.01, alpha: 0.9) }
            }
            """;

    public static final String TRANSLATION = """
            cell gates(x[X]) -> h[H] {
              state h[H], c[H]
              param w[2*H, X] ~ split(xavier_uniform(), orthogonal(0.5))
              param b[2*H] ~ split(constant(-1), constant(1))
              i, f = split(w @ x + b, 2)
              c' = sigmoid(f) * c + dropout(i, 0.1)
              h' = tanh(c')
            }
            model Translation {
              input  source : token(7) sequence
              input  other  : token(7) sequence
              target words  : token(7) sequence
              layer  e = embed(source, 4)
              layer  o = share(e, other)
              layer  a = bidirectional(lstm(e, 3, initial: {h: 0, backward.c: 1}))
              layer  b = bidirectional(gates(a, 3))
              layer  s = share(a, o)
              layer  r = backward(gru(b + a, 6))
              layer  d = gru(embed(previous(words, start: 2), 4), 6, initial: {h: final(a)})
              layer  c = attention(d, concat(r), b)
              output logits = dense(concat(d, c, attention_general(c, s), final(b.c), final(a.forward.c)), 7)
              loss weighted_crossentropy(logits, words, [1, 2, 0.5, 1, 1, 1e-2, 1/3])
              train { steps 5 batch 2 }
            }
            """;

    /** Cells that get whole sequences, and masks that hold for all steps. */
    public static final String LISTENING = """
            cell listener(x[X], keys[K] sequence, words: token(9) sequence; A = 4) -> h[H] {
              state h[H], seen[K]
              param w[H, X + K], u[H, H], table[9, H] ~ uniform(0.5)
              read  = attend(sum(table[words] * h), keys)
              seen' = attention_additive(h, keys * sigmoid(h[0]), A: A) + read
              h'    = tanh(w @ concat(x, seen) + u @ dropout(h, 0.2, mask: sequence))
            }
            model Listening {
              input  source : token(9) sequence
              input  image  : real[5] sequence
              target words  : token(7) sequence
              layer  e = bidirectional(gru(embed(source, 4), 3))
              layer  d = listener(embed(previous(words), 4), e, source, 5)
              layer  b = bidirectional(listener(d, image, source, 4, A: 2))
              layer  p = attend(tanh(e[0]), e)
              output logits = dense(concat(d, b, attention_additive(d, e, A: 3), b.forward.seen, final(d.seen), p), 7)
              loss crossentropy(logits, words)
              train { steps 4 batch 2 }
            }
            """;

    public static final List<String> ALL =
            List.of(TRANSLATION, RECORDED_CASE, PROJECTED, ONE_TO_ONE, OWN_CELLS, LISTENING);

    private SampleTexts() {}
}

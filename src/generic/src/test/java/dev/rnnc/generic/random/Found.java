package dev.rnnc.generic.random;

import java.util.List;

/** Models that were wrong once, as small as they could be made. */
record Found(String name, String text) {
    /** In how many settings each is run. */
    static final int SETTINGS = 8;

    static final List<Found> ALL = List.of(
            new Found("a state that is left with a parameter, and one that a slice of it reads", """
                    cell k(x[X]) -> h[H] {
                      state h[H], s[1], c[4]
                      param w[4] ~ uniform(0.5)
                      param v[4] ~ constant(0.25)
                      s' = concat(c', h', x)[4:5]
                      c' = w
                      h' = v
                    }
                    model M {
                      input x : real[1] sequence
                      layer v = k(x, 4)
                      output o = x
                    }
                    """),
            new Found("a result that reads an element of a state which is written before it", """
                    cell k(x[X], l : token(3)) -> y[Y] {
                      state m[2]
                      param w[3, 2] ~ orthogonal(0.7)
                      y = m[0] - x
                      m' = w[l]
                    }
                    model M {
                      input x : real[1] sequence
                      input l : token(3)
                      output o = k(x, l, 1)
                      loss mean(o)
                    }
                    """),
            new Found("a state that reads an element of another, which is doubled", """
                    cell k(x[X]) -> h[H] {
                      state h[H], c
                      h' = h + h
                      c' = h[0]
                    }
                    model M {
                      input x : real[1] sequence
                      layer v = k(x, 2)
                      output o = v.c
                    }
                    """),
            new Found("the gradient of a state by way of a slice and of another that follows it", """
                    cell k(x[X]) -> h[H] {
                      state h[H], m[2], c[2]
                      h' = x
                      c' = m'
                      m' = dense(c[0:1], 2)
                    }
                    model M {
                      input x : real[1] sequence
                      target t : token(2)
                      layer v = k(x, 1)
                      output o = v.c
                      loss crossentropy(o, t)
                    }
                    """),
            new Found("a state of 17 that is shifted and joined with two others, backward", """
                    cell k(x[X]) -> h[H] {
                      state h[H], c[17]
                      param w[2, 1] ~ orthogonal(0.7)
                      h' = softplus(c)
                      c' = concat(c[1:14], w @ h[0:1], h[:2])
                    }
                    model M {
                      input x : real[1] sequence
                      layer v = backward(k(x, 17))
                      output o = v
                      loss mean(o)
                    }
                    """),
            new Found("a piece that is a choice between a concat and a number", """
                    model M {
                      input x : real[1] sequence
                      input z : real sequence
                      output o = concat(where(0, concat([0], x), z), x)
                      loss mean(o)
                    }
                    """),
            new Found("four pieces of which a slice leaves out the last element", """
                    function largest(x) = max(x)
                    model M {
                      input x : real[1]
                      output o = concat([-1, 0, 1, -0.5, 0.5, -1] * largest(x), relu(x * 0), x, x)[:8]
                      loss mean(o)
                    }
                    """),
            new Found("a row of a table by a token of the row, in a cell with other states", """
                    cell k(x[X], r, l : token(2)) -> y[Y] {
                      state h, c
                      param w[2, 1] ~ xavier_uniform()
                      y = w[l]
                      h' = h
                      c' = r
                    }
                    model M {
                      input s : real[1] sequence
                      input r : real
                      input l : token(2)
                      output o = k(s, r, l, 1)
                      loss mean(o)
                    }
                    """),
            new Found("what is left of a target's embedding one step late", """
                    model M {
                      target t : token(1) sequence
                      layer v = embed(previous(t), 2)
                      output o = v[0:1]
                      loss crossentropy(o, t)
                    }
                    """),
            new Found("a row's class for every step of a sequence, beside a target that is read late", """
                    model M {
                      target t : token(2) sequence
                      target g : token(2)
                      output o = embed(previous(t), 2)
                      loss crossentropy(o, g)
                    }
                    """),
            new Found("half of a parameter's dropout in a cell, drawn anew at each step", """
                    cell k(x[X]) -> h[H] {
                      state h[H]
                      param w[14] ~ uniform(0.5)
                      a, b = split(dropout(w, 0.3), 2)
                      h' = dense(b, 2)
                    }
                    model M {
                      input x : real[2] sequence
                      output o = k(x, 2)
                      loss mean(o)
                    }
                    """));
}

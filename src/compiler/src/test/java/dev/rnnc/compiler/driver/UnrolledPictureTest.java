package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.explain.UnrolledPicture;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.compiler.sema.SampleTexts;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class UnrolledPictureTest {
    private static final String CONTRAST = """
            model Contrast {
              input  x    : real[3] sequence
              input  image : real[4]
              target t    : real[5] sequence
              layer  h    = lstm(x, 5, initial: {h: dense(image, 5)})
              layer  less = where(h < 0, -h, h)
              layer  pooled = mean(h) + last(less)
              output y    = h + less + pooled
              loss   mse(y, t)
            }
            """;

    static Stream<String> models() {
        return Stream.concat(SampleTexts.ALL.stream(), Stream.of(CONTRAST));
    }

    @ParameterizedTest
    @MethodSource("models")
    void everyModelIsDrawnWithoutOverlappingLabels(String text) throws Exception {
        Document picture = parse(draw(text));

        List<double[]> boxes = new ArrayList<>();
        NodeList labels = picture.getElementsByTagName("text");
        for (int i = 0; i < labels.getLength(); i++) {
            Element label = (Element) labels.item(i);
            double width = 6.7 * label.getTextContent().length();
            double x = Double.parseDouble(label.getAttribute("x"));
            double left = label.getAttribute("class").matches("name|time") ? x - width / 2 : x;
            double y = Double.parseDouble(label.getAttribute("y"));
            for (double[] other : boxes) {
                boolean apart = left + width <= other[0] || other[1] <= left || Math.abs(y - other[2]) >= 11;
                assertThat(apart).as(label.getTextContent()).isTrue();
            }
            boxes.add(new double[] {left, left + width, y});
        }
        assertThat(boxes).hasSizeGreaterThan(5);
    }

    @Test
    void textIsEscaped() throws Exception {
        String picture = draw(CONTRAST);

        assertThat(picture).contains("less = where(h &lt; 0, -h, h)");
        assertThat(parse(picture).getDocumentElement().getTextContent()).contains("less = where(h < 0, -h, h)");
    }

    @Test
    void statesFlowFromStepToStepAndTheInitialOneComesFromTheSide() {
        assertThat(draw(CONTRAST).lines().filter(line -> line.contains("class=\"state\"")))
                .hasSize(5);
    }

    @Test
    void whatPreviousReadsComesFromTheStepBeforeDashedFromTheTargetSolidFromTheOutput() {
        String text = """
                model Caption {
                  input  image : real[4]
                  target word  : token(5) sequence
                  layer  h = gru(embed(previous(word), 3), 4, initial: {h: image})
                  output y = dense(h, 5)
                  loss   crossentropy(y, word)
                }
                """;
        assertThat(draw(text).lines().filter(line -> line.contains("class=\"forced\"")))
                .hasSize(4);
        assertThat(draw(text).lines().filter(line -> line.contains("class=\"fed\"")))
                .hasSize(4);
        assertThat(draw(text)).contains("dashed green", "solid green");
        assertThat(draw(CONTRAST)).doesNotContain("dashed green", "class=\"fed\"");
        // A backward layer over its own output cannot generate, so it has no arrow from there.
        assertThat(draw(text.replace(
                        "gru(embed(previous(word), 3), 4, initial: {h: image})",
                        "backward(gru(embed(previous(word), 3), 4, initial: {h: image}))")))
                .contains("class=\"forced\"")
                .doesNotContain("class=\"fed\"");
    }

    @Test
    void attentionReadsEveryStep() {
        String text = """
                model Look {
                  input  x : real[4] sequence
                  input  q : real[4] sequence
                  output y = attention(q, x)
                }
                """;
        // Four drawn steps of x to four of y, and q to y.
        assertThat(draw(text).lines().filter(line -> line.contains("class=\"flow\"")))
                .hasSize(4 * 4 + 4);
    }

    @Test
    void aModelWithoutStepsHasOneColumn() {
        assertThat(draw(SampleTexts.ONE_TO_ONE)).doesNotContain("class=\"time\"");
    }

    private static String draw(String text) {
        return UnrolledPicture.svg(
                FrontEnd.check(new SourceText("test.rnn", text)).model().orElseThrow());
    }

    private static Document parse(String picture) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(picture)));
    }
}

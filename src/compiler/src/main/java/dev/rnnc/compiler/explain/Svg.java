package dev.rnnc.compiler.explain;

import java.io.StringWriter;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes an SVG picture, one element a line. */
final class Svg {
    private final StringWriter out = new StringWriter();
    private final XMLStreamWriter xml;

    Svg(String title, int width, int height, String style) {
        try {
            xml = XMLOutputFactory.newInstance().createXMLStreamWriter(out);
            xml.writeStartElement("svg");
            xml.writeDefaultNamespace("http://www.w3.org/2000/svg");
            xml.writeAttribute("viewBox", "0 0 " + width + " " + height);
            xml.writeAttribute("width", String.valueOf(width));
            xml.writeAttribute("height", String.valueOf(height));
            xml.writeAttribute("role", "img");
            line();
            text("title", title);
            text("style", style);
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An element without content; {@code attributes} are names and values in turn. */
    void element(String name, Object... attributes) {
        try {
            xml.writeEmptyElement(name);
            attributes(attributes);
            line();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An element that holds text. */
    void text(String name, String text, Object... attributes) {
        try {
            xml.writeStartElement(name);
            attributes(attributes);
            xml.writeCharacters(text);
            xml.writeEndElement();
            line();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The head of an arrow, as a marker that lines refer to by its name. */
    void arrowHead(String name, String color) {
        try {
            xml.writeStartElement("marker");
            attributes("id", name, "viewBox", "0 0 8 8", "refX", 7, "refY", 4);
            attributes("markerWidth", 7, "markerHeight", 7, "orient", "auto");
            xml.writeEmptyElement("path");
            attributes("d", "M 0 0.5 L 8 4 L 0 7.5 Z", "fill", color);
            xml.writeEndElement();
            line();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends the picture. */
    String finish() {
        try {
            xml.writeEndElement();
            xml.flush();
            return out + "\n";
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    private void attributes(Object... attributes) throws XMLStreamException {
        for (int i = 0; i < attributes.length; i += 2) {
            Object value = attributes[i + 1];
            xml.writeAttribute(
                    (String) attributes[i],
                    value instanceof Double d ? String.format(Locale.ROOT, "%.1f", d) : String.valueOf(value));
        }
    }

    private void line() throws XMLStreamException {
        xml.writeCharacters("\n");
    }
}

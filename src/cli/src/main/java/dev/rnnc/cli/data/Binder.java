package dev.rnnc.cli.data;

import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Finds out how a file's rows are to be read for a model. */
public final class Binder {
    private final RowFile file;
    private final Wishes wishes;

    private Binder(RowFile file, Wishes wishes) {
        this.file = file;
        this.wishes = wishes;
    }

    /**
     * The binding of a model's ports.
     *
     * @param ports the inputs and targets to be read
     * @param steps the length of a window where a long series needs one and nobody says
     * @throws DataException if columns are missing, do not fit a port, or wishes contradict one another
     */
    public static Binding bind(RowFile file, List<PortSpec> ports, Wishes wishes, int steps) {
        return new Binder(file, wishes).bind(ports, steps);
    }

    private Binding bind(List<PortSpec> ports, int steps) {
        for (PortSpec port : ports) {
            if (port.rows() == Rows.NONE) {
                throw new DataException("'" + port.name() + "' is the same for all examples, which no row gives; use a"
                        + " safetensors file and --data");
            }
        }
        if (wishes.sequenceId() != null) {
            Columns.resolve(wishes.sequenceId(), file, "--sequence-id");
        }
        Map<PortSpec, List<String>> columns = ColumnChoice.of(file, ports, wishes);
        Layout layout = layout(columns, steps);
        List<PortField> fields = new ArrayList<>();
        for (PortSpec port : ports) {
            fields.add(field(port, columns.get(port), layout));
        }
        return new Binding(fields, layout);
    }

    private Layout layout(Map<PortSpec, List<String>> columns, int steps) {
        boolean sequences = columns.keySet().stream().anyMatch(port -> port.rows() == Rows.SEQUENCE);
        if (!sequences
                && (wishes.window() != null
                        || wishes.sequenceId() != null
                        || wishes.distance().last() > 0)) {
            throw new DataException(
                    "the model reads no sequence, so each row is an example, and --window, --sequence-id and"
                            + " --ahead have no use");
        }
        boolean whole = wishes.sequenceId() == null
                && (!sequences || columns.entrySet().stream().anyMatch(e -> holdsSequence(e.getKey(), e.getValue())));
        boolean oneSeries = !whole && wishes.sequenceId() == null;
        int window = wishes.window() != null ? wishes.window() : oneSeries ? steps : 0;
        if (window == 0 && wishes.stride() != null) {
            throw new DataException("--stride is the distance of windows; give their length with --window");
        }
        return new Layout(
                whole,
                wishes.sequenceId() == null ? "" : wishes.sequenceId(),
                window,
                wishes.stride() == null ? 1 : wishes.stride(),
                wishes.distance());
    }

    /** Whether the cells of one row hold all steps of a sequence. */
    private boolean holdsSequence(PortSpec port, List<String> columns) {
        if (port.rows() != Rows.SEQUENCE) {
            return false;
        }
        Cell cell = first(columns.getFirst());
        boolean array = cell instanceof Cell.Several;
        if (port.element() == Element.TOKEN) {
            return array || wishes.window() == null && !(cell instanceof Cell.Single s && isInteger(s.text()));
        }
        int width = port.width() / span(port);
        return columns.size() > 1
                ? wishes.window() == null && columns.size() > width && columns.size() % width == 0
                : cell instanceof Cell.Several several
                        && (several.inner() > 0 || several.texts().size() != width || width == 1);
    }

    private PortField field(PortSpec port, List<String> columns, Layout layout) {
        Cell cell = first(columns.getFirst());
        if (port.element() == Element.TOKEN) {
            if (columns.size() != 1) {
                throw misfit(port, columns, "tokens stand in one column");
            }
            Field.Pieces pieces = pieces(port, cell, layout);
            return new PortField(port, new Field(columns, Element.TOKEN, 1, port.vocabulary(), pieces), 1);
        }
        int span = port.role() == Role.TARGET && !(port.rows() == Rows.BATCH && !layout.windowed()) ? span(port) : 1;
        int width = port.width() / span;
        if (port.width() % span != 0) {
            throw misfit(port, columns, "--ahead " + wishes.distance() + " gives " + span + " values of each column");
        }
        boolean array = cell instanceof Cell.Several;
        boolean step = !layout.rowIsSequence() || port.rows() == Rows.BATCH;
        int given = array && columns.size() == 1 ? ((Cell.Several) cell).texts().size() : columns.size();
        if (step && given != width) {
            throw misfit(
                    port,
                    columns,
                    array
                            ? "the first array holds " + given
                            : given + (given == 1 ? " column is" : " columns are") + " named"
                                    + (span > 1 ? " and each gives " + span : ""));
        }
        return new PortField(port, new Field(columns, Element.REAL, width, 0, Field.Pieces.WHOLE), span);
    }

    private Field.Pieces pieces(PortSpec port, Cell cell, Layout layout) {
        boolean text = layout.rowIsSequence() && port.rows() == Rows.SEQUENCE && cell instanceof Cell.Single;
        if (wishes.words() && (text || port.role() == Role.INPUT)) {
            return Field.Pieces.WORDS;
        }
        return text ? Field.Pieces.CHARACTERS : Field.Pieces.WHOLE;
    }

    /** Steps of a target's value. */
    private int span(PortSpec port) {
        return port.role() == Role.TARGET && port.element() == Element.REAL
                ? wishes.distance().span()
                : 1;
    }

    private Cell first(String column) {
        return file.first().cells().get(file.columns().indexOf(column));
    }

    private static boolean isInteger(String text) {
        return text.matches("\\d{1,9}");
    }

    private DataException misfit(PortSpec port, List<String> columns, String found) {
        return new DataException("%s '%s' takes %s %s, but %s (%s of '%s')"
                .formatted(
                        port.role() == Role.INPUT ? "input" : "target",
                        port.name(),
                        port.element() == Element.TOKEN ? 1 : port.width(),
                        port.element() == Element.TOKEN ? "token a step" : "numbers",
                        found,
                        Columns.shown(columns),
                        file.path()));
    }
}

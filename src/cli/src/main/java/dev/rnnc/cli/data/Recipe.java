package dev.rnnc.cli.data;

import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * How the data of a training were read: all that is needed to read other data the same way. It is kept beside the weights.
 *
 * @param binding columns of ports, and how rows become examples
 * @param encoding symbols and scales
 */
public record Recipe(Binding binding, Encoding encoding) {
    /** The name of its file in a run folder. */
    public static final String FILE = "data.json";

    /** What one port needs. */
    record Entry(
            String port,
            List<String> columns,
            int width,
            int span,
            Field.Pieces pieces,
            List<String> symbols,
            Scaling scaling) {}

    /** The entries of all ports. */
    List<Entry> entries() {
        return binding.ports().stream()
                .map(port -> new Entry(
                        port.name(),
                        port.field().columns(),
                        port.field().width(),
                        port.span(),
                        port.field().pieces(),
                        encoding.symbols().containsKey(port.field())
                                ? encoding.symbols().get(port.field()).names()
                                : null,
                        encoding.scaling(port.field())))
                .toList();
    }

    /**
     * A recipe from entries.
     *
     * @throws DataException if the model has no such ports
     */
    static Recipe of(List<Entry> entries, Layout layout, List<PortSpec> model, String file) {
        List<PortField> ports = new ArrayList<>();
        Map<Field, SymbolTable> symbols = new HashMap<>();
        Map<Field, Scaling> scalings = new HashMap<>();
        for (Entry entry : entries) {
            PortSpec port = model.stream()
                    .filter(p -> p.name().equals(entry.port()))
                    .findFirst()
                    .orElseThrow(() -> new DataException(
                            "'" + file + "' is of another model: there is no input or target '" + entry.port() + "'"));
            boolean token = port.element() == Element.TOKEN;
            if (!token && port.width() != entry.width() * entry.span()
                    || token && entry.symbols() != null && entry.symbols().size() > port.vocabulary()) {
                throw new DataException(
                        "'" + file + "' is of another model: '" + entry.port() + "' has another size there");
            }
            Field field = new Field(
                    entry.columns(), port.element(), entry.width(), token ? port.vocabulary() : 0, entry.pieces());
            ports.add(new PortField(port, field, entry.span()));
            if (token && entry.symbols() != null) {
                symbols.put(field, new SymbolTable(entry.symbols()));
            }
            if (!token) {
                scalings.put(field, entry.scaling());
            }
        }
        return new Recipe(new Binding(ports, layout), new Encoding(symbols, scalings));
    }

    /** The symbols and scales of the same ports where they are read from other columns. */
    public Encoding encodingFor(Binding other) {
        Map<Field, SymbolTable> symbols = new HashMap<>();
        Map<Field, Scaling> scalings = new HashMap<>();
        for (PortField port : other.ports()) {
            binding.ports().stream()
                    .filter(own -> own.name().equals(port.name())
                            && own.field().width() == port.field().width())
                    .forEach(own -> {
                        if (own.field().element() == Element.TOKEN) {
                            symbols.put(
                                    port.field(),
                                    encoding.tables(List.of(own.field())).get(own.field()));
                        } else {
                            scalings.put(port.field(), encoding.scaling(own.field()));
                        }
                    });
        }
        return new Encoding(symbols, scalings);
    }

    /**
     * The same with some of the ports read from other columns.
     *
     * @param other the recipe of those ports for another file
     */
    public Recipe with(Recipe other) {
        List<PortField> ports = new ArrayList<>();
        Map<Field, SymbolTable> symbols = new HashMap<>(encoding.symbols());
        Map<Field, Scaling> scalings = new HashMap<>(encoding.scalings());
        symbols.putAll(other.encoding.symbols());
        scalings.putAll(other.encoding.scalings());
        // A target that is what an input reads follows it to another column.
        Map<Field, Field> renamed = new HashMap<>();
        for (PortField port : binding.ports()) {
            other.binding.ports().stream()
                    .filter(of -> of.name().equals(port.name()))
                    .forEach(of -> renamed.put(port.field(), of.field()));
        }
        for (PortField port : binding.ports()) {
            Field field = renamed.getOrDefault(port.field(), port.field());
            ports.add(new PortField(port.port(), field, port.span()));
        }
        return new Recipe(new Binding(ports, other.binding.layout()), new Encoding(symbols, scalings));
    }

    /** The token that a symbol is to a port; empty where there is no such symbol. */
    public OptionalInt token(PortSpec port, String symbol) {
        return binding.ports().stream()
                .filter(of -> of.name().equals(port.name()))
                .map(of -> encoding.symbols().get(of.field()))
                .filter(table -> table != null && table.contains(symbol))
                .mapToInt(table -> table.token(symbol))
                .findFirst();
    }

    /** The recipe for some of the ports. */
    public Recipe only(List<PortSpec> wanted) {
        return new Recipe(
                new Binding(
                        binding.ports().stream()
                                .filter(port -> wanted.contains(port.port()))
                                .toList(),
                        binding.layout()),
                encoding);
    }

    /**
     * The recipe for another file: with its columns where the user names others, and other windows.
     *
     * @param model the inputs and targets of the model
     * @throws DataException if the file lacks a column, or as many columns are not named
     */
    public Recipe adapted(RowFile file, Wishes wishes, List<PortSpec> model) {
        List<Entry> entries = new ArrayList<>();
        for (Entry entry : entries()) {
            PortField port = binding.ports().stream()
                    .filter(p -> p.name().equals(entry.port()))
                    .findFirst()
                    .orElseThrow();
            boolean input = port.port().role() == Role.INPUT;
            String list = wishes.columns().getOrDefault(entry.port(), input ? wishes.features() : wishes.targets());
            String option = !input ? "--target" : wishes.columns().containsKey(entry.port()) ? "--input" : "--features";
            List<String> columns = new ArrayList<>();
            if (list != null) {
                columns.addAll(Columns.resolve(list, file, option));
            } else {
                entry.columns()
                        .forEach(name -> columns.addAll(
                                Columns.resolve(name, file, "'" + entry.port() + "' was trained on '" + name + "'")));
            }
            if (columns.size() != entry.columns().size()) {
                throw new DataException("%s %s: %s columns, but '%s' was trained on %s: %s"
                        .formatted(
                                option,
                                list,
                                columns.size(),
                                entry.port(),
                                entry.columns().size(),
                                Columns.shown(entry.columns())));
            }
            entries.add(new Entry(
                    entry.port(),
                    columns,
                    entry.width(),
                    entry.span(),
                    entry.pieces(),
                    entry.symbols(),
                    entry.scaling()));
        }
        return of(entries, layout(file, wishes), model, file.path().toString());
    }

    private Layout layout(RowFile file, Wishes wishes) {
        Layout old = binding.layout();
        if (wishes.ahead() != null && wishes.ahead().span() != old.ahead().span()) {
            throw new DataException("--ahead %s: the model was trained with %s, which is another number of steps"
                    .formatted(wishes.ahead(), old.ahead()));
        }
        String id = wishes.sequenceId() == null ? old.sequenceId() : wishes.sequenceId();
        if (!id.isEmpty()) {
            Columns.resolve(id, file, "--sequence-id");
        }
        return new Layout(
                old.rowIsSequence() && id.isEmpty(),
                id,
                wishes.window() == null ? old.window() : wishes.window(),
                wishes.stride() == null ? old.stride() : wishes.stride(),
                wishes.ahead() == null ? old.ahead() : wishes.ahead());
    }
}

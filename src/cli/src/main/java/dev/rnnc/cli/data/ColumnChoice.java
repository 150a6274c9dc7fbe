package dev.rnnc.cli.data;

import dev.rnnc.compiler.diag.Suggestions;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Finds the columns of each port: those a user names, those of the port's name, or the only ones that can be meant. */
final class ColumnChoice {
    private final RowFile file;
    private final List<PortSpec> ports;
    private final Wishes wishes;
    private final Map<PortSpec, List<String>> chosen = new LinkedHashMap<>();

    private ColumnChoice(RowFile file, List<PortSpec> ports, Wishes wishes) {
        this.file = file;
        this.ports = ports;
        this.wishes = wishes;
    }

    /**
     * The columns of all ports.
     *
     * @throws DataException if a column or port is not there, or it is not clear what a port shall read
     */
    static Map<PortSpec, List<String>> of(RowFile file, List<PortSpec> ports, Wishes wishes) {
        ColumnChoice choice = new ColumnChoice(file, ports, wishes);
        choice.named();
        choice.ofTheSameName();
        choice.numbers();
        choice.sameAsInput();
        choice.left();
        for (PortSpec port : ports) {
            if (!choice.chosen.containsKey(port)) {
                throw choice.unclear(port);
            }
        }
        return choice.chosen;
    }

    private void named() {
        wishes.columns().forEach((name, list) -> {
            PortSpec port = ports.stream()
                    .filter(p -> p.name().equals(name))
                    .findFirst()
                    .orElseThrow(() ->
                            new DataException("the model has no input or target '%s' for the columns '%s'; %s"
                                    .formatted(
                                            name,
                                            list,
                                            Suggestions.hint(name, names())
                                                    .orElse("it has " + String.join(", ", names())))));
            String option = port.role() == Role.INPUT ? "--input" : "--target";
            chosen.put(port, Columns.resolve(list, file, option));
        });
        only(Role.INPUT, wishes.features(), "--features", "--input NAME=");
        only(Role.TARGET, wishes.targets(), "--target", "--target NAME=");
    }

    private void only(Role role, String list, String option, String better) {
        if (list == null) {
            return;
        }
        List<PortSpec> of = ports.stream().filter(port -> port.role() == role).toList();
        if (of.size() != 1) {
            throw new DataException("%s %s: the model has %s; say which is meant with %s%s"
                    .formatted(
                            option,
                            list,
                            of.isEmpty() ? "none to read here" : "several: " + String.join(", ", names(of)),
                            better,
                            list));
        }
        chosen.put(of.getFirst(), Columns.resolve(list, file, option));
    }

    private void ofTheSameName() {
        for (PortSpec port : ports) {
            if (!chosen.containsKey(port) && file.columns().contains(port.name())) {
                chosen.put(port, List.of(port.name()));
            }
        }
    }

    /** An input of numbers reads all columns of numbers if it is as wide; a forecast also those of its targets. */
    private void numbers() {
        List<PortSpec> open = open(Role.INPUT).stream()
                .filter(port -> port.element() == Element.REAL)
                .toList();
        if (open.size() != 1) {
            return;
        }
        PortSpec port = open.getFirst();
        List<String> numeric = numeric();
        List<String> unused =
                numeric.stream().filter(name -> !used().contains(name)).toList();
        if (wishes.distance().last() > 0 && numeric.size() == port.width()) {
            chosen.put(port, numeric);
        } else if (!unused.isEmpty() && unused.size() % port.width() == 0) {
            boolean wide = unused.size() > port.width();
            if (!wide || open(Role.TARGET).isEmpty() && wishes.window() == null && wishes.sequenceId() == null) {
                chosen.put(port, unused);
            }
        }
    }

    /** Where one port and one column are left, they belong together. */
    private void left() {
        List<PortSpec> open = new ArrayList<>(open(Role.INPUT));
        open.addAll(open(Role.TARGET));
        List<String> left = file.columns().stream()
                .filter(name -> !used().contains(name) && !name.equals(wishes.sequenceId()))
                .toList();
        if (open.size() == 1
                && left.size() == 1
                && (open.getFirst().element() == Element.TOKEN || numeric().contains(left.getFirst()))) {
            chosen.put(open.getFirst(), left);
        }
    }

    /** A forecast without further words is one of what the model reads. */
    private void sameAsInput() {
        List<PortSpec> open = open(Role.TARGET);
        List<PortSpec> inputs =
                ports.stream().filter(port -> port.role() == Role.INPUT).toList();
        if (wishes.distance().last() == 0
                || open.size() != 1
                || inputs.size() != 1
                || !chosen.containsKey(inputs.getFirst())) {
            return;
        }
        PortSpec input = inputs.getFirst();
        PortSpec target = open.getFirst();
        boolean fits = input.element() == target.element()
                && (input.element() == Element.TOKEN
                        || target.width() == input.width() * wishes.distance().span());
        if (fits) {
            chosen.put(target, chosen.get(input));
        }
    }

    private List<PortSpec> open(Role role) {
        return ports.stream()
                .filter(port -> port.role() == role && !chosen.containsKey(port))
                .toList();
    }

    private Set<String> used() {
        Set<String> used = new TreeSet<>();
        chosen.values().forEach(used::addAll);
        return used;
    }

    /**
     * The columns whose first cell is a number, without that of the sequences. An empty cell says nothing of its column,
     * which may hold numbers.
     */
    private List<String> numeric() {
        List<String> numeric = new ArrayList<>();
        for (int i = 0; i < file.columns().size(); i++) {
            String name = file.columns().get(i);
            Cell cell = file.first().cells().get(i);
            boolean number = switch (cell) {
                case Cell.Missing _ -> true;
                case Cell.Single single -> isNumber(single.text());
                case Cell.Several _, Cell.Unreadable _ -> false;
            };
            if (number && !name.equals(wishes.sequenceId())) {
                numeric.add(name);
            }
        }
        return numeric;
    }

    private static boolean isNumber(String text) {
        try {
            FieldReader.number(text, "");
            return true;
        } catch (BadRows.BadRow e) {
            return false;
        }
    }

    private DataException unclear(PortSpec port) {
        boolean input = port.role() == Role.INPUT;
        String takes = port.element() == Element.TOKEN
                ? "tokens"
                : port.width() == 1 ? "one number" : port.width() + " numbers";
        return new DataException(
                "it is not clear which columns of '%s' %s '%s' reads, which takes %s; name them with %s %s=%s. It has %s"
                        .formatted(
                                file.path(),
                                input ? "input" : "target",
                                port.name(),
                                takes,
                                input ? "--input" : "--target",
                                port.name(),
                                port.width() > 1 && port.element() == Element.REAL ? "COLUMN,COLUMN,..." : "COLUMN",
                                Columns.shown(file.columns())));
    }

    private List<String> names() {
        return names(ports);
    }

    private static List<String> names(List<PortSpec> ports) {
        return ports.stream().map(PortSpec::name).toList();
    }
}

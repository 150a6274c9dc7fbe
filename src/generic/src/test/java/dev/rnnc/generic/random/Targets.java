package dev.rnnc.generic.random;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.LossCall;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.SequenceSources;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Which steps of targets count: those of what they are compared with. */
final class Targets {
    private Targets() {}

    /** The lengths with each target that is compared with one value, and read nowhere else, no longer than that. */
    static Map<String, int[]> cut(String text, Model model, Given given) {
        Map<String, int[]> lengths = new TreeMap<>(given.lengths());
        if (lengths.isEmpty() || model.loss().isEmpty()) {
            return lengths;
        }
        Map<String, Set<String>> sources = SequenceSources.of(model).bindings();
        List<LossCall> calls = LossCall.of(new SourceText("random.rnn", text));
        for (PortSpec port : model.spec().ports(Role.TARGET)) {
            String name = port.name();
            List<LossCall> of =
                    calls.stream().filter(c -> c.target().equals(name)).toList();
            long mentioned = java.util.regex.Pattern.compile("\\b" + name + "\\b")
                    .matcher(text)
                    .results()
                    .count();
            if (of.size() != 1 || mentioned != 2 || !lengths.containsKey(name)) {
                continue;
            }
            int[] shorter = lengths.get(name).clone();
            for (String source : sources.getOrDefault(of.getFirst().prediction(), Set.of())) {
                for (int b = 0; b < shorter.length; b++) {
                    shorter[b] = Math.min(shorter[b], given.length(source, b));
                }
            }
            lengths.put(name, shorter);
        }
        return lengths;
    }
}

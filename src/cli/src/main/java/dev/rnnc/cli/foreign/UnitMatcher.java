package dev.rnnc.cli.foreign;

import dev.rnnc.runtime.weights.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

/**
 * Finds for each layer of a model its layer in a file: by name, then where only one fits, and at last what is left of
 * one kind on both sides, so that a difference in shape is told as such. What stays open is never guessed.
 */
final class UnitMatcher {
    private final Framework framework;
    private final Map<String, Tensor> tensors;
    private final List<List<FileUnit>> modules;
    private final Map<ModelUnit, FileUnit> pairs = new LinkedHashMap<>();
    private final Set<FileUnit> taken = new LinkedHashSet<>();

    UnitMatcher(Framework framework, Map<String, Tensor> tensors, List<FileUnit> units) {
        this.framework = framework;
        this.tensors = tensors;
        Map<String, List<FileUnit>> byModule = units.stream()
                .collect(Collectors.groupingBy(FileUnit::module, LinkedHashMap::new, Collectors.toList()));
        this.modules = List.copyOf(byModule.values());
    }

    /**
     * Matches a model.
     *
     * @param stacks all its layers, those that are one module elsewhere together
     * @param whole the same, where a module may hold layers that the model reads within it
     */
    WeightMap match(List<List<ModelUnit>> stacks, List<List<ModelUnit>> whole) {
        List<List<ModelUnit>> open = stacks.stream()
                .filter(stack -> stack.getFirst().kind() != ModelUnit.Kind.OTHER)
                .toList();
        List<List<ModelUnit>> alone =
                open.stream().flatMap(List::stream).map(List::of).toList();
        List<List<ModelUnit>> longer = whole.stream()
                .filter(stack -> stack.size() > 1 && !open.contains(stack))
                .toList();
        List<List<FileUnit>> layers =
                modules.stream().flatMap(List::stream).map(List::of).toList();
        byName(open, modules);
        byName(longer, modules);
        // A module of several layers goes before a single one that happens to have the name of a layer within a stack.
        onlyOnes(
                open.stream()
                        .filter(stack -> stack.size() > 1 && !stack.stream().allMatch(this::isNamed))
                        .toList(),
                modules,
                this::fit);
        byName(alone, modules);
        byOtherNames(alone, layers);
        onlyOnes(open, modules, this::fit);
        onlyOnes(longer, modules, this::fit);
        onlyOnes(alone, layers, this::fit);
        Map<String, String> remarks = remarks(alone, layers);
        onlyOnes(open, modules, this::alike);
        onlyOnes(alone, modules, this::alike);

        SequencedMap<String, Source> sources = new LinkedHashMap<>();
        for (ModelUnit unit : stacks.stream().flatMap(List::stream).toList()) {
            FileUnit file = pairs.get(unit);
            if (file != null) {
                Map<String, Source> found = framework.sources(unit, file);
                unit.parameters().forEach((role, parameter) -> {
                    if (found.containsKey(role)) {
                        sources.put(parameter.name(), found.get(role));
                    }
                });
            }
        }
        return new WeightMap(sources, List.of(), remarks);
    }

    /** Pairs a stack with the one module that has the name of one of its layers. */
    private void byName(List<List<ModelUnit>> stacks, List<List<FileUnit>> from) {
        for (List<ModelUnit> stack : stacks) {
            List<List<FileUnit>> named = from.stream()
                    .filter(module -> areFree(stack, module)
                            && stack.size() == module.size()
                            && ofOneKind(stack, module)
                            && stack.stream()
                                    .anyMatch(unit -> FileUnit.isNamed(
                                            module.getFirst().names().getFirst(), unit.name())))
                    .toList();
            if (named.size() == 1) {
                pair(stack, named.getFirst());
            }
        }
    }

    /** Whether a module of one layer has the name of a layer. */
    private boolean isNamed(ModelUnit unit) {
        return modules.stream()
                .anyMatch(module -> module.size() == 1
                        && FileUnit.isNamed(module.getFirst().names().getFirst(), unit.name()));
    }

    /** Pairs a layer with the module that fits and is within or made of something of that name, where it is the only one. */
    private void byOtherNames(List<List<ModelUnit>> stacks, List<List<FileUnit>> from) {
        for (List<ModelUnit> stack : stacks) {
            List<List<FileUnit>> named = from.stream()
                    .filter(module -> module.getFirst().names().stream()
                            .anyMatch(name ->
                                    FileUnit.isNamed(name, stack.getFirst().name())))
                    .toList();
            if (named.size() == 1
                    && areFree(stack, named.getFirst())
                    && stack.size() == named.getFirst().size()
                    && fit(stack, named.getFirst())) {
                pair(stack, named.getFirst());
            }
        }
    }

    /** Pairs where a stack fits one module only, and the module that stack only; again while that leaves fewer. */
    private void onlyOnes(
            List<List<ModelUnit>> stacks,
            List<List<FileUnit>> from,
            BiPredicate<List<ModelUnit>, List<FileUnit>> fits) {
        boolean found = true;
        while (found) {
            found = false;
            for (List<ModelUnit> stack : stacks) {
                List<List<FileUnit>> candidates = candidates(stack, from, fits);
                // What stands below the prefix goes before what stands elsewhere.
                List<List<FileUnit>> required =
                        candidates.stream().filter(m -> m.getFirst().required()).toList();
                List<List<FileUnit>> preferred = required.isEmpty() ? candidates : required;
                if (preferred.size() == 1
                        && stacks.stream()
                                        .filter(other ->
                                                candidates(other, from, fits).contains(preferred.getFirst()))
                                        .count()
                                == 1) {
                    pair(stack, preferred.getFirst());
                    found = true;
                }
            }
        }
    }

    private List<List<FileUnit>> candidates(
            List<ModelUnit> stack, List<List<FileUnit>> from, BiPredicate<List<ModelUnit>, List<FileUnit>> fits) {
        return from.stream()
                .filter(module -> areFree(stack, module) && stack.size() == module.size() && fits.test(stack, module))
                .toList();
    }

    private boolean areFree(List<ModelUnit> stack, List<FileUnit> module) {
        return stack.stream().noneMatch(pairs::containsKey) && module.stream().noneMatch(taken::contains);
    }

    private void pair(List<ModelUnit> stack, List<FileUnit> module) {
        for (int i = 0; i < stack.size(); i++) {
            pairs.put(stack.get(i), module.get(i));
            taken.add(module.get(i));
        }
    }

    private boolean fit(List<ModelUnit> stack, List<FileUnit> module) {
        for (int i = 0; i < stack.size(); i++) {
            if (!fits(stack.get(i), module.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether all parameters have a source of their shape, and no tensor is left over. */
    private boolean fits(ModelUnit unit, FileUnit file) {
        Map<String, Source> sources = framework.sources(unit, file);
        Set<String> used = new LinkedHashSet<>();
        for (String role : unit.parameters().keySet()) {
            switch (sources.get(role)) {
                case null -> {
                    return false;
                }
                case Source.Sum sum -> {
                    try {
                        if (!sum.shape(tensors).equals(unit.shape(role))) {
                            return false;
                        }
                    } catch (LayoutException e) {
                        return false;
                    }
                    sum.parts().forEach(part -> used.add(part.tensor()));
                }
                case Source.Zeros _, Source.Initial _ -> {}
            }
        }
        return used.containsAll(file.tensors().values());
    }

    /** What is left on both sides; a part that the model need not have a place for is no such thing. */
    private boolean alike(List<ModelUnit> stack, List<FileUnit> module) {
        return ofOneKind(stack, module) && module.getFirst().required();
    }

    /** Whether both recur or both do not. */
    private static boolean ofOneKind(List<ModelUnit> stack, List<FileUnit> module) {
        boolean recurs = module.getFirst().tensors().keySet().stream()
                .anyMatch(role -> role.startsWith("weight_hh") || role.startsWith("recurrent"));
        boolean normalises = module.getFirst().tensors().containsKey("gamma");
        ModelUnit unit = stack.getFirst();
        return recurs == unit.recurs() && (!normalises || unit.kind() == ModelUnit.Kind.NORMALISING);
    }

    /** For each parameter of a layer that several layers of the file fit, which these are. */
    private Map<String, String> remarks(List<List<ModelUnit>> alone, List<List<FileUnit>> layers) {
        Map<String, String> remarks = new LinkedHashMap<>();
        for (List<ModelUnit> unit : alone) {
            List<List<FileUnit>> candidates = candidates(unit, layers, this::fit);
            if (!candidates.isEmpty()) {
                unit.getFirst().parameters().forEach((role, parameter) -> {
                    List<String> names = new ArrayList<>();
                    for (List<FileUnit> candidate : candidates) {
                        names.add(framework
                                .sources(unit.getFirst(), candidate.getFirst())
                                .get(role)
                                .toString());
                    }
                    List<String> different = names.stream().distinct().toList();
                    remarks.put(
                            parameter.name(),
                            "more than one layer of that shape: say in a mapping file which it is"
                                    + (different.size() == 1 ? "" : ", " + String.join(" or ", different)));
                });
            }
        }
        return remarks;
    }
}

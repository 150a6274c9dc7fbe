package dev.rnnc.runtime.train;

import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A copy of the recurrent states of some programs. */
final class StateStore {
    private final List<Program> programs;
    private final List<Map<String, MemorySegment>> copies = new ArrayList<>();

    StateStore(List<Program> programs) {
        this.programs = programs;
        for (Program program : programs) {
            Map<String, MemorySegment> states = new LinkedHashMap<>();
            for (PortSpec port : program.spec().ports()) {
                if (port.role() == Role.STATE) {
                    long bytes = program.segment(port.name()).byteSize();
                    states.put(port.name(), Arena.ofAuto().allocate(bytes, 64));
                }
            }
            copies.add(states);
        }
    }

    /** Copies the programs' states. */
    void save() {
        for (int i = 0; i < programs.size(); i++) {
            Program program = programs.get(i);
            copies.get(i).forEach((name, copy) -> copy.copyFrom(program.segment(name)));
        }
    }

    /** Gives the programs the copied states back. */
    void restore() {
        for (int i = 0; i < programs.size(); i++) {
            Program program = programs.get(i);
            copies.get(i).forEach((name, copy) -> program.segment(name).copyFrom(copy));
        }
    }

    /** The copies of one program's states, by port. */
    Map<String, MemorySegment> states(int program) {
        return copies.get(program);
    }
}

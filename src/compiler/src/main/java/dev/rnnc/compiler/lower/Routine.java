package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.compiler.lower.Account.Use;
import java.util.ArrayList;
import java.util.List;

/** The steps of a routine as they are lowered, and the account of what they are for. */
final class Routine {
    /** What is done, in order. */
    final List<Step> steps = new ArrayList<>();
    /** What for, in the same order. */
    final List<Account> accounts = new ArrayList<>();

    /** Adds a step that reads values and leaves others. */
    void add(Value what, List<Use> reads, List<Use> writes, Step step) {
        steps.add(step);
        account(what, reads, writes, steps.size() - 1);
    }

    /** The account of a routine without loops. */
    List<Account.Work> work() {
        return accounts.stream().map(Account.Work.class::cast).toList();
    }

    /** Accounts for the steps from the {@code first} on. */
    void account(Value what, List<Use> reads, List<Use> writes, int first) {
        accounts.add(new Account.Work(what, reads, writes, steps.subList(first, steps.size())));
    }
}

package dev.rnnc.cli;

import dev.rnnc.runtime.spec.LoopSettings;
import dev.rnnc.runtime.spec.ScheduleSpec;

/** What a model says of its training loop, in words; nothing of what it does not say. */
final class LoopText {
    private LoopText() {}

    /** As in {@code , truncate 10 20, rate by cosine(epochs: 20, least: 0.0), patience 5}. */
    static String of(LoopSettings loop) {
        StringBuilder text = new StringBuilder();
        if (loop.updateEvery() > 0) {
            text.append(", truncate ").append(loop.updateEvery()).append(' ').append(loop.backpropagate());
        }
        for (ScheduleSpec schedule : loop.schedules()) {
            text.append(", rate by ").append(schedule(schedule));
        }
        text.append(loop.patience() > 0 ? ", patience " + loop.patience() : "");
        text.append(loop.accumulate() > 1 ? ", accumulate " + loop.accumulate() : "");
        text.append(loop.l1() > 0 ? ", l1 " + loop.l1() : "");
        return text.append(loop.threads() > 0 ? ", threads " + loop.threads() : "")
                .toString();
    }

    private static String schedule(ScheduleSpec schedule) {
        return switch (schedule) {
            case ScheduleSpec.Step(int every, double factor) -> "step(every: " + every + ", factor: " + factor + ")";
            case ScheduleSpec.Exponential(double factor) -> "exponential(" + factor + ")";
            case ScheduleSpec.Cosine(int epochs, double least) ->
                "cosine(epochs: " + epochs + ", least: " + least + ")";
            case ScheduleSpec.Warmup(int steps) -> "warmup(" + steps + ")";
            case ScheduleSpec.Plateau(double factor, int patience) ->
                "plateau(factor: " + factor + ", patience: " + patience + ")";
            case ScheduleSpec.Zaremba(int after, double factor) ->
                "zaremba(after: " + after + ", factor: " + factor + ")";
        };
    }
}

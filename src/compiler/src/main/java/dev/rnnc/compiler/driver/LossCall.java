package dev.rnnc.compiler.driver;

import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.parse.ModelParser;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.compiler.syntax.Expressions;
import dev.rnnc.compiler.syntax.ModelStatement;
import java.util.ArrayList;
import java.util.List;

/**
 * A call in a model's loss whose first two arguments are names, as in {@code crossentropy(logits, next)}: it says which
 * output is to meet which target, and how.
 *
 * @param function what is called
 * @param prediction the name of a layer or output
 * @param target the name of a target
 */
public record LossCall(String function, String prediction, String target) {
    /** All such calls in the loss of a file's model, in the order of the text. */
    public static List<LossCall> of(SourceText source) {
        List<LossCall> calls = new ArrayList<>();
        for (Definition definition :
                ModelParser.parse(source, new Diagnostics()).definitions()) {
            if (definition instanceof Definition.Model model) {
                for (ModelStatement statement : model.statements()) {
                    if (statement instanceof ModelStatement.Loss loss) {
                        Expressions.walk(loss.value(), expression -> add(expression, calls));
                    }
                }
            }
        }
        return List.copyOf(calls);
    }

    private static void add(Expression expression, List<LossCall> calls) {
        if (expression instanceof Expression.Call call
                && call.arguments().size() >= 2
                && call.arguments().get(0).value() instanceof Expression.Name prediction
                && call.arguments().get(1).value() instanceof Expression.Name target) {
            calls.add(new LossCall(call.function(), prediction.identifier(), target.identifier()));
        }
    }
}

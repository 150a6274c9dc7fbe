package dev.rnnc.compiler.diag;

import java.util.List;

/** Everything the front end can complain of, with the message's pattern. */
public enum DiagnosticKind {
    // ---- syntax
    UNEXPECTED("unexpected %s%s"),
    MISSING("missing %s before %s"),
    UNCLOSED("'%s' is never closed: '%s' is missing before %s"),
    TOO_DEEP("this is nested too deeply or too long: at most %s levels are allowed"),
    NAME_TOO_LONG("'%s' has %s characters; at most %s are allowed"),
    NUMBER_TOO_LARGE("the number %s is out of range"),
    MISPLACED_MAPPING("a mapping { ... } stands only as a named argument, as in 'initial: {h: x}'"),

    // ---- files
    NO_MODEL("the file defines no model"),
    SEVERAL_MODELS("the file defines a second model '%s'; a file holds one"),
    IMPORT_UNREADABLE("the imported file \"%s\" cannot be read; its path is relative to this file"),
    IMPORT_REFUSED("the file \"%s\" cannot be imported: %s"),
    IMPORT_CYCLE("\"%s\" imports this file again, directly or through others"),
    IMPORTED_TWICE("\"%s\" defines '%s', which another import defines too"),
    IMPORTED_MODEL("\"%s\" holds the model '%s'; only files of cells, functions and constants can be imported"),
    NOT_SUPPORTED("%s is not supported yet"),

    // ---- names
    DUPLICATE("'%s' is already defined in line %s"),
    STATE_NAME_TAKEN("the state '%s' has the name of %s"),
    UNKNOWN_NAME("unknown name '%s'"),
    UNKNOWN_FUNCTION("unknown function or cell '%s'"),
    NOT_A_FUNCTION("'%s' is a value and cannot be called"),
    NOT_A_VALUE("'%s' is a %s: call it with arguments"),
    UNKNOWN_TYPE("unknown type '%s': an input is token(N) or real[N]"),
    UNKNOWN_STATE("'%s' has no state '%s'"),
    NOT_A_CELL("%s needs the result of a cell with state; %s is not one"),
    NOT_A_STATE("the result of '%s' is not a state: name the state to read, as in 'final(%s.%s)'"),
    PRIME_OUTSIDE_CELL("'%s'' means a state's new value and has no meaning here"),
    NOT_PRIMED_STATE("'%s'' is not a state of this cell"),
    STATE_DEFINED("'%s' is a state: define its new value '%s'', not its old one"),
    RECURSIVE("'%s' calls itself, directly or through others"),
    CYCLE("the definitions of %s need one another"),
    TARGET_READ("the target '%s' is read by a layer or output; targets are for the loss only"),

    // ---- cells
    STATE_NEVER_UPDATED("the state '%s' is never updated: there is no equation for '%s''"),
    RESULT_UNDEFINED("the result '%s' is never defined"),
    NO_INITIALIZER("the parameter '%s' does not say how it starts"),
    UNKNOWN_INITIALIZER("'%s' is no way for a parameter to start; there are uniform, normal, constant, xavier_uniform,"
            + " xavier_normal, kaiming_uniform, kaiming_normal, orthogonal, and split for one each of equal parts"),
    BAD_INITIALIZER("%s needs a %s"),
    DUPLICATE_ALIAS("the foreign name \"%s\" is already that of the parameter '%s'"),
    TARGET_COUNT("the left side has %s names, the right side yields %s values"),
    SPLIT_MISPLACED("'split' yields several values and can only be the whole right side of 'a, b = split(...)'"),

    // ---- calls
    ARGUMENT_COUNT("'%s' takes %s, found %s"),
    UNKNOWN_ARGUMENT("'%s' has no argument named '%s'"),
    DUPLICATE_ARGUMENT("'%s' is given twice"),
    SIZE_MISSING("the size '%s' of '%s' is not given"),
    NEEDS_SEQUENCE("'%s' works along a sequence; %s has no time steps"),
    NEEDS_WHOLE("the input '%s' of '%s' is a whole sequence; %s has no time steps"),
    NO_STEPS("the cell '%s' has a state, but no input that comes step by step"),
    WHOLE_VALUE("%s is a whole sequence, where one value is needed"),
    CELL_IN_FUNCTION("the cell '%s' cannot be called in a function, which has no parameters"),
    LOSS_MISPLACED("'%s' is a loss and can only be called in a loss"),
    NEEDS_CELL_CALL("'%s' takes one call of a cell with state"),
    PREVIOUS_OF("'previous' takes the name of a target or an input; '%s' is none"),
    NOT_SHAREABLE("'%s' is not a layer that is one call of a cell: there are no weights to share"),
    TOO_LARGE("the model is too large: %s"),

    // ---- types and sizes
    SHAPE_MISMATCH("%s: %s"),
    NEEDS_REAL("%s must be real numbers, found %s"),
    NEEDS_TOKEN("%s must be a token, found %s"),
    NEEDS_VECTOR("%s must be a vector, found %s"),
    NOT_CONSTANT("%s is not a constant"),
    BAD_CONSTANT("%s is not a finite number"),
    BAD_SIZE("a size must be a whole number from 1 to 2147483647; %s is %s"),
    SIZE_OVERFLOW("%s has %s elements, more than the 2147483632 that are possible"),
    OUT_OF_RANGE("%s must be %s, found %s"),
    NOT_SCALAR("the loss must be one number, found %s"),
    OUTPUT_WITHOUT_INPUT("'%s' depends on no input"),

    // ---- models
    NO_CLASS("the model '%s' cannot become a class, because '%s' is a word of Java"),
    TOO_MANY_PORTS("a model has at most %s inputs and targets, because a method of Java takes no more arguments"),
    NO_OUTPUT("the model '%s' has no output"),
    NO_INPUT("the model '%s' has no input"),
    SECOND("a second '%s'; the first is in line %s"),
    UNKNOWN_SETTING("unknown setting '%s'"),
    SETTING_VALUE("the setting '%s' needs %s"),
    STATEFUL_BACKWARD("'stateful' carries states on to the next window, but '%s' runs from the last step to the first"),
    TRUNCATED_WHOLE("'truncate' cuts windows into pieces, one behind the other, but %s"),
    NO_SHARDS("'threads' share a batch in equal parts, but %s rows are divisible by neither 2 nor 3"),
    UNKNOWN_SCHEDULE("unknown schedule '%s'"),
    UNKNOWN_OPTIMIZER("unknown optimizer '%s'"),
    UNKNOWN_WEIGHT_PRECISION("unknown precision of weights '%s': float or bf16"),
    ROUNDED_DOUBLE("a model in double precision has weights in double precision: leave out one of the two lines"),
    UNKNOWN_PRECISION("unknown precision '%s': float or double"),
    STRAY_VALUE("this value belongs to no setting"),

    // ---- warnings
    UNUSED_PARAMETER(Severity.WARNING, "the parameter '%s' is never used"),
    UNUSED_INPUT(Severity.WARNING, "the %s '%s' is never used");

    private final Severity severity;
    private final String pattern;

    DiagnosticKind(String pattern) {
        this(Severity.ERROR, pattern);
    }

    DiagnosticKind(Severity severity, String pattern) {
        this.severity = severity;
        this.pattern = pattern;
    }

    public Severity severity() {
        return severity;
    }

    /** The message with its arguments filled in. */
    String message(List<String> arguments) {
        return pattern.formatted(arguments.toArray());
    }
}

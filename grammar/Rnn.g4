// The grammar of .rnn model files. LANGUAGE.md beside it says what the constructs mean.
//
// Line breaks carry no meaning and statements need no separator: no two operands ever stand side by side in an
// expression, so an expression ends where the next statement begins. Operator chains are lists, not left-recursive
// rules, so that the parser's stack grows with brackets only; the adapter limits those.
grammar Rnn;

file : definition* EOF ;

definition
    : importDefinition
    | constantDefinition
    | functionDefinition
    | cellDefinition
    | modelDefinition
    ;

importDefinition : 'import' STRING ;

constantDefinition : 'const' identifier '=' expression ;

functionDefinition
    : kind=('activation' | 'function' | 'loss') identifier
      '(' (identifier (',' identifier)*)? constantParameters? ')'
      ('=' expression | '->' result=identifier '{' equation* '}')
    ;

constantParameters : ';' constantParameter (',' constantParameter)* ;

constantParameter : identifier ('=' expression)? ;

cellDefinition
    : 'cell' identifier '(' cellInput (',' cellInput)* constantParameters? ')' '->' result=identifier dimensions?
      '{' cellStatement* '}'
    ;

cellInput : identifier (dimensions | ':' portType)? whole='sequence'? ;

dimensions : '[' expression (',' expression)* ']' ;

cellStatement
    : 'state' stateItem (',' stateItem)*                                                            # states
    | 'param' parameterItem (',' parameterItem)* ('~' initializer=expression)? ('from' STRING)?     # parameters
    | constantDefinition                                                                            # cellConstant
    | equation                                                                                      # cellEquation
    ;

stateItem : identifier dimensions? ;

parameterItem : identifier dimensions? ('from' STRING)? ;

equation : equationTarget (',' equationTarget)* '=' expression ;

equationTarget : identifier PRIME? ;

modelDefinition : 'model' identifier '{' modelStatement* '}' ;

modelStatement
    : constantDefinition                                                  # modelConstant
    | kind=('input' | 'target') identifier ':' portType 'sequence'?       # port
    | 'layer' identifier '=' expression                                   # layer
    | 'output' identifier '=' expression                                  # output
    | 'loss' expression                                                   # lossStatement
    | 'precision' 'weights'? identifier                                   # precision
    | 'train' '{' expression* '}'                                         # train
    ;

portType : identifier ('(' expression ')' | dimensions)? ;

expression : additive (operator=('<' | '<=' | '>' | '>=' | '==' | '!=') additive)? ;

additive : multiplicative (operators+=('+' | '-') multiplicative)* ;

multiplicative : unary (operators+=('*' | '/' | '@') unary)* ;

unary : minus+='-'* power ;

power : postfix ('^' exponent)* ;

exponent : minus+='-'* postfix ;

postfix : primary suffix* ;

suffix
    : '.' identifier                            # field
    | '[' expression ']'                        # index
    | '[' from=expression? ':' to=expression? ']'   # slice
    ;

primary
    : NUMBER                                    # number
    | identifier '(' (argument (',' argument)*)? ')'  # call
    | identifier PRIME?                         # name
    | '(' expression ')'                        # parenthesized
    | '[' expression (',' expression)* ']'      # vector
    ;

argument : (identifier ':')? (expression | mapping) ;

mapping : '{' (mappingEntry (',' mappingEntry)*)? '}' ;

mappingEntry : key ':' expression ;

key : identifier ('.' identifier)? ;

// Words with a meaning in one place only remain usable as names.
identifier : ID | 'target' | 'sequence' | 'from' | 'weights' | 'precision' ;

PRIME : '\'' ;
NUMBER : [0-9]+ ('.' [0-9]+)? ([eE] [+-]? [0-9]+)? ;
ID : [a-zA-Z_] [a-zA-Z_0-9]* ;
STRING : '"' ~["\r\n]* '"' ;
COMMENT : '//' ~[\r\n]* -> skip ;
SPACE : [ \t\r\n\f\uFEFF]+ -> skip ;
// Any other character reaches the parser, which reports it in the usual way.
UNKNOWN : . ;

/**
 * Data from text, CSV and JSON Lines files: rows are checked once, copied in binary form and then read at random, so that
 * a file may be larger than memory. From file to batch: {@code RowFile} gives rows, {@code FieldReader} turns cells into
 * numbers, {@code Table} holds them, {@code Part} and {@code ExampleIndex} cut them into examples ({@code LaneIndex} where states are carried from one to the next), {@code Encoding} says
 * what symbols and scales the training part taught, {@code TableBatches} fills a program. A mistake in the data is a
 * {@code DataException} that names file, line, column and value.
 */
package dev.rnnc.cli.data;

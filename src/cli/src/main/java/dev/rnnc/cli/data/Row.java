package dev.rnnc.cli.data;

import java.util.List;

/**
 * One row of a file.
 *
 * @param line the line it starts in, counted from 1
 * @param cells one for each column that was asked for
 */
record Row(long line, List<Cell> cells) {}

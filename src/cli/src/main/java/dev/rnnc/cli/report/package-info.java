/** What commands show apart from text: charts, pages and event files. Knows nothing of the commands. */
package dev.rnnc.cli.report;

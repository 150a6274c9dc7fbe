package com.example.requests;

import java.util.List;

/**
 * A line of the log as a token of the model: which page was asked for, and how that went. A line is
 * {@code TIME CLIENT METHOD PATH STATUS MILLISECONDS}, as in {@code 12:00:00.125 c17 POST /login 401 12}.
 */
public final class Event {
    /** The token that stands before a client's first request. */
    public static final int START = 39;

    private static final List<String> PAGES = List.of(
            "GET /",
            "GET /login",
            "POST /login",
            "GET /search",
            "GET /product",
            "POST /cart",
            "GET /cart",
            "GET /checkout",
            "POST /pay",
            "GET /account",
            "POST /logout",
            "GET /admin");
    /** What is none of the pages. */
    private static final int OTHER = PAGES.size();

    private static final int OUTCOMES = 3;

    private Event() {}

    /** The token of a line. */
    public static int token(String line) {
        int time = line.indexOf(' ');
        int client = line.indexOf(' ', time + 1);
        int method = line.indexOf(' ', client + 1);
        int path = line.indexOf(' ', method + 1);
        if (time < 0 || client < 0 || method < 0 || path < 0 || path + 1 >= line.length()) {
            throw new IllegalArgumentException("not a line of the log: '" + line + "'");
        }
        int page = OTHER;
        for (int i = 0; i < PAGES.size() && page == OTHER; i++) {
            String known = PAGES.get(i);
            if (line.startsWith(known, client + 1) && ends(line, client + 1 + known.length())) {
                page = i;
            }
        }
        return token(page, line.charAt(path + 1));
    }

    /** The client of a line. */
    public static String client(String line) {
        int time = line.indexOf(' ');
        return line.substring(time + 1, line.indexOf(' ', time + 1));
    }

    /** The token of a page and the first digit of a status. */
    private static int token(int page, char status) {
        int outcome = status == '5' ? 2 : status == '4' ? 1 : 0;
        return page * OUTCOMES + outcome;
    }

    /** {@code /product/17} and {@code /search?q=tea} count as {@code /product} and {@code /search}. */
    private static boolean ends(String line, int end) {
        char next = line.charAt(end);
        return next == ' ' || next == '?' || next == '/';
    }
}

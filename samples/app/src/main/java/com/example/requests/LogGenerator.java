package com.example.requests;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A made-up shop's log, endless: many clients at a time, each on its own way through the pages. Most buy or look around;
 * on request some do what no customer does. The same seed gives the same lines.
 */
public final class LogGenerator implements Iterator<String> {
    private static final int CLIENTS = 200;

    private final SplittableRandom random;
    private final double unusual;
    private final String prefix;
    private final List<Client> clients = new ArrayList<>();
    private long milliseconds = 8 * 3_600_000L;
    private int made;

    /**
     * @param seed of all that is random
     * @param prefix what the clients' names begin with
     * @param unusual the share of clients that do something unusual, from 0 to 1; their names end with an x
     */
    public LogGenerator(long seed, String prefix, double unusual) {
        this.random = new SplittableRandom(seed);
        this.prefix = prefix;
        this.unusual = unusual;
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(client());
        }
    }

    @Override
    public boolean hasNext() {
        return true;
    }

    @Override
    public String next() {
        int i = random.nextInt(clients.size());
        Client client = clients.get(i);
        String request = client.next();
        if (client.left) {
            clients.set(i, client());
        }
        milliseconds += random.nextInt(20);
        return "%02d:%02d:%02d.%03d %s %s %d"
                .formatted(
                        milliseconds / 3_600_000 % 24,
                        milliseconds / 60_000 % 60,
                        milliseconds / 1000 % 60,
                        milliseconds % 1000,
                        client.name,
                        request,
                        5 + random.nextInt(60));
    }

    /** The requests of one client after another, without time and name, for training: null between two clients. */
    Iterator<String> requests() {
        return new Iterator<>() {
            private Client client;

            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public String next() {
                if (client == null || client.left) {
                    client = client();
                    return null;
                }
                return client.next();
            }
        };
    }

    private Client client() {
        boolean strange = random.nextDouble() < unusual;
        String name = prefix + made++ + (strange ? "x" : "");
        return strange ? new Stranger(name, random.nextInt(3)) : new Customer(name);
    }

    private boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    private abstract static class Client {
        final String name;
        boolean left;

        Client(String name) {
            this.name = name;
        }

        /** {@code METHOD PATH STATUS}. */
        abstract String next();
    }

    /** Looks at products, fills a cart, logs in to pay, and leaves, mistyping a password now and then. */
    private final class Customer extends Client {
        private String page = "";
        private boolean known;
        private int inCart;
        private String then;

        Customer(String name) {
            super(name);
        }

        @Override
        String next() {
            if (then != null) {
                return go(then);
            }
            return switch (page) {
                case "" -> go(chance(0.8) ? "GET /" : "GET /product");
                case "GET /" -> go(chance(0.7) ? "GET /search" : chance(0.5) ? "GET /product" : "GET /login");
                case "GET /search" -> go(chance(0.75) ? "GET /product" : "GET /search");
                case "GET /product" ->
                    go(chance(0.35) ? "POST /cart" : chance(0.6) ? "GET /search" : inCart > 0 ? "GET /cart" : "GET /");
                case "GET /cart" -> go(chance(0.6) ? "GET /checkout" : "GET /search");
                case "GET /account" -> go(known && chance(0.5) ? "POST /logout" : "GET /search");
                default -> go("GET /");
            };
        }

        private String go(String to) {
            page = to;
            then = null;
            if (chance(0.004)) {
                then = to; // The shop failed; customers try again.
                return line(to, 500);
            }
            switch (to) {
                case "GET /login" -> then = "POST /login";
                case "POST /login" -> {
                    if (chance(0.1)) {
                        then = "GET /login"; // The page is shown again.
                        return line(to, 401);
                    }
                    known = true;
                    then = inCart > 0 ? "GET /checkout" : chance(0.4) ? "GET /account" : "GET /";
                }
                case "POST /cart" -> {
                    inCart++;
                    then = "GET /cart";
                }
                case "GET /checkout" -> then = known ? "POST /pay" : "GET /login";
                case "POST /pay" -> {
                    if (chance(0.05)) {
                        then = "POST /pay";
                        return line(to, 402);
                    }
                    inCart = 0;
                    then = chance(0.7) ? "GET /account" : "POST /logout";
                }
                default -> {}
            }
            left = to.equals("POST /logout") || (inCart == 0 && then == null && chance(0.06));
            return line(to, to.startsWith("POST") ? 302 : 200);
        }

        private String line(String request, int status) {
            return request + (request.endsWith("/product") ? "/" + random.nextInt(1000) : "") + " " + status;
        }
    }

    /** Guesses passwords, looks for open doors, or pays without a cart. */
    private final class Stranger extends Client {
        private final int kind;
        private int step;

        Stranger(String name, int kind) {
            super(name);
            this.kind = kind;
        }

        @Override
        String next() {
            step++;
            left = step >= 12;
            return switch (kind) {
                case 0 -> step == 1 ? "GET /login 200" : "POST /login 401";
                case 1 -> step % 3 == 0 ? "GET /admin 403" : "GET /setup.php 404";
                default -> step % 2 == 0 ? "POST /pay 302" : "GET /checkout 200";
            };
        }
    }
}

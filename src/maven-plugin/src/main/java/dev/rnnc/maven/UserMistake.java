package dev.rnnc.maven;

/** What a user can mend; the message names the place and the remedy. Goals turn it into a build failure. */
final class UserMistake extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UserMistake(String message) {
        super(message);
    }
}

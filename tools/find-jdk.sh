# Finds a JDK that rnnc can be built and run with. To be sourced, by `rnnc`, `build` and `.ci/run`; plain POSIX shell.
#
#   find_jdk   sets jdk_home, jdk_major and jdk_modules and returns 0, or says on stderr what is missing and returns 1.
#
# Looked at in this order: JAVA_HOME, `java` on PATH, then the folders where distributions and tools put JVMs. Of several
# JDKs in those folders the lowest version that suffices is taken, since it is the one that rnnc is tested with.
# RNNC_JVM_FOLDERS (colon-separated) replaces the list of folders. Versions are read from each JDK's `release` file: that
# takes no time, starting every JVM would.

jdk_floor=25

# Sets candidate_major and candidate_modules from the JDK in folder $1; fails unless it is a JDK (not a bare JRE).
read_jdk() {
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
    candidate_major=
    candidate_modules=
    while IFS='=' read -r release_key release_value || [ -n "$release_key" ]; do
        release_value=${release_value#\"}
        release_value=${release_value%\"*}
        case $release_key in
            JAVA_VERSION) candidate_major=${release_value%%[!0-9]*} ;;
            MODULES) candidate_modules=$release_value ;;
        esac
    done <"$1/release"
    [ -n "$candidate_major" ]
}

# Takes folder $1 if it holds a JDK that is new enough and no lower version was taken before.
consider_jdk() {
    read_jdk "$1" || return 1
    [ "$candidate_major" -ge "$jdk_floor" ] || return 1
    [ -z "$jdk_home" ] || [ "$candidate_major" -lt "$jdk_major" ] || return 1
    jdk_home=$1
    jdk_major=$candidate_major
    jdk_modules=$candidate_modules
}

# The file that $1 stands for after all symbolic links.
follow_links() {
    linked=$1
    while [ -L "$linked" ]; do
        target=$(readlink "$linked")
        case $target in
            /*) linked=$target ;;
            *) linked=$(dirname -- "$linked")/$target ;;
        esac
    done
    printf '%s\n' "$linked"
}

find_jdk() {
    jdk_home=
    jdk_major=
    jdk_modules=
    if [ -n "${JAVA_HOME:-}" ] && consider_jdk "$JAVA_HOME"; then
        return 0
    fi
    if path_java=$(command -v java 2>/dev/null); then
        path_java=$(follow_links "$path_java")
        if consider_jdk "${path_java%/bin/java}"; then
            return 0
        fi
    fi
    if [ -n "${RNNC_JVM_FOLDERS+set}" ]; then
        jvm_folders=$RNNC_JVM_FOLDERS
    else
        jvm_folders=/usr/lib/jvm:/usr/lib64/jvm:/usr/java:/usr/local/lib/jvm:/opt:/opt/java:/opt/homebrew/opt
        jvm_folders=$jvm_folders:/Library/Java/JavaVirtualMachines
        if [ -n "${HOME:-}" ]; then
            jvm_folders=$jvm_folders:$HOME/Library/Java/JavaVirtualMachines:$HOME/.sdkman/candidates/java:$HOME/.jdks
        fi
    fi
    # One folder after another by hand: splitting by IFS would also expand what the folders' names may hold.
    rest=$jvm_folders:
    while [ -n "$rest" ]; do
        folder=${rest%%:*}
        rest=${rest#*:}
        [ -n "$folder" ] || continue
        for candidate in "$folder"/* "$folder"/*/Contents/Home "$folder"/*/libexec/openjdk.jdk/Contents/Home; do
            consider_jdk "$candidate" || :
        done
    done
    if [ -n "$jdk_home" ]; then
        return 0
    fi
    echo "rnnc: no JDK $jdk_floor or newer found (JAVA_HOME=${JAVA_HOME:-unset}, not on PATH, not in $jvm_folders);" \
        "install one, or set JAVA_HOME=/path/to/jdk-$jdk_floor" >&2
    return 1
}

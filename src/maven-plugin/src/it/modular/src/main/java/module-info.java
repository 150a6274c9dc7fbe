/** Calls a generated class. */
module com.acme {
    requires dev.rnnc.runtime;
    // Only at compile time, for the annotation of generated sources.
    requires static java.compiler;
    // Where it is there, the kernels use it.
    requires static jdk.incubator.vector;

    exports com.acme;
}

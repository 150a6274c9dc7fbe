// One log holds all builds.
def builds = new File(basedir, 'build.log').text.split('Scanning for projects').drop(1)
def has = { int build, String text ->
    assert builds[build - 1].contains(text): "build $build says: $text"
}
def hasNot = { int build, String text ->
    assert !builds[build - 1].contains(text): "build $build does not say: $text"
}
def at = { String path -> new File(basedir, 'target/' + path) }

has 1, 'Compiled 2 models to target/generated-sources/rnnc'
has 2, 'Nothing to compile - the models are up to date'
has 2, 'Nothing to compile - all classes are up to date'
has 3, 'Compiled 1 model to'
has 4, 'Compiled 1 model to'

// A misspelt name in the imported file, told with its place and once.
def place = new File(basedir, 'src/main/rnn/com/acme/cells.rnn').absolutePath + ':[4,18]'
has 5, place
has 5, "did you mean 'weight'?"
has 5, '1 error in the models'
hasNot 5, 'Exception:'

// The import is as before it was broken, so nothing is to be done but to delete what was made of the file that is gone.
has 6, 'Deleted target/generated-sources/rnnc/com/acme/Tagger.java'

has 7, 'Compiled 1 model to target/generated-resources/rnnc'
has 7, 'Deleted target/generated-sources/rnnc/com/acme/Counter.java'

has 8, 'Deleted target/generated-resources/rnnc/com/acme/Counter.class'
has 8, 'No models in src/main/rnn'
for (folder in ['generated-sources/rnnc', 'generated-resources/rnnc', 'classes']) {
    def left = []
    if (at(folder).exists()) {
        at(folder).eachFileRecurse { if (it.file) { left << it } }
    }
    assert left == []
}

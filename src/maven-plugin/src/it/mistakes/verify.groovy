def log = new File(basedir, 'build.log').text
def builds = log.split('Scanning for projects').drop(1)
def file = new File(basedir, 'src/main/rnn/broken.rnn').absolutePath
assert builds[0].contains("[ERROR] $file:[3,14] ")
assert builds[0].contains("did you mean 'lstm'?")
assert builds[0].contains("[ERROR] $file:[4,25] ")
assert builds[0].contains('2 errors in the models')
// The other model is compiled all the same.
assert builds[0].contains('Compiled 1 model to target/generated-sources/rnnc')
assert builds[1].contains("there is no backend 'fortran'; give java (sources) or bytecode (class files)")
assert builds[2].contains("'two-words' is no Java package name; rename the folder")
assert builds[3].contains('Compiled 1 model to target/generated-sources/rnnc')
assert !log.contains('Exception: ') && !log.contains('\tat dev.rnnc')

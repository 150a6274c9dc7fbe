def builds = new File(basedir, 'build.log').text.split('Scanning for projects').drop(1)
assert builds[0].contains('Using the MultiThreadedBuilder')
assert builds[0].count('Compiled 1 model to target/generated-sources/rnnc') == 2
assert builds[0].contains('No models in src/main/rnn')
// Maven names a plugin that is not marked as safe for threads.
assert !builds[0].contains('not marked @threadSafe') && !builds[0].contains('not marked as thread-safe')
assert !builds[0].contains('javac does not see the module')
assert builds[1].count('Nothing to compile - the models are up to date') == 2
assert new File(basedir, 'more/target/classes/com/acme/more/LabellerLanes16.class').isFile()
assert new File(basedir, 'app/target/classes/com/acme/App.class').isFile()

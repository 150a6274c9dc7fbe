def log = new File(basedir, 'build.log').text
assert log.contains('Compiled 1 model to target/generated-sources/rnnc')
assert log.contains('Compiled 1 model to target/generated-resources/rnnc')
assert log.count('Tests run: 1, Failures: 0, Errors: 0, Skipped: 0') >= 2
// The module requires the vector module, so there is nothing to warn of.
assert !log.contains('javac does not see the module')
assert new File(basedir, 'target/classes/module-info.class').isFile()

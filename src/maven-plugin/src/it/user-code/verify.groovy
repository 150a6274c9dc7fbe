def log = new File(basedir, 'build.log').text
assert log.contains('Compiled 1 model to target/generated-resources/rnnc')
assert log.contains('Compiled 1 model to target/generated-test-resources/rnnc')
assert log.contains('Tests run: 3, Failures: 0, Errors: 0, Skipped: 0')
assert new File(basedir, 'target/classes/com/acme/Tagger.class').isFile()
assert new File(basedir, 'target/test-classes/com/acme/Echo.class').isFile()
assert !new File(basedir, 'target/classes/com/acme/Echo.class').exists()
assert new File(basedir, 'target/classes/com/acme').list().any { it.startsWith('TaggerLanes16') }

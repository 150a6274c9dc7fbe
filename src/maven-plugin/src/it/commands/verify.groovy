def log = new File(basedir, 'build.log').text
def builds = log.split('Scanning for projects').drop(1)
for (goal in ['rnnc:compile', 'rnnc:test-compile', 'rnnc:check', 'rnnc:train', 'rnnc:explain', 'rnnc:help']) {
    assert builds[0].contains(goal)
}
assert builds[1].contains('Letters') && builds[1].contains('parameters')
assert builds[2].contains('float lanes')
assert builds[2].contains('epoch 1/1')
assert new File(basedir, 'target/run/log.jsonl').isFile()
assert builds[3].contains('missing.txt')
assert !log.contains('\tat dev.rnnc') && !log.contains('Exception: ')

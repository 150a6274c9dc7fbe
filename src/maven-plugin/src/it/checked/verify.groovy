def builds = new File(basedir, 'build.log').text.split('Scanning for projects').drop(1)
assert builds[0] =~ /Trained: gradient \S+, by differences \S+; largest of [\d,]+ methods: [\d,]+ of 4,000 bytes/
assert builds[0].contains('Sound: no loss, so no gradient; largest of')
assert builds[0].contains("[WARNING] ${new File(basedir, 'src/main/rnn/trained.rnn').absolutePath}:[3,10] ")
assert builds[1] =~ /trained\.rnn:\[\d+,1\] .* needs the method Trained\S+ of [\d,]+ bytes, more than rnnc.check.budget, 10/
assert !builds[1].contains('by differences')
assert builds[2].contains('the models have warnings, and rnnc.check.failOnWarning is set')

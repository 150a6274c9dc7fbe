grammar Rnn;

file : EOF ;

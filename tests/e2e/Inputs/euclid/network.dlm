fn network(x) { return dense(tanh(dense(x, 5)), 3) }

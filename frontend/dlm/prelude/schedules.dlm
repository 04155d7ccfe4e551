// Schedules: expressions of step and epoch.

fn step_decay(rate, every, factor = 0.1) {
  return rate * factor ^ floor(elapsed(every))
}
fn exponential_decay(rate, every, factor) {
  return rate * factor ^ elapsed(every)
}
fn cosine_decay(rate, over, final = 0) {
  return final + (rate - final) * 0.5 * (1 + cos(pi * minimum(elapsed(over), 1)))
}
fn polynomial_decay(rate, over, power = 1, final = 0) {
  return final + (rate - final) * (1 - minimum(elapsed(over), 1)) ^ power
}
fn inverse_decay(rate, gamma, power) {
  return rate * (1 + gamma * step) ^ -power
}

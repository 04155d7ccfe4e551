// Functions that move elements.

fn stack(xs, axis = 0) {
  raised = []
  for x in xs { raised = raised + [expand(x, axis)] }
  return concat(raised, axis)
}
// counts[i] copies of x one after the other along axis i.
fn tile(x, counts) {
  require(is_list(counts) and len(counts) == rank(x), "'tile' wants a count for each axis", x)
  apart = []
  repeated = []
  joined = []
  for i in 0..rank(x) {
    n = shape(x)[i]
    apart = apart + (counts[i] == 1 ? [n] : [1, n])
    repeated = repeated + (counts[i] == 1 ? [n] : [counts[i], n])
    joined = joined + [counts[i] == 1 ? n : counts[i] * n]
  }
  return reshape(broadcast_to(reshape(x, apart), repeated), joined)
}
fn flip(x, axis) {
  n = size(x, axis)
  return gather(x, n - 1 - iota([n]), axis)
}
// Each element moves by `shift` places, those beyond the end to the start.
fn roll(x, shift, axis) {
  n = size(x, axis)
  back = (n - shift % n) % n
  if back == 0 { return x }
  head, tail = split(x, [back, n - back], axis)
  return concat([tail, head], axis)
}

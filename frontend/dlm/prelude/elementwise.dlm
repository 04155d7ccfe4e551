// Functions of each element, activations among them.

fn pow(x, y) { return x ^ y }
fn square(x) { return x * x }
fn clamp(x, low, high) { return minimum(maximum(x, low), high) }
fn relu(x) { return where(x > 0, x, 0) }
fn leaky_relu(x, slope = 0.01) { return where(x > 0, x, x * slope) }
fn elu(x, alpha = 1) { return where(x > 0, x, alpha * expm1(minimum(x, 0))) }
// max(x, 0) + ln(1 + e^-|x|) never overflows.
fn softplus(x) { return maximum(x, 0) + log1p(exp(-abs(x))) }
fn silu(x) { return x * sigmoid(x) }
fn gelu(x, approximate = "none") {
  require(approximate == "none" or approximate == "tanh", "the approximation of 'gelu' is none or tanh")
  if approximate == "none" { return 0.5 * x * (1 + erf(x * sqrt(0.5))) }
  return 0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x * x * x)))
}
// Klambauer et al. 2017.
fn selu(x) {
  return 1.0507009873554805 * where(x > 0, x, 1.6732632423543772 * expm1(minimum(x, 0)))
}
fn mish(x) { return x * tanh(softplus(x)) }
fn hardtanh(x, low = -1, high = 1) { return clamp(x, low, high) }
fn relu6(x) { return clamp(x, 0, 6) }
fn hard_sigmoid(x) { return relu6(x + 3) / 6 }
fn hard_swish(x) { return x * hard_sigmoid(x) }
fn softsign(x) { return x / (1 + abs(x)) }
fn exp2(x) { return exp(x * log(2)) }
fn log2(x) { return log(x) / log(2) }
fn log10(x) { return log(x) / log(10) }
fn tan(x) { return sin(x) / cos(x) }

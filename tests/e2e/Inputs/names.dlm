// Names that mean something to C, to its library, or to the header itself, and
// names that become those that these get.

model names(int: f32[batch], int_: f32[batch], rows: f32[batch],
            rows_: f32[batch], NULL: f32[batch], _Bool: f32[batch],
            int32_t: i32[batch] < 3, second: i32[batch] < 3,
            linux: f32[batch], typeof: f32[batch], NAMES_BATCH: f32[batch],
            names: f32[batch]) -> (double, double_, class, self) {
  double = int + int_ + rows + rows_ + NULL + _Bool + linux + typeof
  double_ = NAMES_BATCH + names
  class = int32_t + second
  self = dense(double[:, none], 1)
}

training names(errno: f32[batch, 1], names_metrics: f32[batch, 1]) {
  loss = mean_squared_error(self, errno + names_metrics)
  int = loss
  int_ = loss
  EOF = loss
  optimizer = sgd(learning_rate = 0.1)
  batch = 4
}

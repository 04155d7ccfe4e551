// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(x: f32[batch, 4]) -> y {
  data { x = image }
  y = dense(x, 3)
}
training m(digit: i32[batch]) {
  data {
    random_flip(x)
    for i in 0..2 { x = image }
    x = 2 * image
    digit = label[0]
  }
  loss = softmax_cross_entropy(y, digit)
  optimizer = sgd(learning_rate = 0.1)
}

// CHECK: data_statement.dlm:9:5: error: a data block binds inputs to fields, and nothing else
// CHECK: hint: image = random_flip(image)
// CHECK: data_statement.dlm:10:5: error: a data block binds inputs to fields, and nothing else
// CHECK: data_statement.dlm:4:3: error: 'data' stands at the top level of a training block
// CHECK: data_statement.dlm:11:9: error: an input is fed by a field, or by a function of the reader
// CHECK: hint: arithmetic stands in the model
// CHECK: data_statement.dlm:12:13: error: an input is fed by a field, or by a function of the reader
// CHECK-NOT: error:

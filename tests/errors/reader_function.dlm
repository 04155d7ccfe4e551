// RUN: not dlcc check %s 2>&1 | FileCheck %s

const side = 32

model m(image: f32[batch, 3, 32, 32], digit: u8[batch, 3, 8, 8]) -> y {
  y = dense(flatten(image), 3)
}
training m(label: i32[batch]) {
  loss = softmax_cross_entropy(y, label)
  optimizer = sgd(learning_rate = 0.1)
}
data train {
  image = random_flp(image)
  digit = rotate(image, 30)
  label = relu(label)
}

// CHECK: reader_function.dlm:13:11: error: 'random_flp' is no function of the reader
// CHECK-NEXT: image = random_flp(image)
// CHECK-NEXT: ^~~~~~~~~~
// CHECK: hint: did you mean 'random_flip'?
// CHECK: reader_function.dlm:14:11: error: 'rotate' is no function of the reader
// CHECK: hint: it has resize, center_crop, random_crop, random_resized_crop, random_flip, normalize
// CHECK: reader_function.dlm:15:11: error: 'relu' is no function of the reader
// CHECK-NOT: error:

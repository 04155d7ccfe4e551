// RUN: not dlcc check %s 2>&1 | FileCheck %s

model m(a: f32[batch, 3, 32, 32], b: f32[batch, 1, 28, 28], c: f32[batch, 3, 32, 32], d: i32[batch], e: u8[batch, 3, 32, 32], f: f32[batch, 3, 32, 32]) -> y {
  y = dense(flatten(a + c + f) , 3)
}
training m() {
  loss = mean(y)
  optimizer = sgd(learning_rate = 0.1)
}
data {
  a = random_crop(image, 28, pad = 4)
  b = normalize(image, mean = [0.4, 0.5, 0.6], std = 0.2)
  c = center_crop(resize(image, 24), 32)
  d = random_flip(label)
  e = normalize(image, mean = 0.5, std = 0.2)
  f = random_crop(center_crop(image, 16), 32, pad = 4)
}

// CHECK: reader_sizes.dlm:11:7: error: 'random_crop' gives images of 28 x 28; input 'a' is f32[batch, 3, 32, 32]
// CHECK: reader_sizes.dlm:3:12: note: declared here
// CHECK: reader_sizes.dlm:12:7: error: 'normalize' is for 3 channels; input 'b' is f32[batch, 1, 28, 28]
// CHECK: reader_sizes.dlm:13:7: error: a crop of 32 x 32 does not fit into an image whose shorter side is 24
// CHECK: reader_sizes.dlm:14:7: error: 'random_flip' gives an image [channels, height, width]; input 'd' is i32[batch]
// CHECK: reader_sizes.dlm:15:7: error: 'normalize' gives real numbers; input 'e' is u8[batch, 3, 32, 32]
// CHECK: reader_sizes.dlm:16:7: error: a crop of 32 x 32 does not fit into an image of 16 x 16, padded by 4
// CHECK-NOT: error:

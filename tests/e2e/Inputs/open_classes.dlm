// As many classes as the table has.
model open_classes(width: f32[batch]) -> scores {
  scores = dense(width[:, none], classes)
}
training open_classes(kind: i32[batch] < classes) {
  loss = softmax_cross_entropy(scores, kind)
  optimizer = sgd(learning_rate = 0.1)
  batch = 2
}
data { kind = species }

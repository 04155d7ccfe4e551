// A two-layer network after differentiation: softmax cross-entropy, momentum
// for the weights, plain steps for the biases.
!image = tensor<8x12xf32, #dlc.dims<"batch", "">>
!hidden = tensor<8x6xf32, #dlc.dims<"batch", "">>
!mask = tensor<8x6xi1, #dlc.dims<"batch", "">>
!logits = tensor<8x4xf32, #dlc.dims<"batch", "">>
!index = tensor<8x4xi32, #dlc.dims<"batch", "">>
!hit = tensor<8x4xi1, #dlc.dims<"batch", "">>
!row = tensor<8xf32, #dlc.dims<"batch">>
!label = tensor<8xi32, #dlc.dims<"batch">>
!w0 = tensor<6x12xf32>
!w1 = tensor<4x6xf32>
module @mlp attributes {dlc.model = "mlp", dlc.batch = 8 : i64} {
  dlc.variable parameter @dense.weight : !w0 {trainable}
  dlc.variable parameter @dense.bias : tensor<6xf32> {trainable}
  dlc.variable parameter @dense_1.weight : !w1 {trainable}
  dlc.variable slot @"dense.weight/momentum" : !w0
  dlc.variable control @"$rows" : tensor<i64>
  dlc.variable control @"$learning_rate_scale" : tensor<f32>
  func.func @train_step(%image: !image {dlc.name = "image"}, %digit: !label {dlc.name = "digit", dlc.bound = 4 : i64})
      -> (tensor<f32> {dlc.name = "loss"}) attributes {dlc.entry = "train"} {
    %w0 = dlc.read @dense.weight : !w0
    %b0 = dlc.read @dense.bias : tensor<6xf32>
    %w1 = dlc.read @dense_1.weight : !w1
    %v0 = dlc.read @"dense.weight/momentum" : !w0
    %rows = dlc.read @"$rows" : tensor<i64>
    %lrs = dlc.read @"$learning_rate_scale" : tensor<f32>
    %zero = dlc.constant dense<0.0> : !hidden loc("dense.relu")
    // Forward.
    %p0 = dlc.contract %image [] [1], %w0 [] [1] : !image, !w0 loc("dense")
    %bb0 = dlc.broadcast %b0 [1] : tensor<6xf32> to !hidden loc("dense")
    %s0 = dlc.add %p0, %bb0 : !hidden loc("dense")
    %c0 = dlc.compare gt %s0, %zero : !hidden loc("dense.relu")
    %h0 = dlc.select %c0, %s0, %zero : !mask, !hidden loc("dense.relu")
    %x = dlc.contract %h0 [] [1], %w1 [] [1] : !hidden, !w1 loc("dense_1")
    %max = dlc.reduce max %x [1] : !logits loc("loss")
    %bmax = dlc.broadcast %max [0] : !row to !logits loc("loss")
    %z = dlc.sub %x, %bmax : !logits loc("loss")
    %e = dlc.exp %z : !logits loc("loss")
    %sum = dlc.reduce sum %e [1] : !logits loc("loss")
    %lse = dlc.log %sum : !row loc("loss")
    %iota = dlc.iota 1 : !index loc("loss")
    %bd = dlc.broadcast %digit [0] : !label to !index loc("loss")
    %hit = dlc.compare eq %iota, %bd : !index loc("loss")
    %zl = dlc.constant dense<0.0> : !logits loc("loss")
    %zh = dlc.select %hit, %z, %zl : !hit, !logits loc("loss")
    %pick = dlc.reduce sum %zh [1] : !logits loc("loss")
    %each = dlc.sub %lse, %pick : !row loc("loss")
    %total = dlc.reduce sum %each [0] : !row loc("loss")
    %n = dlc.cast %rows : tensor<i64> to tensor<f32> loc("loss")
    %loss = dlc.div %total, %n : tensor<f32> loc("loss")
    // Backward.
    %onef = dlc.constant dense<1.0> : tensor<f32>
    %inv = dlc.div %onef, %n : tensor<f32> loc("loss")
    %ol = dlc.constant dense<1.0> : !logits loc("loss")
    %bsum = dlc.broadcast %sum [0] : !row to !logits loc("loss")
    %soft = dlc.div %e, %bsum : !logits loc("loss")
    %hot = dlc.select %hit, %ol, %zl : !hit, !logits loc("loss")
    %d = dlc.sub %soft, %hot : !logits loc("loss")
    %binv = dlc.broadcast %inv [] : tensor<f32> to !logits loc("loss")
    %dx = dlc.mul %d, %binv : !logits loc("loss")
    %g1 = dlc.contract %dx [] [0], %h0 [] [0] : !logits, !hidden loc("dense_1")
    %dh = dlc.contract %dx [] [1], %w1 [] [0] : !logits, !w1 loc("dense_1")
    %ds = dlc.select %c0, %dh, %zero : !mask, !hidden loc("dense.relu")
    %g0 = dlc.contract %ds [] [0], %image [] [0] : !hidden, !image loc("dense")
    %gb = dlc.reduce sum %ds [0] : !hidden loc("dense")
    // Update.
    %rate = dlc.constant dense<0.1> : tensor<f32>
    %lr = dlc.mul %rate, %lrs : tensor<f32> loc("learning_rate")
    %mu = dlc.constant dense<0.9> : !w0
    %mv = dlc.mul %mu, %v0 : !w0 loc("dense.weight")
    %v0n = dlc.add %mv, %g0 : !w0 loc("dense.weight")
    %lr0 = dlc.broadcast %lr [] : tensor<f32> to !w0 loc("dense.weight")
    %step0 = dlc.mul %lr0, %v0n : !w0 loc("dense.weight")
    %w0n = dlc.sub %w0, %step0 : !w0 loc("dense.weight")
    %lr1 = dlc.broadcast %lr [] : tensor<f32> to !w1 loc("dense_1.weight")
    %step1 = dlc.mul %lr1, %g1 : !w1 loc("dense_1.weight")
    %w1n = dlc.sub %w1, %step1 : !w1 loc("dense_1.weight")
    %lrb = dlc.broadcast %lr [] : tensor<f32> to tensor<6xf32> loc("dense.bias")
    %stepb = dlc.mul %lrb, %gb : tensor<6xf32> loc("dense.bias")
    %b0n = dlc.sub %b0, %stepb : tensor<6xf32> loc("dense.bias")
    dlc.write @dense.weight, %w0n : !w0
    dlc.write @dense_1.weight, %w1n : !w1
    dlc.write @dense.bias, %b0n : tensor<6xf32>
    dlc.write @"dense.weight/momentum", %v0n : !w0
    return %loss : tensor<f32>
  }
}

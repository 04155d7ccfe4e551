// Ops that ONNX has in another form, or that no model of ours exports.
!image = tensor<3x6x5xf32, #dlc.dims<"batch", "", "">>
!pair = tensor<3x4xi32, #dlc.dims<"batch", "">>
!seen = tensor<3x4x2x3x2xf32, #dlc.dims<"batch", "", "", "", "">>
module attributes {dlc.model = "odd_ops", dlc.batch = 3 : i64} {
  dlc.variable parameter @w : tensor<5x5xf32>
  func.func @init() attributes {dlc.entry = "init"} {
    %0 = dlc.constant dense<0.25> : tensor<5x5xf32>
    dlc.write @w, %0 : tensor<5x5xf32>
    return
  }
  func.func @forward(%x: !image {dlc.name = "x"}, %i: !pair {dlc.name = "i"})
      -> (!seen {dlc.name = "seen"}, !image {dlc.name = "summed"},
          tensor<3x6x4xf32, #dlc.dims<"batch", "", "">> {dlc.name = "taken"},
          tensor<3x6x5xi32, #dlc.dims<"batch", "", "">> {dlc.name = "ranked"},
          !image {dlc.name = "running"},
          tensor<3x6xi32, #dlc.dims<"batch", "">> {dlc.name = "counted"},
          tensor<3x13x7xf32, #dlc.dims<"batch", "", "">> {dlc.name = "spread"},
          !image {dlc.name = "small"}, !image {dlc.name = "logs"},
          !pair {dlc.name = "quotient"}, !pair {dlc.name = "rest"},
          tensor<3x2x5xf32, #dlc.dims<"batch", "", "">> {dlc.name = "pooled"},
          tensor<3x2x5xf32, #dlc.dims<"batch", "", "">> {dlc.name = "added"},
          tensor<3x6xi32, #dlc.dims<"batch", "">> {dlc.name = "first"},
          tensor<6x3x5xf32, #dlc.dims<"", "batch", "">> {dlc.name = "steps"},
          !image {dlc.name = "all"},
          tensor<3x5x5xf32, #dlc.dims<"batch", "", "">> {dlc.name = "squares"},
          !pair {dlc.name = "bits"}) attributes {dlc.entry = "forward"} {
    %w = dlc.read @w : tensor<5x5xf32>
    %zero = dlc.constant dense<0.0> : tensor<f32>
    %seen = dlc.window %x [1, 2] [3, 2] [1, 2] [1, -1] : !image
    %more = dlc.exp %seen : !seen
    %summed = dlc.unwindow %more [1, 2] [1, 2] [1, 1] : !seen to !image
    %taken = dlc.gather %x, %i axis 2 batch 1 : !image, !pair
    %ranked = dlc.rank %x axis 2 descending limit 3 : !image
    %running = dlc.cumulative %x axis 1 reverse exclusive : !image
    %counted = dlc.iota 0 : tensor<3x6xi32, #dlc.dims<"batch", "">>
    %spread = dlc.pad %x, %zero [0, 1, 0] [0, 1, 2] [0, 1, 0] : !image, tensor<f32>
    %scale = dlc.constant dense<1.0e-4> : tensor<f32>
    %scales = dlc.broadcast %scale [] : tensor<f32> to !image
    %tiny = dlc.mul %x, %scales : !image
    %small = dlc.expm1 %tiny : !image
    %logs = dlc.log1p %tiny : !image
    %three = dlc.constant dense<3> : tensor<3x4xi32, #dlc.dims<"batch", "">>
    %by = dlc.sub %i, %three : !pair
    %quotient = dlc.div %three, %by : !pair
    %rest = dlc.rem %three, %by : !pair
    %wide = dlc.window %x [1] [3] [1] [2] : !image
    %pooled = dlc.reduce max %wide [3] : tensor<3x2x5x3xf32, #dlc.dims<"batch", "", "", "">>
    %added = dlc.reduce sum %wide [3] : tensor<3x2x5x3xf32, #dlc.dims<"batch", "", "", "">>
    %first = dlc.arg_reduce min %x 2 : !image
    %turned = dlc.transpose %x [1, 0, 2] : !image
    %start = dlc.reduce max %x [1] : !image
    %steps, %end = dlc.scan 6 reverse (%x_t in %turned : tensor<6x3x5xf32, #dlc.dims<"", "batch", "">>)
        carry (%h from %start : tensor<3x5xf32, #dlc.dims<"batch", "">>) use (%w as %m : tensor<5x5xf32>)
        -> (tensor<6x3x5xf32, #dlc.dims<"", "batch", "">>, tensor<3x5xf32, #dlc.dims<"batch", "">>) {
      %0 = dlc.contract %h [] [1], %m [] [0] : tensor<3x5xf32, #dlc.dims<"batch", "">>, tensor<5x5xf32>
      %1 = dlc.add %0, %x_t : tensor<3x5xf32, #dlc.dims<"batch", "">>
      dlc.yield %1, %1 : tensor<3x5xf32, #dlc.dims<"batch", "">>, tensor<3x5xf32, #dlc.dims<"batch", "">>
    }
    %total = dlc.reduce sum %x [0] : !image
    %ends = dlc.broadcast %end [0, 2] : tensor<3x5xf32, #dlc.dims<"batch", "">> to !image
    %totals = dlc.broadcast %total [1, 2] : tensor<6x5xf32> to !image
    %all = dlc.add %totals, %ends : !image
    %squares = dlc.contract %x [0] [1], %x [0] [1] : !image, !image
    %five = dlc.constant dense<5> : tensor<3x4xi32, #dlc.dims<"batch", "">>
    %bits = dlc.and %i, %five : !pair
    return %seen, %summed, %taken, %ranked, %running, %counted, %spread, %small, %logs, %quotient, %rest, %pooled, %added, %first, %steps, %all, %squares, %bits
        : !seen, !image, tensor<3x6x4xf32, #dlc.dims<"batch", "", "">>, tensor<3x6x5xi32, #dlc.dims<"batch", "", "">>, !image, tensor<3x6xi32, #dlc.dims<"batch", "">>, tensor<3x13x7xf32, #dlc.dims<"batch", "", "">>, !image, !image, !pair, !pair, tensor<3x2x5xf32, #dlc.dims<"batch", "", "">>, tensor<3x2x5xf32, #dlc.dims<"batch", "", "">>, tensor<3x6xi32, #dlc.dims<"batch", "">>, tensor<6x3x5xf32, #dlc.dims<"", "batch", "">>, !image, tensor<3x5x5xf32, #dlc.dims<"batch", "", "">>, !pair
  }
}

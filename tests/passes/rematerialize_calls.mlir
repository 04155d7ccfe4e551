// RUN: dlcc-opt --dlc-rematerialize-calls="max-memory=20480" --split-input-file %s | FileCheck %s --check-prefixes=CHECK,FITS
// RUN: dlcc-opt --dlc-rematerialize-calls="max-memory=16384" --split-input-file %s | FileCheck %s --check-prefixes=CHECK,LESS
// RUN: not dlcc-opt --dlc-rematerialize-calls="max-memory=8191 threads=2" --split-input-file %s 2>&1 | FileCheck %s --check-prefix=LEAST

// Tensors of 4096 bytes. As it stands, four live at @back(%c, %b), and a fifth
// is the output that a caller may leave null. To do with four, %a is made again
// for its last reader. The smaller plan is also the smallest: both operands of
// the first @back and its result live at one time.
// LEAST: m.dlm:3:1: error: model 'm' does not fit into --max-memory=8191; the least that is possible, with what can be computed again, is 16384 bytes: 0 for variables and the scratch of 2 threads, 16384 for the arena, of which 'turn_back' needs most
// LEAST: note: a smaller --batch takes less

// FITS-NOT: dlc.unlimited_arena_bytes
// LESS: dlc.unlimited_arena_bytes = 20480
module @m attributes {dlc.model = "m"} {
  // CHECK-LABEL: func.func @train
  // CHECK-SAME: %[[X:.*]]: tensor<1024xf32>
  // CHECK: %[[A:.*]] = call @turn(%[[X]]) :
  // CHECK: %[[B:.*]] = call @turn(%[[A]]) :
  // CHECK: %[[C:.*]] = call @turn(%[[B]]) :
  // CHECK: %[[D:.*]] = call @back(%[[C]], %[[B]])
  // LESS: %[[A1:.*]] = call @turn(%[[X]]) {dlc.recomputed} :
  // LESS: %[[VIEW:.*]] = tensor.expand_shape %[[A1]]
  // LESS: %[[FLAT:.*]] = tensor.collapse_shape %[[VIEW]]
  // LESS: call @back(%[[D]], %[[FLAT]])
  // FITS-NOT: dlc.recomputed
  func.func @train(%x: tensor<1024xf32> {dlc.name = "x"}) -> (tensor<1024xf32> {dlc.name = "y"}) attributes {dlc.entry = "train"} {
    %a = call @turn(%x) : (tensor<1024xf32>) -> tensor<1024xf32>
    %b = call @turn(%a) : (tensor<1024xf32>) -> tensor<1024xf32>
    %c = call @turn(%b) : (tensor<1024xf32>) -> tensor<1024xf32>
    %d = call @back(%c, %b) : (tensor<1024xf32>, tensor<1024xf32>) -> tensor<1024xf32> loc("m.dlm":3:1)
    // The views of a value are views of the new one.
    %v = tensor.expand_shape %a [[0, 1]] output_shape [32, 32] : tensor<1024xf32> into tensor<32x32xf32>
    %w = tensor.collapse_shape %v [[0, 1]] : tensor<32x32xf32> into tensor<1024xf32>
    %e = call @back(%d, %w) : (tensor<1024xf32>, tensor<1024xf32>) -> tensor<1024xf32>
    return %e : tensor<1024xf32>
  }
  func.func private @turn(%x: tensor<1024xf32>) -> tensor<1024xf32>
      attributes {dlc.kernel = "turn", dlc.flops = 1024 : i64, dlc.bytes = 8192 : i64} {
    return %x : tensor<1024xf32>
  }
  func.func private @back(%x: tensor<1024xf32>, %y: tensor<1024xf32>) -> tensor<1024xf32>
      attributes {dlc.kernel = "turn_back", dlc.flops = 2048 : i64, dlc.bytes = 12288 : i64} {
    return %x : tensor<1024xf32>
  }
}

// -----

// The variable is updated before the last reader of %a, which so cannot be made
// again from it there: the first plan is the smallest.
// LEAST: error: model 'updated' does not fit into --max-memory=8191; the least that is possible, with what can be computed again, is 12480 bytes
// CHECK-LABEL: func.func @updated
// CHECK-NOT: dlc.recomputed
// CHECK: dlc.write @w
module @m attributes {dlc.model = "updated"} {
  dlc.variable state @w : tensor<16xf32>
  func.func @updated(%x: tensor<16xf32> {dlc.name = "x"}) -> (tensor<16xf32> {dlc.name = "y"}) attributes {dlc.entry = "train"} {
    %w = dlc.read @w : tensor<16xf32>
    %a = call @widen(%w) : (tensor<16xf32>) -> tensor<1536xf32>
    %b = call @narrow(%a) : (tensor<1536xf32>) -> tensor<16xf32>
    %w1 = call @turn(%b) : (tensor<16xf32>) -> tensor<16xf32>
    %c = call @widen(%b) : (tensor<16xf32>) -> tensor<1536xf32>
    %d = call @narrow(%c) : (tensor<1536xf32>) -> tensor<16xf32>
    %y = call @join(%d, %a) : (tensor<16xf32>, tensor<1536xf32>) -> tensor<16xf32>
    dlc.write @w, %w1 : tensor<16xf32>
    return %y : tensor<16xf32>
  }
  func.func private @turn(%x: tensor<16xf32>) -> tensor<16xf32>
      attributes {dlc.kernel = "turn", dlc.flops = 1024 : i64, dlc.bytes = 8192 : i64} {
    return %x : tensor<16xf32>
  }
  func.func private @widen(%x: tensor<16xf32>) -> tensor<1536xf32>
      attributes {dlc.kernel = "widen", dlc.flops = 1024 : i64, dlc.bytes = 8192 : i64} {
    %0 = tensor.empty() : tensor<1536xf32>
    %1 = tensor.insert_slice %x into %0[0] [16] [1] : tensor<16xf32> into tensor<1536xf32>
    return %1 : tensor<1536xf32>
  }
  func.func private @narrow(%x: tensor<1536xf32>) -> tensor<16xf32>
      attributes {dlc.kernel = "narrow", dlc.flops = 1024 : i64, dlc.bytes = 8192 : i64} {
    %0 = tensor.extract_slice %x[0] [16] [1] : tensor<1536xf32> to tensor<16xf32>
    return %0 : tensor<16xf32>
  }
  func.func private @join(%x: tensor<16xf32>, %y: tensor<1536xf32>) -> tensor<16xf32>
      attributes {dlc.kernel = "join", dlc.flops = 1024 : i64, dlc.bytes = 8192 : i64} {
    return %x : tensor<16xf32>
  }
}

// -----

// A kernel that updates a variable beside its work runs again for the work. It
// then reads the variable's new value, which only a result that nobody reads
// depends on; the value that is stored is the first run's.
// CHECK-LABEL: func.func @statistics
// CHECK: %[[M:.*]] = dlc.read @m
// CHECK: %[[FIRST:.*]]:2 = call @track(%[[X:.*]], %[[M]]) :
// LESS: %[[AGAIN:.*]]:2 = call @track(%[[X]], %[[M]]) {dlc.recomputed}
// LESS-NEXT: call @join(%{{.*}}, %[[AGAIN]]#0)
// CHECK: dlc.write @m, %[[FIRST]]#1
module @m attributes {dlc.model = "m"} {
  dlc.variable state @m : tensor<f32>
  func.func @statistics(%x: tensor<2048xf32> {dlc.name = "x"}) -> (tensor<16xf32> {dlc.name = "y"}) attributes {dlc.entry = "train"} {
    %m = dlc.read @m : tensor<f32>
    %a:2 = call @track(%x, %m) : (tensor<2048xf32>, tensor<f32>) -> (tensor<2048xf32>, tensor<f32>)
    %b = call @narrow(%a#0) : (tensor<2048xf32>) -> tensor<16xf32>
    %c = call @widen(%b) : (tensor<16xf32>) -> tensor<2048xf32>
    %d = call @narrow(%c) : (tensor<2048xf32>) -> tensor<16xf32>
    %y = call @join(%d, %a#0) : (tensor<16xf32>, tensor<2048xf32>) -> tensor<16xf32>
    dlc.write @m, %a#1 : tensor<f32>
    return %y : tensor<16xf32>
  }
  func.func private @track(%x: tensor<2048xf32>, %m: tensor<f32>) -> (tensor<2048xf32>, tensor<f32>)
      attributes {dlc.kernel = "track", dlc.flops = 1024 : i64, dlc.bytes = 8192 : i64} {
    return %x, %m : tensor<2048xf32>, tensor<f32>
  }
  func.func private @widen(%x: tensor<16xf32>) -> tensor<2048xf32>
      attributes {dlc.kernel = "widen", dlc.flops = 1024 : i64, dlc.bytes = 8192 : i64} {
    %0 = tensor.empty() : tensor<2048xf32>
    return %0 : tensor<2048xf32>
  }
  func.func private @narrow(%x: tensor<2048xf32>) -> tensor<16xf32>
      attributes {dlc.kernel = "narrow", dlc.flops = 1024 : i64, dlc.bytes = 8192 : i64} {
    %0 = tensor.empty() : tensor<16xf32>
    return %0 : tensor<16xf32>
  }
  func.func private @join(%x: tensor<16xf32>, %y: tensor<2048xf32>) -> tensor<16xf32>
      attributes {dlc.kernel = "join", dlc.flops = 1024 : i64, dlc.bytes = 8192 : i64} {
    return %x : tensor<16xf32>
  }
}

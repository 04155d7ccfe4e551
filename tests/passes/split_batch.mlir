// RUN: dlcc-opt --dlc-split-batch --split-input-file %s | FileCheck %s

// What is done for each row goes into a function for a quarter of the rows, the
// gradient into a sum; the number of rows is that of the whole batch, and the
// update stays behind. Random numbers are those of the row: 3 an element, and
// where the rows are not the first dimension, by their index in the whole.
#rows = #dlc.dims<"batch", "">
#columns = #dlc.dims<"", "batch">
module @m attributes {dlc.batch = 8 : i64, dlc.model = "m"} {
  dlc.variable parameter @w : tensor<3xf32> {trainable}
  dlc.variable control @"$rows" : tensor<i64>
  dlc.variable control @"$seed" : tensor<i64>
  // CHECK-DAG: dlc.variable control @"$first_row" : tensor<i64>
  // CHECK-DAG: dlc.variable sum @"train_step/sum_0" : tensor<f32>
  // CHECK-DAG: dlc.variable sum @"train_step/sum_1" : tensor<3xf32>
  // CHECK-LABEL: func.func @train_step
  // CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<8x3xf32, #{{.*}}> {dlc.name = "x"}
  // CHECK: %[[ALL:.*]]:3 = dlc.parts @train_step.part 4(%[[X]]) sums [@"train_step/sum_0", @"train_step/sum_1"] : (tensor<8x3xf32, #{{.*}}>) -> (tensor<8x3xf32, #{{.*}}>, tensor<f32>, tensor<3xf32>)
  // CHECK: %[[W:.*]] = dlc.read @w
  // CHECK: dlc.div %[[ALL]]#1
  // CHECK-NEXT: %[[NEW:.*]] = dlc.sub %[[W]], %[[ALL]]#2
  // CHECK-NEXT: dlc.write @w, %[[NEW]]
  // CHECK: return %{{.*}}, %[[ALL]]#0
  func.func @train_step(%x: tensor<8x3xf32, #rows> {dlc.name = "x"})
      -> (tensor<f32> {dlc.name = "loss"}, tensor<8x3xf32, #rows> {dlc.name = "y"})
      attributes {dlc.entry = "train", dlc.parts = 4 : i64} {
    %seed = dlc.read @"$seed" : tensor<i64>
    %rows = dlc.read @"$rows" : tensor<i64>
    %count = dlc.cast %rows : tensor<i64> to tensor<f32>
    %w = dlc.read @w : tensor<3xf32>
    %r = dlc.random uniform(%seed, %seed) path 1 : tensor<i64>, tensor<i64> -> tensor<8x3xf32, #rows>
    %c = dlc.random uniform(%seed, %seed) path 2 : tensor<i64>, tensor<i64> -> tensor<3x8xf32, #columns>
    %t = dlc.transpose %c [1, 0] : tensor<3x8xf32, #columns>
    %ones = dlc.constant dense<1.0> : tensor<8x3xf32, #rows>
    %a = dlc.add %r, %ones : tensor<8x3xf32, #rows>
    %b = dlc.mul %a, %t : tensor<8x3xf32, #rows>
    %ws = dlc.broadcast %w [1] : tensor<3xf32> to tensor<8x3xf32, #rows>
    %y0 = dlc.mul %x, %ws : tensor<8x3xf32, #rows>
    %y = dlc.mul %y0, %b : tensor<8x3xf32, #rows>
    %half = dlc.slice %y [0, 0] [8, 1] [1, 1] : tensor<8x3xf32, #rows>
    %dw = dlc.reduce sum %y [0] : tensor<8x3xf32, #rows>
    %s = dlc.reduce sum %half [0, 1] : tensor<8x1xf32, #rows>
    %loss = dlc.div %s, %count : tensor<f32>
    %new = dlc.sub %w, %dw : tensor<3xf32>
    dlc.write @w, %new : tensor<3xf32>
    return %loss, %y : tensor<f32>, tensor<8x3xf32, #rows>
  }
  // CHECK-LABEL: func.func private @train_step.part
  // CHECK-SAME: (%[[X:[a-z0-9]+]]: tensor<2x3xf32, #{{.*}}>) -> tensor<2x3xf32, #{{.*}}> attributes {dlc.batch = 2 : i64, dlc.entry = "train", dlc.part}
  // CHECK: %[[FIRST:.*]] = dlc.read @"$first_row"
  // CHECK: %[[THREE:.*]] = dlc.constant dense<3>
  // CHECK: %[[BEFORE:.*]] = dlc.mul %[[FIRST]], %[[THREE]]
  // CHECK: dlc.random uniform(%{{.*}}, %{{.*}}, %[[BEFORE]]) path 1 : tensor<i64>, tensor<i64>, tensor<i64> -> tensor<2x3xf32, #{{.*}}>
  // CHECK: dlc.random uniform(%{{.*}}, %{{.*}}, %{{.*}}) path 2 whole [3, 8] : tensor<i64>, tensor<i64>, tensor<i64> -> tensor<3x2xf32,
  // CHECK: dlc.constant dense<1.000000e+00> : tensor<2x3xf32, #{{.*}}>
  // CHECK: dlc.slice %{{.*}} [0, 0] [2, 1] [1, 1] : tensor<2x3xf32, #{{.*}}>
  // CHECK: %[[DW:.*]] = dlc.reduce sum %{{.*}} [0] : tensor<2x3xf32
  // CHECK: %[[BEGIN:.*]] = dlc.compare eq %[[FIRST]]
  // CHECK: %[[OLD:.*]] = dlc.read @"train_step/sum_1"
  // CHECK: %[[BEGINS:.*]] = dlc.broadcast %[[BEGIN]] []
  // CHECK: %[[BASE:.*]] = dlc.select %[[BEGINS]], %{{.*}}, %[[OLD]]
  // CHECK: %[[SUM:.*]] = dlc.add %[[BASE]], %[[DW]]
  // CHECK: dlc.write @"train_step/sum_1", %[[SUM]]
}

// -----

// A state with a row for each row is read and stored by rows. A recurrence runs
// whole in each part, and the weight's gradient that it adds up from step to
// step is one sum, of f32 at least. What neither has rows nor needs a sum is
// computed in the part and behind it.
#rows = #dlc.dims<"batch", "">
#steps = #dlc.dims<"", "batch", "">
module @m attributes {dlc.batch = 4 : i64, dlc.model = "m"} {
  dlc.variable state @h : tensor<4x3xf16, #rows>
  dlc.variable parameter @w : tensor<3xf16> {trainable}
  // CHECK: dlc.variable sum @"train_step/sum_0" : tensor<3xf32>
  // CHECK-LABEL: func.func @train_step
  // CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<4x3xf16
  // CHECK: %[[H:.*]] = dlc.read @h
  // CHECK: %[[ALL:.*]]:2 = dlc.parts @train_step.part 2(%[[H]], %[[X]]) sums [@"train_step/sum_0"]
  // CHECK: %[[DW:.*]] = dlc.cast %[[ALL]]#1 : tensor<3xf32> to tensor<3xf16>
  // CHECK: %[[W:.*]] = dlc.read @w
  // CHECK: %[[W2:.*]] = dlc.exp %[[W]]
  // CHECK: %[[NEW:.*]] = dlc.sub %[[W2]], %[[DW]]
  // CHECK-NEXT: dlc.write @h, %[[ALL]]#0
  // CHECK-NEXT: dlc.write @w, %[[NEW]]
  func.func @train_step(%x: tensor<4x3xf16, #rows>) attributes {dlc.entry = "train", dlc.parts = 2 : i64} {
    %w = dlc.read @w : tensor<3xf16>
    %h = dlc.read @h : tensor<4x3xf16, #rows>
    %e = dlc.exp %w : tensor<3xf16>
    %zero = dlc.constant dense<0.0> : tensor<3xf16>
    %xs = dlc.broadcast %x [1, 2] : tensor<4x3xf16, #rows> to tensor<5x4x3xf16, #steps>
    %ys, %last, %sum = dlc.scan 5 (%x_t in %xs : tensor<5x4x3xf16, #steps>)
        carry (%h_t from %h : tensor<4x3xf16, #rows>, %s_t from %zero : tensor<3xf16>)
        use (%e as %u : tensor<3xf16>)
        -> (tensor<5x4x3xf16, #steps>, tensor<4x3xf16, #rows>, tensor<3xf16>) {
      %0 = dlc.broadcast %u [1] : tensor<3xf16> to tensor<4x3xf16, #rows>
      %1 = dlc.mul %h_t, %0 : tensor<4x3xf16, #rows>
      %2 = dlc.add %1, %x_t : tensor<4x3xf16, #rows>
      %3 = dlc.reduce sum %2 [0] : tensor<4x3xf16, #rows>
      %4 = dlc.add %s_t, %3 : tensor<3xf16>
      dlc.yield %2, %2, %4 : tensor<4x3xf16, #rows>, tensor<4x3xf16, #rows>, tensor<3xf16>
    }
    %new = dlc.sub %e, %sum : tensor<3xf16>
    dlc.write @h, %last : tensor<4x3xf16, #rows>
    dlc.write @w, %new : tensor<3xf16>
    return
  }
  // CHECK-LABEL: func.func private @train_step.part
  // CHECK-SAME: (%[[OWN:[a-z0-9]+]]: tensor<2x3xf16, {{.*}}>, %{{.*}}: tensor<2x3xf16, {{.*}}>) -> tensor<2x3xf16, #{{.*}}>
  // CHECK: dlc.exp
  // CHECK: %[[LOOP:.*]]:3 = dlc.scan 5 (%{{.*}} in %{{.*}} : tensor<5x2x3xf16, {{.*}}>) carry (%{{.*}} from %[[OWN]] : tensor<2x3xf16, {{.*}}>, %{{.*}} from %{{.*}} : tensor<3xf16>)
  // CHECK: dlc.mul %{{.*}} : tensor<2x3xf16
  // CHECK: %[[WIDE:.*]] = dlc.cast %[[LOOP]]#2 : tensor<3xf16> to tensor<3xf32>
  // CHECK: dlc.add %{{.*}}, %[[WIDE]]
  // CHECK: return %[[LOOP]]#1
}

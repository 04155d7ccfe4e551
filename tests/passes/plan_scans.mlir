// RUN: dlcc-opt --dlc-order-updates --dlc-plan-memory %s | FileCheck %s

module @m attributes {dlc.model = "m", dlc.batch = 2 : i64} {
// A loop of constant steps. The slice of an input and of a stacked output is
// an address that moves by the slice's bytes, against the order of a reversed
// scan; a value that is stacked and carried is carried as its address there.
// CHECK-LABEL: func.func @stacked
// CHECK-SAME: %[[ARENA:[a-z0-9]*]]: memref<{{[0-9]+}}xi8>) attributes
// CHECK: call @make(%{{.*}}, %{{.*}}) {dlc.offsets = array<i64: [[X:[0-9]+]]>}
// CHECK: %[[FIVE:.*]] = arith.constant 5
// CHECK: %[[ONE:.*]] = arith.constant 1
// CHECK: scf.for %[[I:.*]] = %{{.*}} to %[[FIVE]] step %[[ONE]] iter_args(%[[H:.*]] = %{{.*}}) -> (memref<2x4xf32>)
// CHECK: %[[LAST:.*]] = arith.constant 4
// CHECK: %[[AT:.*]] = arith.subi %[[LAST]], %[[I]]
// CHECK: %[[BYTES:.*]] = arith.constant 32
// CHECK: %[[MOVED:.*]] = arith.muli %[[AT]], %[[BYTES]]
// CHECK: arith.addi %[[MOVED]]
// CHECK: memref.view %[[ARENA]]
// CHECK: %[[NEXT:.*]] = memref.view %[[ARENA]]
// CHECK: call @add(%[[H]], %{{.*}}, %[[NEXT]])
// CHECK: %[[CARRIED:.*]] = memref.view %[[ARENA]]
// CHECK: scf.yield %[[CARRIED]] : memref<2x4xf32>
func.func @stacked(%x: tensor<5x2x4xf32> {dlc.name = "x"},
                   %h0: tensor<2x4xf32> {dlc.name = "h0"})
    -> (tensor<5x2x4xf32> {dlc.name = "y"}) attributes {dlc.entry = "forward"} {
  %z = call @make(%x) : (tensor<5x2x4xf32>) -> tensor<5x2x4xf32>
  %ys, %h = dlc.scan 5 reverse (%x_t in %z : tensor<5x2x4xf32>)
      carry (%h_t from %h0 : tensor<2x4xf32>)
      -> (tensor<5x2x4xf32>, tensor<2x4xf32>) {
    %0 = func.call @add(%h_t, %x_t) : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
    dlc.yield %0, %0 : tensor<2x4xf32>, tensor<2x4xf32>
  }
  %y = call @make(%ys) : (tensor<5x2x4xf32>) -> tensor<5x2x4xf32>
  return %y : tensor<5x2x4xf32>
}

func.func private @make(%x: tensor<5x2x4xf32>) -> tensor<5x2x4xf32> attributes {dlc.kernel = "make", dlc.phase = "forward"} {
  return %x : tensor<5x2x4xf32>
}
func.func private @add(%a: tensor<2x4xf32>, %b: tensor<2x4xf32>) -> tensor<2x4xf32> attributes {dlc.kernel = "add", dlc.phase = "forward"} {
  return %a : tensor<2x4xf32>
}
}

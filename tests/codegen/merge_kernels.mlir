// RUN: dlcc-opt %s --dlc-merge-kernels | FileCheck %s

// Twins become one, whose calls say what people read of the other; a kernel
// with another number of tasks stays.
// CHECK-LABEL: func.func @forward
// CHECK: call @net.relu(%{{.*}}, %{{.*}}) :
// CHECK: call @net.relu(%{{.*}}, %{{.*}}) {dlc.kernel = "relu_1", dlc.line = 3 : i64, dlc.phase = "forward"}
// CHECK: call @net.relu_2(%{{.*}}, %{{.*}}) :
// CHECK: func.func private @net.relu(
// CHECK-NOT: @net.relu_1(
// CHECK: func.func private @net.relu_2(
#i = affine_map<(i) -> (i)>
module @net attributes {dlc.model = "net"} {
  func.func @forward(%a: memref<8xf32>, %b: memref<8xf32>, %c: memref<8xf32>)
      attributes {dlc.entry = "forward", dlc.inputs = 1 : i64} {
    call @net.relu(%a, %b) : (memref<8xf32>, memref<8xf32>) -> ()
    call @net.relu_1(%b, %c) : (memref<8xf32>, memref<8xf32>) -> ()
    call @net.relu_2(%c, %b) : (memref<8xf32>, memref<8xf32>) -> ()
    return
  }
  func.func private @net.relu(%x: memref<8xf32>, %y: memref<8xf32>)
      attributes {dlc.kernel = "relu", dlc.line = 2 : i64, dlc.phase = "forward", dlc.tasks = 1 : i64} {
    %0 = bufferization.to_tensor %x restrict : memref<8xf32> to tensor<8xf32>
    bufferization.materialize_in_destination %0 in restrict writable %y : (tensor<8xf32>, memref<8xf32>) -> ()
    return
  }
  func.func private @net.relu_1(%x: memref<8xf32>, %y: memref<8xf32>)
      attributes {dlc.kernel = "relu_1", dlc.line = 3 : i64, dlc.phase = "forward", dlc.tasks = 1 : i64} {
    %0 = bufferization.to_tensor %x restrict : memref<8xf32> to tensor<8xf32>
    bufferization.materialize_in_destination %0 in restrict writable %y : (tensor<8xf32>, memref<8xf32>) -> ()
    return
  }
  func.func private @net.relu_2(%x: memref<8xf32>, %y: memref<8xf32>)
      attributes {dlc.kernel = "relu_2", dlc.line = 4 : i64, dlc.phase = "forward", dlc.tasks = 2 : i64} {
    %0 = bufferization.to_tensor %x restrict : memref<8xf32> to tensor<8xf32>
    bufferization.materialize_in_destination %0 in restrict writable %y : (tensor<8xf32>, memref<8xf32>) -> ()
    return
  }
}

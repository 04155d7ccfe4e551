// RUN: dlcc-opt %s --dlc-expand-narrow-casts --split-input-file | FileCheck %s

// A bf16 is the upper half of an f32.
// CHECK-LABEL: func.func @widen
// CHECK: %[[BITS:.*]] = arith.bitcast %{{.*}} : vector<16xbf16> to vector<16xi16>
// CHECK: %[[WIDE:.*]] = arith.extui %[[BITS]] : vector<16xi16> to vector<16xi32>
// CHECK: %[[SHIFTED:.*]] = arith.shli %[[WIDE]], %{{.*}} : vector<16xi32>
// CHECK: arith.bitcast %[[SHIFTED]] : vector<16xi32> to vector<16xf32>
func.func @widen(%x: vector<16xbf16>) -> vector<16xf32> {
  %y = arith.extf %x : vector<16xbf16> to vector<16xf32>
  return %y : vector<16xf32>
}

// Twice rounded, the first time to odd.
// CHECK-LABEL: func.func @from_double
// CHECK: arith.truncf %{{.*}} : f64 to f32
// CHECK: arith.ori
// CHECK-NOT: arith.truncf
// CHECK: arith.bitcast %{{.*}} : i16 to f16
func.func @from_double(%x: f64) -> f16 {
  %y = arith.truncf %x : f64 to f16
  return %y : f16
}

// CHECK-LABEL: func.func @from_integer
// CHECK: arith.sitofp %{{.*}} : i64 to f64
// CHECK-NOT: to bf16{{$}}
// CHECK: arith.bitcast %{{.*}} : i16 to bf16
func.func @from_integer(%x: i64) -> bf16 {
  %y = arith.sitofp %x : i64 to bf16
  return %y : bf16
}

// -----

// With an instruction for f32, f64 takes the step of rounding to odd only.
// CHECK-LABEL: func.func @half
// CHECK: arith.truncf %{{.*}} : f32 to f16
// CHECK: arith.truncf %{{.*}} : f64 to f32
// CHECK: arith.truncf %{{.*}} : f32 to f16
module attributes {dlc.target = #dlc.target<kind = "cpu", triple = "x86_64-linux-gnu", cpu = "x86-64-v3", features = "+avx2,+f16c,+fma", vector_bytes = 32, registers = 16, alignment = 64, l1_bytes = 32768, l2_bytes = 524288, l3_bytes = 8388608>} {
  func.func @half(%x: f32, %y: f64) -> (f16, f16) {
    %0 = arith.truncf %x : f32 to f16
    %1 = arith.truncf %y : f64 to f16
    return %0, %1 : f16, f16
  }
}

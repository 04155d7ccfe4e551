// Every elementwise op keeps its text through printing and parsing.
// RUN: dlcc-opt %s | dlcc-opt | FileCheck %s
// RUN: dlcc-opt %s -mlir-print-op-generic | dlcc-opt | FileCheck %s

// CHECK-LABEL: func.func @unary_float
func.func @unary_float(%x: tensor<4x3xf32, #dlc.dims<"batch", "">>) {
  // CHECK: dlc.exp %{{.*}} : tensor<4x3xf32, #dlc.dims<"batch", "">>
  %exp = dlc.exp %x : tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.expm1 %{{.*}} : tensor<4x3xf32, #dlc.dims<"batch", "">>
  %expm1 = dlc.expm1 %x : tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.log %{{.*}} : tensor<4x3xf32, #dlc.dims<"batch", "">>
  %log = dlc.log %x : tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.log1p %{{.*}} : tensor<4x3xf32, #dlc.dims<"batch", "">>
  %log1p = dlc.log1p %x : tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.sqrt %{{.*}} : tensor<4x3xf32, #dlc.dims<"batch", "">>
  %sqrt = dlc.sqrt %x : tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.rsqrt %{{.*}} : tensor<4x3xf32, #dlc.dims<"batch", "">>
  %rsqrt = dlc.rsqrt %x : tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.sin %{{.*}} : tensor<4x3xf32, #dlc.dims<"batch", "">>
  %sin = dlc.sin %x : tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.cos %{{.*}} : tensor<4x3xf32, #dlc.dims<"batch", "">>
  %cos = dlc.cos %x : tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.tanh %{{.*}} : tensor<4x3xf32, #dlc.dims<"batch", "">>
  %tanh = dlc.tanh %x : tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.sigmoid %{{.*}} : tensor<4x3xf32, #dlc.dims<"batch", "">>
  %sigmoid = dlc.sigmoid %x : tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.erf %{{.*}} : tensor<4x3xf32, #dlc.dims<"batch", "">>
  %erf = dlc.erf %x : tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.floor %{{.*}} : tensor<4x3xf32, #dlc.dims<"batch", "">>
  %floor = dlc.floor %x : tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.ceil %{{.*}} : tensor<4x3xf32, #dlc.dims<"batch", "">>
  %ceil = dlc.ceil %x : tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.round %{{.*}} : tensor<4x3xf32, #dlc.dims<"batch", "">>
  %round = dlc.round %x : tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.neg %{{.*}} : tensor<4x3xf32, #dlc.dims<"batch", "">>
  %neg = dlc.neg %x : tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.abs %{{.*}} : tensor<4x3xf32, #dlc.dims<"batch", "">>
  %abs = dlc.abs %x : tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.sign %{{.*}} : tensor<4x3xf32, #dlc.dims<"batch", "">>
  %sign = dlc.sign %x : tensor<4x3xf32, #dlc.dims<"batch", "">>
  // CHECK: dlc.stop_gradient %{{.*}} : tensor<4x3xf32, #dlc.dims<"batch", "">>
  %stop_gradient = dlc.stop_gradient %x : tensor<4x3xf32, #dlc.dims<"batch", "">>
  return
}

// CHECK-LABEL: func.func @binary_float
func.func @binary_float(%a: tensor<3xbf16>, %b: tensor<3xbf16>) {
  // CHECK: dlc.add %{{.*}}, %{{.*}} : tensor<3xbf16>
  %add = dlc.add %a, %b : tensor<3xbf16>
  // CHECK: dlc.sub %{{.*}}, %{{.*}} : tensor<3xbf16>
  %sub = dlc.sub %a, %b : tensor<3xbf16>
  // CHECK: dlc.mul %{{.*}}, %{{.*}} : tensor<3xbf16>
  %mul = dlc.mul %a, %b : tensor<3xbf16>
  // CHECK: dlc.div %{{.*}}, %{{.*}} : tensor<3xbf16>
  %div = dlc.div %a, %b : tensor<3xbf16>
  // CHECK: dlc.rem %{{.*}}, %{{.*}} : tensor<3xbf16>
  %rem = dlc.rem %a, %b : tensor<3xbf16>
  // CHECK: dlc.pow %{{.*}}, %{{.*}} : tensor<3xbf16>
  %pow = dlc.pow %a, %b : tensor<3xbf16>
  // CHECK: dlc.max %{{.*}}, %{{.*}} : tensor<3xbf16>
  %max = dlc.max %a, %b : tensor<3xbf16>
  // CHECK: dlc.min %{{.*}}, %{{.*}} : tensor<3xbf16>
  %min = dlc.min %a, %b : tensor<3xbf16>
  return
}

// CHECK-LABEL: func.func @integers
func.func @integers(%a: tensor<2xui8>, %b: tensor<2xui8>) {
  // CHECK: dlc.and %{{.*}}, %{{.*}} : tensor<2xui8>
  %and = dlc.and %a, %b : tensor<2xui8>
  // CHECK: dlc.or %{{.*}}, %{{.*}} : tensor<2xui8>
  %or = dlc.or %a, %b : tensor<2xui8>
  // CHECK: dlc.xor %{{.*}}, %{{.*}} : tensor<2xui8>
  %xor = dlc.xor %a, %b : tensor<2xui8>
  // CHECK: dlc.add %{{.*}}, %{{.*}} : tensor<2xui8>
  %add = dlc.add %a, %b : tensor<2xui8>
  // CHECK: dlc.not %{{.*}} : tensor<2xui8>
  %not = dlc.not %a : tensor<2xui8>
  return
}

// CHECK-LABEL: func.func @others
func.func @others(%a: tensor<4xf32>, %b: tensor<4xf32>) {
  // CHECK: dlc.compare eq %{{.*}}, %{{.*}} : tensor<4xf32>
  %eq = dlc.compare eq %a, %b : tensor<4xf32>
  // CHECK: dlc.compare ne %{{.*}}, %{{.*}} : tensor<4xf32>
  %ne = dlc.compare ne %a, %b : tensor<4xf32>
  // CHECK: dlc.compare lt %{{.*}}, %{{.*}} : tensor<4xf32>
  %lt = dlc.compare lt %a, %b : tensor<4xf32>
  // CHECK: dlc.compare le %{{.*}}, %{{.*}} : tensor<4xf32>
  %le = dlc.compare le %a, %b : tensor<4xf32>
  // CHECK: dlc.compare gt %{{.*}}, %{{.*}} : tensor<4xf32>
  %gt = dlc.compare gt %a, %b : tensor<4xf32>
  // CHECK: dlc.compare ge %{{.*}}, %{{.*}} : tensor<4xf32>
  %ge = dlc.compare ge %a, %b : tensor<4xf32>
  // CHECK: dlc.select %{{.*}}, %{{.*}}, %{{.*}} : tensor<4xi1>, tensor<4xf32>
  %s = dlc.select %lt, %a, %b : tensor<4xi1>, tensor<4xf32>
  // CHECK: dlc.cast %{{.*}} : tensor<4xf32> to tensor<4xui8>
  %c = dlc.cast %a : tensor<4xf32> to tensor<4xui8>
  return
}

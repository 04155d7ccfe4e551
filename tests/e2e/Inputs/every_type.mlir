#d = #dlc.dims<"batch", "">
#r = #dlc.dims<"batch">
module @every_type attributes {dlc.model = "every_type", dlc.batch = 5 : i64} {
  func.func @forward(%a: tensor<5x7xf16, #d> {dlc.name = "a"}, %b: tensor<5x7xf16, #d> {dlc.name = "b"})
      -> (tensor<5x7xf16, #d> {dlc.name = "exp"}, tensor<5x7xf16, #d> {dlc.name = "expm1"}, tensor<5x7xf16, #d> {dlc.name = "log"}, tensor<5x7xf16, #d> {dlc.name = "log1p"}, tensor<5x7xf16, #d> {dlc.name = "sqrt"}, tensor<5x7xf16, #d> {dlc.name = "rsqrt"}, tensor<5x7xf16, #d> {dlc.name = "sin"}, tensor<5x7xf16, #d> {dlc.name = "cos"}, tensor<5x7xf16, #d> {dlc.name = "tanh"}, tensor<5x7xf16, #d> {dlc.name = "sigmoid"}, tensor<5x7xf16, #d> {dlc.name = "erf"}, tensor<5x7xf16, #d> {dlc.name = "floor"}, tensor<5x7xf16, #d> {dlc.name = "ceil"}, tensor<5x7xf16, #d> {dlc.name = "round"}, tensor<5x7xf16, #d> {dlc.name = "neg"}, tensor<5x7xf16, #d> {dlc.name = "abs"}, tensor<5x7xf16, #d> {dlc.name = "sign"}, tensor<5x7xf16, #d> {dlc.name = "add"}, tensor<5x7xf16, #d> {dlc.name = "sub"}, tensor<5x7xf16, #d> {dlc.name = "mul"}, tensor<5x7xf16, #d> {dlc.name = "div"}, tensor<5x7xf16, #d> {dlc.name = "rem"}, tensor<5x7xf16, #d> {dlc.name = "max"}, tensor<5x7xf16, #d> {dlc.name = "min"}, tensor<5x7xf16, #d> {dlc.name = "pow"}, tensor<5x7xbf16, #d> {dlc.name = "to_bf16"}, tensor<5x7xf32, #d> {dlc.name = "to_f32"}, tensor<5x7xf64, #d> {dlc.name = "to_f64"}, tensor<5x7xi8, #d> {dlc.name = "to_i8"}, tensor<5x7xi16, #d> {dlc.name = "to_i16"}, tensor<5x7xi32, #d> {dlc.name = "to_i32"}, tensor<5x7xi64, #d> {dlc.name = "to_i64"}, tensor<5x7xui8, #d> {dlc.name = "to_ui8"}, tensor<5x7xui16, #d> {dlc.name = "to_ui16"}, tensor<5x7xui32, #d> {dlc.name = "to_ui32"}, tensor<5x7xui64, #d> {dlc.name = "to_ui64"}, tensor<5x7xi1, #d> {dlc.name = "to_i1"}, tensor<5xf16, #r> {dlc.name = "rsum"}, tensor<5xf16, #r> {dlc.name = "rprod"}, tensor<5xf16, #r> {dlc.name = "rmax"}, tensor<5xf16, #r> {dlc.name = "rmin"}, tensor<7x7xf16> {dlc.name = "product"}, tensor<4xf16> {dlc.name = "uniform"}, tensor<4xf16> {dlc.name = "normal"})
      attributes {dlc.entry = "forward"} {
    %exp = dlc.exp %a : tensor<5x7xf16, #d>
    %expm1 = dlc.expm1 %a : tensor<5x7xf16, #d>
    %log = dlc.log %a : tensor<5x7xf16, #d>
    %log1p = dlc.log1p %a : tensor<5x7xf16, #d>
    %sqrt = dlc.sqrt %a : tensor<5x7xf16, #d>
    %rsqrt = dlc.rsqrt %a : tensor<5x7xf16, #d>
    %sin = dlc.sin %a : tensor<5x7xf16, #d>
    %cos = dlc.cos %a : tensor<5x7xf16, #d>
    %tanh = dlc.tanh %a : tensor<5x7xf16, #d>
    %sigmoid = dlc.sigmoid %a : tensor<5x7xf16, #d>
    %erf = dlc.erf %a : tensor<5x7xf16, #d>
    %floor = dlc.floor %a : tensor<5x7xf16, #d>
    %ceil = dlc.ceil %a : tensor<5x7xf16, #d>
    %round = dlc.round %a : tensor<5x7xf16, #d>
    %neg = dlc.neg %a : tensor<5x7xf16, #d>
    %abs = dlc.abs %a : tensor<5x7xf16, #d>
    %sign = dlc.sign %a : tensor<5x7xf16, #d>
    %add = dlc.add %a, %b : tensor<5x7xf16, #d>
    %sub = dlc.sub %a, %b : tensor<5x7xf16, #d>
    %mul = dlc.mul %a, %b : tensor<5x7xf16, #d>
    %div = dlc.div %a, %b : tensor<5x7xf16, #d>
    %rem = dlc.rem %a, %b : tensor<5x7xf16, #d>
    %max = dlc.max %a, %b : tensor<5x7xf16, #d>
    %min = dlc.min %a, %b : tensor<5x7xf16, #d>
    %pow = dlc.pow %a, %b : tensor<5x7xf16, #d>
    %to_bf16 = dlc.cast %a : tensor<5x7xf16, #d> to tensor<5x7xbf16, #d>
    %to_f32 = dlc.cast %a : tensor<5x7xf16, #d> to tensor<5x7xf32, #d>
    %to_f64 = dlc.cast %a : tensor<5x7xf16, #d> to tensor<5x7xf64, #d>
    %to_i8 = dlc.cast %a : tensor<5x7xf16, #d> to tensor<5x7xi8, #d>
    %to_i16 = dlc.cast %a : tensor<5x7xf16, #d> to tensor<5x7xi16, #d>
    %to_i32 = dlc.cast %a : tensor<5x7xf16, #d> to tensor<5x7xi32, #d>
    %to_i64 = dlc.cast %a : tensor<5x7xf16, #d> to tensor<5x7xi64, #d>
    %to_ui8 = dlc.cast %a : tensor<5x7xf16, #d> to tensor<5x7xui8, #d>
    %to_ui16 = dlc.cast %a : tensor<5x7xf16, #d> to tensor<5x7xui16, #d>
    %to_ui32 = dlc.cast %a : tensor<5x7xf16, #d> to tensor<5x7xui32, #d>
    %to_ui64 = dlc.cast %a : tensor<5x7xf16, #d> to tensor<5x7xui64, #d>
    %to_i1 = dlc.cast %a : tensor<5x7xf16, #d> to tensor<5x7xi1, #d>
    %rsum = dlc.reduce sum %a [1] : tensor<5x7xf16, #d>
    %rprod = dlc.reduce prod %a [1] : tensor<5x7xf16, #d>
    %rmax = dlc.reduce max %a [1] : tensor<5x7xf16, #d>
    %rmin = dlc.reduce min %a [1] : tensor<5x7xf16, #d>
    %product = dlc.contract %a [] [0], %b [] [0] : tensor<5x7xf16, #d>, tensor<5x7xf16, #d>
    %zero = dlc.constant dense<0> : tensor<i64>
    %uniform = dlc.random uniform(%zero, %zero) path 7 : tensor<i64>, tensor<i64> -> tensor<4xf16>
    %normal = dlc.random normal(%zero, %zero) path 7 : tensor<i64>, tensor<i64> -> tensor<4xf16>
    return %exp, %expm1, %log, %log1p, %sqrt, %rsqrt, %sin, %cos, %tanh, %sigmoid, %erf, %floor, %ceil, %round, %neg, %abs, %sign, %add, %sub, %mul, %div, %rem, %max, %min, %pow, %to_bf16, %to_f32, %to_f64, %to_i8, %to_i16, %to_i32, %to_i64, %to_ui8, %to_ui16, %to_ui32, %to_ui64, %to_i1, %rsum, %rprod, %rmax, %rmin, %product, %uniform, %normal : tensor<5x7xf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xf32, #d>, tensor<5x7xf64, #d>, tensor<5x7xi8, #d>, tensor<5x7xi16, #d>, tensor<5x7xi32, #d>, tensor<5x7xi64, #d>, tensor<5x7xui8, #d>, tensor<5x7xui16, #d>, tensor<5x7xui32, #d>, tensor<5x7xui64, #d>, tensor<5x7xi1, #d>, tensor<5xf16, #r>, tensor<5xf16, #r>, tensor<5xf16, #r>, tensor<5xf16, #r>, tensor<7x7xf16>, tensor<4xf16>, tensor<4xf16>
  }

  func.func @of_bf16(%a: tensor<5x7xbf16, #d> {dlc.name = "a"}, %b: tensor<5x7xbf16, #d> {dlc.name = "b"})
      -> (tensor<5x7xbf16, #d> {dlc.name = "exp"}, tensor<5x7xbf16, #d> {dlc.name = "expm1"}, tensor<5x7xbf16, #d> {dlc.name = "log"}, tensor<5x7xbf16, #d> {dlc.name = "log1p"}, tensor<5x7xbf16, #d> {dlc.name = "sqrt"}, tensor<5x7xbf16, #d> {dlc.name = "rsqrt"}, tensor<5x7xbf16, #d> {dlc.name = "sin"}, tensor<5x7xbf16, #d> {dlc.name = "cos"}, tensor<5x7xbf16, #d> {dlc.name = "tanh"}, tensor<5x7xbf16, #d> {dlc.name = "sigmoid"}, tensor<5x7xbf16, #d> {dlc.name = "erf"}, tensor<5x7xbf16, #d> {dlc.name = "floor"}, tensor<5x7xbf16, #d> {dlc.name = "ceil"}, tensor<5x7xbf16, #d> {dlc.name = "round"}, tensor<5x7xbf16, #d> {dlc.name = "neg"}, tensor<5x7xbf16, #d> {dlc.name = "abs"}, tensor<5x7xbf16, #d> {dlc.name = "sign"}, tensor<5x7xbf16, #d> {dlc.name = "add"}, tensor<5x7xbf16, #d> {dlc.name = "sub"}, tensor<5x7xbf16, #d> {dlc.name = "mul"}, tensor<5x7xbf16, #d> {dlc.name = "div"}, tensor<5x7xbf16, #d> {dlc.name = "rem"}, tensor<5x7xbf16, #d> {dlc.name = "max"}, tensor<5x7xbf16, #d> {dlc.name = "min"}, tensor<5x7xbf16, #d> {dlc.name = "pow"}, tensor<5x7xf16, #d> {dlc.name = "to_f16"}, tensor<5x7xf32, #d> {dlc.name = "to_f32"}, tensor<5x7xf64, #d> {dlc.name = "to_f64"}, tensor<5x7xi8, #d> {dlc.name = "to_i8"}, tensor<5x7xi16, #d> {dlc.name = "to_i16"}, tensor<5x7xi32, #d> {dlc.name = "to_i32"}, tensor<5x7xi64, #d> {dlc.name = "to_i64"}, tensor<5x7xui8, #d> {dlc.name = "to_ui8"}, tensor<5x7xui16, #d> {dlc.name = "to_ui16"}, tensor<5x7xui32, #d> {dlc.name = "to_ui32"}, tensor<5x7xui64, #d> {dlc.name = "to_ui64"}, tensor<5x7xi1, #d> {dlc.name = "to_i1"}, tensor<5xbf16, #r> {dlc.name = "rsum"}, tensor<5xbf16, #r> {dlc.name = "rprod"}, tensor<5xbf16, #r> {dlc.name = "rmax"}, tensor<5xbf16, #r> {dlc.name = "rmin"}, tensor<7x7xbf16> {dlc.name = "product"}, tensor<4xbf16> {dlc.name = "uniform"}, tensor<4xbf16> {dlc.name = "normal"})
      attributes {dlc.entry = "forward"} {
    %exp = dlc.exp %a : tensor<5x7xbf16, #d>
    %expm1 = dlc.expm1 %a : tensor<5x7xbf16, #d>
    %log = dlc.log %a : tensor<5x7xbf16, #d>
    %log1p = dlc.log1p %a : tensor<5x7xbf16, #d>
    %sqrt = dlc.sqrt %a : tensor<5x7xbf16, #d>
    %rsqrt = dlc.rsqrt %a : tensor<5x7xbf16, #d>
    %sin = dlc.sin %a : tensor<5x7xbf16, #d>
    %cos = dlc.cos %a : tensor<5x7xbf16, #d>
    %tanh = dlc.tanh %a : tensor<5x7xbf16, #d>
    %sigmoid = dlc.sigmoid %a : tensor<5x7xbf16, #d>
    %erf = dlc.erf %a : tensor<5x7xbf16, #d>
    %floor = dlc.floor %a : tensor<5x7xbf16, #d>
    %ceil = dlc.ceil %a : tensor<5x7xbf16, #d>
    %round = dlc.round %a : tensor<5x7xbf16, #d>
    %neg = dlc.neg %a : tensor<5x7xbf16, #d>
    %abs = dlc.abs %a : tensor<5x7xbf16, #d>
    %sign = dlc.sign %a : tensor<5x7xbf16, #d>
    %add = dlc.add %a, %b : tensor<5x7xbf16, #d>
    %sub = dlc.sub %a, %b : tensor<5x7xbf16, #d>
    %mul = dlc.mul %a, %b : tensor<5x7xbf16, #d>
    %div = dlc.div %a, %b : tensor<5x7xbf16, #d>
    %rem = dlc.rem %a, %b : tensor<5x7xbf16, #d>
    %max = dlc.max %a, %b : tensor<5x7xbf16, #d>
    %min = dlc.min %a, %b : tensor<5x7xbf16, #d>
    %pow = dlc.pow %a, %b : tensor<5x7xbf16, #d>
    %to_f16 = dlc.cast %a : tensor<5x7xbf16, #d> to tensor<5x7xf16, #d>
    %to_f32 = dlc.cast %a : tensor<5x7xbf16, #d> to tensor<5x7xf32, #d>
    %to_f64 = dlc.cast %a : tensor<5x7xbf16, #d> to tensor<5x7xf64, #d>
    %to_i8 = dlc.cast %a : tensor<5x7xbf16, #d> to tensor<5x7xi8, #d>
    %to_i16 = dlc.cast %a : tensor<5x7xbf16, #d> to tensor<5x7xi16, #d>
    %to_i32 = dlc.cast %a : tensor<5x7xbf16, #d> to tensor<5x7xi32, #d>
    %to_i64 = dlc.cast %a : tensor<5x7xbf16, #d> to tensor<5x7xi64, #d>
    %to_ui8 = dlc.cast %a : tensor<5x7xbf16, #d> to tensor<5x7xui8, #d>
    %to_ui16 = dlc.cast %a : tensor<5x7xbf16, #d> to tensor<5x7xui16, #d>
    %to_ui32 = dlc.cast %a : tensor<5x7xbf16, #d> to tensor<5x7xui32, #d>
    %to_ui64 = dlc.cast %a : tensor<5x7xbf16, #d> to tensor<5x7xui64, #d>
    %to_i1 = dlc.cast %a : tensor<5x7xbf16, #d> to tensor<5x7xi1, #d>
    %rsum = dlc.reduce sum %a [1] : tensor<5x7xbf16, #d>
    %rprod = dlc.reduce prod %a [1] : tensor<5x7xbf16, #d>
    %rmax = dlc.reduce max %a [1] : tensor<5x7xbf16, #d>
    %rmin = dlc.reduce min %a [1] : tensor<5x7xbf16, #d>
    %product = dlc.contract %a [] [0], %b [] [0] : tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>
    %zero = dlc.constant dense<0> : tensor<i64>
    %uniform = dlc.random uniform(%zero, %zero) path 7 : tensor<i64>, tensor<i64> -> tensor<4xbf16>
    %normal = dlc.random normal(%zero, %zero) path 7 : tensor<i64>, tensor<i64> -> tensor<4xbf16>
    return %exp, %expm1, %log, %log1p, %sqrt, %rsqrt, %sin, %cos, %tanh, %sigmoid, %erf, %floor, %ceil, %round, %neg, %abs, %sign, %add, %sub, %mul, %div, %rem, %max, %min, %pow, %to_f16, %to_f32, %to_f64, %to_i8, %to_i16, %to_i32, %to_i64, %to_ui8, %to_ui16, %to_ui32, %to_ui64, %to_i1, %rsum, %rprod, %rmax, %rmin, %product, %uniform, %normal : tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xf16, #d>, tensor<5x7xf32, #d>, tensor<5x7xf64, #d>, tensor<5x7xi8, #d>, tensor<5x7xi16, #d>, tensor<5x7xi32, #d>, tensor<5x7xi64, #d>, tensor<5x7xui8, #d>, tensor<5x7xui16, #d>, tensor<5x7xui32, #d>, tensor<5x7xui64, #d>, tensor<5x7xi1, #d>, tensor<5xbf16, #r>, tensor<5xbf16, #r>, tensor<5xbf16, #r>, tensor<5xbf16, #r>, tensor<7x7xbf16>, tensor<4xbf16>, tensor<4xbf16>
  }

  func.func @of_f32(%a: tensor<5x7xf32, #d> {dlc.name = "a"}, %b: tensor<5x7xf32, #d> {dlc.name = "b"})
      -> (tensor<5x7xf32, #d> {dlc.name = "exp"}, tensor<5x7xf32, #d> {dlc.name = "expm1"}, tensor<5x7xf32, #d> {dlc.name = "log"}, tensor<5x7xf32, #d> {dlc.name = "log1p"}, tensor<5x7xf32, #d> {dlc.name = "sqrt"}, tensor<5x7xf32, #d> {dlc.name = "rsqrt"}, tensor<5x7xf32, #d> {dlc.name = "sin"}, tensor<5x7xf32, #d> {dlc.name = "cos"}, tensor<5x7xf32, #d> {dlc.name = "tanh"}, tensor<5x7xf32, #d> {dlc.name = "sigmoid"}, tensor<5x7xf32, #d> {dlc.name = "erf"}, tensor<5x7xf32, #d> {dlc.name = "floor"}, tensor<5x7xf32, #d> {dlc.name = "ceil"}, tensor<5x7xf32, #d> {dlc.name = "round"}, tensor<5x7xf32, #d> {dlc.name = "neg"}, tensor<5x7xf32, #d> {dlc.name = "abs"}, tensor<5x7xf32, #d> {dlc.name = "sign"}, tensor<5x7xf32, #d> {dlc.name = "add"}, tensor<5x7xf32, #d> {dlc.name = "sub"}, tensor<5x7xf32, #d> {dlc.name = "mul"}, tensor<5x7xf32, #d> {dlc.name = "div"}, tensor<5x7xf32, #d> {dlc.name = "rem"}, tensor<5x7xf32, #d> {dlc.name = "max"}, tensor<5x7xf32, #d> {dlc.name = "min"}, tensor<5x7xf32, #d> {dlc.name = "pow"}, tensor<5x7xf16, #d> {dlc.name = "to_f16"}, tensor<5x7xbf16, #d> {dlc.name = "to_bf16"}, tensor<5x7xf64, #d> {dlc.name = "to_f64"}, tensor<5x7xi8, #d> {dlc.name = "to_i8"}, tensor<5x7xi16, #d> {dlc.name = "to_i16"}, tensor<5x7xi32, #d> {dlc.name = "to_i32"}, tensor<5x7xi64, #d> {dlc.name = "to_i64"}, tensor<5x7xui8, #d> {dlc.name = "to_ui8"}, tensor<5x7xui16, #d> {dlc.name = "to_ui16"}, tensor<5x7xui32, #d> {dlc.name = "to_ui32"}, tensor<5x7xui64, #d> {dlc.name = "to_ui64"}, tensor<5x7xi1, #d> {dlc.name = "to_i1"}, tensor<5xf32, #r> {dlc.name = "rsum"}, tensor<5xf32, #r> {dlc.name = "rprod"}, tensor<5xf32, #r> {dlc.name = "rmax"}, tensor<5xf32, #r> {dlc.name = "rmin"}, tensor<7x7xf32> {dlc.name = "product"}, tensor<4xf32> {dlc.name = "uniform"}, tensor<4xf32> {dlc.name = "normal"})
      attributes {dlc.entry = "forward"} {
    %exp = dlc.exp %a : tensor<5x7xf32, #d>
    %expm1 = dlc.expm1 %a : tensor<5x7xf32, #d>
    %log = dlc.log %a : tensor<5x7xf32, #d>
    %log1p = dlc.log1p %a : tensor<5x7xf32, #d>
    %sqrt = dlc.sqrt %a : tensor<5x7xf32, #d>
    %rsqrt = dlc.rsqrt %a : tensor<5x7xf32, #d>
    %sin = dlc.sin %a : tensor<5x7xf32, #d>
    %cos = dlc.cos %a : tensor<5x7xf32, #d>
    %tanh = dlc.tanh %a : tensor<5x7xf32, #d>
    %sigmoid = dlc.sigmoid %a : tensor<5x7xf32, #d>
    %erf = dlc.erf %a : tensor<5x7xf32, #d>
    %floor = dlc.floor %a : tensor<5x7xf32, #d>
    %ceil = dlc.ceil %a : tensor<5x7xf32, #d>
    %round = dlc.round %a : tensor<5x7xf32, #d>
    %neg = dlc.neg %a : tensor<5x7xf32, #d>
    %abs = dlc.abs %a : tensor<5x7xf32, #d>
    %sign = dlc.sign %a : tensor<5x7xf32, #d>
    %add = dlc.add %a, %b : tensor<5x7xf32, #d>
    %sub = dlc.sub %a, %b : tensor<5x7xf32, #d>
    %mul = dlc.mul %a, %b : tensor<5x7xf32, #d>
    %div = dlc.div %a, %b : tensor<5x7xf32, #d>
    %rem = dlc.rem %a, %b : tensor<5x7xf32, #d>
    %max = dlc.max %a, %b : tensor<5x7xf32, #d>
    %min = dlc.min %a, %b : tensor<5x7xf32, #d>
    %pow = dlc.pow %a, %b : tensor<5x7xf32, #d>
    %to_f16 = dlc.cast %a : tensor<5x7xf32, #d> to tensor<5x7xf16, #d>
    %to_bf16 = dlc.cast %a : tensor<5x7xf32, #d> to tensor<5x7xbf16, #d>
    %to_f64 = dlc.cast %a : tensor<5x7xf32, #d> to tensor<5x7xf64, #d>
    %to_i8 = dlc.cast %a : tensor<5x7xf32, #d> to tensor<5x7xi8, #d>
    %to_i16 = dlc.cast %a : tensor<5x7xf32, #d> to tensor<5x7xi16, #d>
    %to_i32 = dlc.cast %a : tensor<5x7xf32, #d> to tensor<5x7xi32, #d>
    %to_i64 = dlc.cast %a : tensor<5x7xf32, #d> to tensor<5x7xi64, #d>
    %to_ui8 = dlc.cast %a : tensor<5x7xf32, #d> to tensor<5x7xui8, #d>
    %to_ui16 = dlc.cast %a : tensor<5x7xf32, #d> to tensor<5x7xui16, #d>
    %to_ui32 = dlc.cast %a : tensor<5x7xf32, #d> to tensor<5x7xui32, #d>
    %to_ui64 = dlc.cast %a : tensor<5x7xf32, #d> to tensor<5x7xui64, #d>
    %to_i1 = dlc.cast %a : tensor<5x7xf32, #d> to tensor<5x7xi1, #d>
    %rsum = dlc.reduce sum %a [1] : tensor<5x7xf32, #d>
    %rprod = dlc.reduce prod %a [1] : tensor<5x7xf32, #d>
    %rmax = dlc.reduce max %a [1] : tensor<5x7xf32, #d>
    %rmin = dlc.reduce min %a [1] : tensor<5x7xf32, #d>
    %product = dlc.contract %a [] [0], %b [] [0] : tensor<5x7xf32, #d>, tensor<5x7xf32, #d>
    %zero = dlc.constant dense<0> : tensor<i64>
    %uniform = dlc.random uniform(%zero, %zero) path 7 : tensor<i64>, tensor<i64> -> tensor<4xf32>
    %normal = dlc.random normal(%zero, %zero) path 7 : tensor<i64>, tensor<i64> -> tensor<4xf32>
    return %exp, %expm1, %log, %log1p, %sqrt, %rsqrt, %sin, %cos, %tanh, %sigmoid, %erf, %floor, %ceil, %round, %neg, %abs, %sign, %add, %sub, %mul, %div, %rem, %max, %min, %pow, %to_f16, %to_bf16, %to_f64, %to_i8, %to_i16, %to_i32, %to_i64, %to_ui8, %to_ui16, %to_ui32, %to_ui64, %to_i1, %rsum, %rprod, %rmax, %rmin, %product, %uniform, %normal : tensor<5x7xf32, #d>, tensor<5x7xf32, #d>, tensor<5x7xf32, #d>, tensor<5x7xf32, #d>, tensor<5x7xf32, #d>, tensor<5x7xf32, #d>, tensor<5x7xf32, #d>, tensor<5x7xf32, #d>, tensor<5x7xf32, #d>, tensor<5x7xf32, #d>, tensor<5x7xf32, #d>, tensor<5x7xf32, #d>, tensor<5x7xf32, #d>, tensor<5x7xf32, #d>, tensor<5x7xf32, #d>, tensor<5x7xf32, #d>, tensor<5x7xf32, #d>, tensor<5x7xf32, #d>, tensor<5x7xf32, #d>, tensor<5x7xf32, #d>, tensor<5x7xf32, #d>, tensor<5x7xf32, #d>, tensor<5x7xf32, #d>, tensor<5x7xf32, #d>, tensor<5x7xf32, #d>, tensor<5x7xf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xf64, #d>, tensor<5x7xi8, #d>, tensor<5x7xi16, #d>, tensor<5x7xi32, #d>, tensor<5x7xi64, #d>, tensor<5x7xui8, #d>, tensor<5x7xui16, #d>, tensor<5x7xui32, #d>, tensor<5x7xui64, #d>, tensor<5x7xi1, #d>, tensor<5xf32, #r>, tensor<5xf32, #r>, tensor<5xf32, #r>, tensor<5xf32, #r>, tensor<7x7xf32>, tensor<4xf32>, tensor<4xf32>
  }

  func.func @of_f64(%a: tensor<5x7xf64, #d> {dlc.name = "a"}, %b: tensor<5x7xf64, #d> {dlc.name = "b"})
      -> (tensor<5x7xf64, #d> {dlc.name = "exp"}, tensor<5x7xf64, #d> {dlc.name = "expm1"}, tensor<5x7xf64, #d> {dlc.name = "log"}, tensor<5x7xf64, #d> {dlc.name = "log1p"}, tensor<5x7xf64, #d> {dlc.name = "sqrt"}, tensor<5x7xf64, #d> {dlc.name = "rsqrt"}, tensor<5x7xf64, #d> {dlc.name = "sin"}, tensor<5x7xf64, #d> {dlc.name = "cos"}, tensor<5x7xf64, #d> {dlc.name = "tanh"}, tensor<5x7xf64, #d> {dlc.name = "sigmoid"}, tensor<5x7xf64, #d> {dlc.name = "erf"}, tensor<5x7xf64, #d> {dlc.name = "floor"}, tensor<5x7xf64, #d> {dlc.name = "ceil"}, tensor<5x7xf64, #d> {dlc.name = "round"}, tensor<5x7xf64, #d> {dlc.name = "neg"}, tensor<5x7xf64, #d> {dlc.name = "abs"}, tensor<5x7xf64, #d> {dlc.name = "sign"}, tensor<5x7xf64, #d> {dlc.name = "add"}, tensor<5x7xf64, #d> {dlc.name = "sub"}, tensor<5x7xf64, #d> {dlc.name = "mul"}, tensor<5x7xf64, #d> {dlc.name = "div"}, tensor<5x7xf64, #d> {dlc.name = "rem"}, tensor<5x7xf64, #d> {dlc.name = "max"}, tensor<5x7xf64, #d> {dlc.name = "min"}, tensor<5x7xf64, #d> {dlc.name = "pow"}, tensor<5x7xf16, #d> {dlc.name = "to_f16"}, tensor<5x7xbf16, #d> {dlc.name = "to_bf16"}, tensor<5x7xf32, #d> {dlc.name = "to_f32"}, tensor<5x7xi8, #d> {dlc.name = "to_i8"}, tensor<5x7xi16, #d> {dlc.name = "to_i16"}, tensor<5x7xi32, #d> {dlc.name = "to_i32"}, tensor<5x7xi64, #d> {dlc.name = "to_i64"}, tensor<5x7xui8, #d> {dlc.name = "to_ui8"}, tensor<5x7xui16, #d> {dlc.name = "to_ui16"}, tensor<5x7xui32, #d> {dlc.name = "to_ui32"}, tensor<5x7xui64, #d> {dlc.name = "to_ui64"}, tensor<5x7xi1, #d> {dlc.name = "to_i1"}, tensor<5xf64, #r> {dlc.name = "rsum"}, tensor<5xf64, #r> {dlc.name = "rprod"}, tensor<5xf64, #r> {dlc.name = "rmax"}, tensor<5xf64, #r> {dlc.name = "rmin"}, tensor<7x7xf64> {dlc.name = "product"}, tensor<4xf64> {dlc.name = "uniform"}, tensor<4xf64> {dlc.name = "normal"})
      attributes {dlc.entry = "forward"} {
    %exp = dlc.exp %a : tensor<5x7xf64, #d>
    %expm1 = dlc.expm1 %a : tensor<5x7xf64, #d>
    %log = dlc.log %a : tensor<5x7xf64, #d>
    %log1p = dlc.log1p %a : tensor<5x7xf64, #d>
    %sqrt = dlc.sqrt %a : tensor<5x7xf64, #d>
    %rsqrt = dlc.rsqrt %a : tensor<5x7xf64, #d>
    %sin = dlc.sin %a : tensor<5x7xf64, #d>
    %cos = dlc.cos %a : tensor<5x7xf64, #d>
    %tanh = dlc.tanh %a : tensor<5x7xf64, #d>
    %sigmoid = dlc.sigmoid %a : tensor<5x7xf64, #d>
    %erf = dlc.erf %a : tensor<5x7xf64, #d>
    %floor = dlc.floor %a : tensor<5x7xf64, #d>
    %ceil = dlc.ceil %a : tensor<5x7xf64, #d>
    %round = dlc.round %a : tensor<5x7xf64, #d>
    %neg = dlc.neg %a : tensor<5x7xf64, #d>
    %abs = dlc.abs %a : tensor<5x7xf64, #d>
    %sign = dlc.sign %a : tensor<5x7xf64, #d>
    %add = dlc.add %a, %b : tensor<5x7xf64, #d>
    %sub = dlc.sub %a, %b : tensor<5x7xf64, #d>
    %mul = dlc.mul %a, %b : tensor<5x7xf64, #d>
    %div = dlc.div %a, %b : tensor<5x7xf64, #d>
    %rem = dlc.rem %a, %b : tensor<5x7xf64, #d>
    %max = dlc.max %a, %b : tensor<5x7xf64, #d>
    %min = dlc.min %a, %b : tensor<5x7xf64, #d>
    %pow = dlc.pow %a, %b : tensor<5x7xf64, #d>
    %to_f16 = dlc.cast %a : tensor<5x7xf64, #d> to tensor<5x7xf16, #d>
    %to_bf16 = dlc.cast %a : tensor<5x7xf64, #d> to tensor<5x7xbf16, #d>
    %to_f32 = dlc.cast %a : tensor<5x7xf64, #d> to tensor<5x7xf32, #d>
    %to_i8 = dlc.cast %a : tensor<5x7xf64, #d> to tensor<5x7xi8, #d>
    %to_i16 = dlc.cast %a : tensor<5x7xf64, #d> to tensor<5x7xi16, #d>
    %to_i32 = dlc.cast %a : tensor<5x7xf64, #d> to tensor<5x7xi32, #d>
    %to_i64 = dlc.cast %a : tensor<5x7xf64, #d> to tensor<5x7xi64, #d>
    %to_ui8 = dlc.cast %a : tensor<5x7xf64, #d> to tensor<5x7xui8, #d>
    %to_ui16 = dlc.cast %a : tensor<5x7xf64, #d> to tensor<5x7xui16, #d>
    %to_ui32 = dlc.cast %a : tensor<5x7xf64, #d> to tensor<5x7xui32, #d>
    %to_ui64 = dlc.cast %a : tensor<5x7xf64, #d> to tensor<5x7xui64, #d>
    %to_i1 = dlc.cast %a : tensor<5x7xf64, #d> to tensor<5x7xi1, #d>
    %rsum = dlc.reduce sum %a [1] : tensor<5x7xf64, #d>
    %rprod = dlc.reduce prod %a [1] : tensor<5x7xf64, #d>
    %rmax = dlc.reduce max %a [1] : tensor<5x7xf64, #d>
    %rmin = dlc.reduce min %a [1] : tensor<5x7xf64, #d>
    %product = dlc.contract %a [] [0], %b [] [0] : tensor<5x7xf64, #d>, tensor<5x7xf64, #d>
    %zero = dlc.constant dense<0> : tensor<i64>
    %uniform = dlc.random uniform(%zero, %zero) path 7 : tensor<i64>, tensor<i64> -> tensor<4xf64>
    %normal = dlc.random normal(%zero, %zero) path 7 : tensor<i64>, tensor<i64> -> tensor<4xf64>
    return %exp, %expm1, %log, %log1p, %sqrt, %rsqrt, %sin, %cos, %tanh, %sigmoid, %erf, %floor, %ceil, %round, %neg, %abs, %sign, %add, %sub, %mul, %div, %rem, %max, %min, %pow, %to_f16, %to_bf16, %to_f32, %to_i8, %to_i16, %to_i32, %to_i64, %to_ui8, %to_ui16, %to_ui32, %to_ui64, %to_i1, %rsum, %rprod, %rmax, %rmin, %product, %uniform, %normal : tensor<5x7xf64, #d>, tensor<5x7xf64, #d>, tensor<5x7xf64, #d>, tensor<5x7xf64, #d>, tensor<5x7xf64, #d>, tensor<5x7xf64, #d>, tensor<5x7xf64, #d>, tensor<5x7xf64, #d>, tensor<5x7xf64, #d>, tensor<5x7xf64, #d>, tensor<5x7xf64, #d>, tensor<5x7xf64, #d>, tensor<5x7xf64, #d>, tensor<5x7xf64, #d>, tensor<5x7xf64, #d>, tensor<5x7xf64, #d>, tensor<5x7xf64, #d>, tensor<5x7xf64, #d>, tensor<5x7xf64, #d>, tensor<5x7xf64, #d>, tensor<5x7xf64, #d>, tensor<5x7xf64, #d>, tensor<5x7xf64, #d>, tensor<5x7xf64, #d>, tensor<5x7xf64, #d>, tensor<5x7xf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xf32, #d>, tensor<5x7xi8, #d>, tensor<5x7xi16, #d>, tensor<5x7xi32, #d>, tensor<5x7xi64, #d>, tensor<5x7xui8, #d>, tensor<5x7xui16, #d>, tensor<5x7xui32, #d>, tensor<5x7xui64, #d>, tensor<5x7xi1, #d>, tensor<5xf64, #r>, tensor<5xf64, #r>, tensor<5xf64, #r>, tensor<5xf64, #r>, tensor<7x7xf64>, tensor<4xf64>, tensor<4xf64>
  }

  func.func @of_i8(%a: tensor<5x7xi8, #d> {dlc.name = "a"}, %b: tensor<5x7xi8, #d> {dlc.name = "b"})
      -> (tensor<5x7xi8, #d> {dlc.name = "sign"}, tensor<5x7xi8, #d> {dlc.name = "not"}, tensor<5x7xi8, #d> {dlc.name = "neg"}, tensor<5x7xi8, #d> {dlc.name = "abs"}, tensor<5x7xi8, #d> {dlc.name = "add"}, tensor<5x7xi8, #d> {dlc.name = "sub"}, tensor<5x7xi8, #d> {dlc.name = "mul"}, tensor<5x7xi8, #d> {dlc.name = "div"}, tensor<5x7xi8, #d> {dlc.name = "rem"}, tensor<5x7xi8, #d> {dlc.name = "max"}, tensor<5x7xi8, #d> {dlc.name = "min"}, tensor<5x7xi8, #d> {dlc.name = "and"}, tensor<5x7xi8, #d> {dlc.name = "or"}, tensor<5x7xi8, #d> {dlc.name = "xor"}, tensor<5x7xf16, #d> {dlc.name = "to_f16"}, tensor<5x7xbf16, #d> {dlc.name = "to_bf16"}, tensor<5x7xf32, #d> {dlc.name = "to_f32"}, tensor<5x7xf64, #d> {dlc.name = "to_f64"}, tensor<5x7xi16, #d> {dlc.name = "to_i16"}, tensor<5x7xi32, #d> {dlc.name = "to_i32"}, tensor<5x7xi64, #d> {dlc.name = "to_i64"}, tensor<5x7xui8, #d> {dlc.name = "to_ui8"}, tensor<5x7xui16, #d> {dlc.name = "to_ui16"}, tensor<5x7xui32, #d> {dlc.name = "to_ui32"}, tensor<5x7xui64, #d> {dlc.name = "to_ui64"}, tensor<5x7xi1, #d> {dlc.name = "to_i1"}, tensor<5xi8, #r> {dlc.name = "rsum"}, tensor<5xi8, #r> {dlc.name = "rprod"}, tensor<5xi8, #r> {dlc.name = "rmax"}, tensor<5xi8, #r> {dlc.name = "rmin"}, tensor<7x7xi8> {dlc.name = "product"})
      attributes {dlc.entry = "forward"} {
    %sign = dlc.sign %a : tensor<5x7xi8, #d>
    %not = dlc.not %a : tensor<5x7xi8, #d>
    %neg = dlc.neg %a : tensor<5x7xi8, #d>
    %abs = dlc.abs %a : tensor<5x7xi8, #d>
    %add = dlc.add %a, %b : tensor<5x7xi8, #d>
    %sub = dlc.sub %a, %b : tensor<5x7xi8, #d>
    %mul = dlc.mul %a, %b : tensor<5x7xi8, #d>
    %div = dlc.div %a, %b : tensor<5x7xi8, #d>
    %rem = dlc.rem %a, %b : tensor<5x7xi8, #d>
    %max = dlc.max %a, %b : tensor<5x7xi8, #d>
    %min = dlc.min %a, %b : tensor<5x7xi8, #d>
    %and = dlc.and %a, %b : tensor<5x7xi8, #d>
    %or = dlc.or %a, %b : tensor<5x7xi8, #d>
    %xor = dlc.xor %a, %b : tensor<5x7xi8, #d>
    %to_f16 = dlc.cast %a : tensor<5x7xi8, #d> to tensor<5x7xf16, #d>
    %to_bf16 = dlc.cast %a : tensor<5x7xi8, #d> to tensor<5x7xbf16, #d>
    %to_f32 = dlc.cast %a : tensor<5x7xi8, #d> to tensor<5x7xf32, #d>
    %to_f64 = dlc.cast %a : tensor<5x7xi8, #d> to tensor<5x7xf64, #d>
    %to_i16 = dlc.cast %a : tensor<5x7xi8, #d> to tensor<5x7xi16, #d>
    %to_i32 = dlc.cast %a : tensor<5x7xi8, #d> to tensor<5x7xi32, #d>
    %to_i64 = dlc.cast %a : tensor<5x7xi8, #d> to tensor<5x7xi64, #d>
    %to_ui8 = dlc.cast %a : tensor<5x7xi8, #d> to tensor<5x7xui8, #d>
    %to_ui16 = dlc.cast %a : tensor<5x7xi8, #d> to tensor<5x7xui16, #d>
    %to_ui32 = dlc.cast %a : tensor<5x7xi8, #d> to tensor<5x7xui32, #d>
    %to_ui64 = dlc.cast %a : tensor<5x7xi8, #d> to tensor<5x7xui64, #d>
    %to_i1 = dlc.cast %a : tensor<5x7xi8, #d> to tensor<5x7xi1, #d>
    %rsum = dlc.reduce sum %a [1] : tensor<5x7xi8, #d>
    %rprod = dlc.reduce prod %a [1] : tensor<5x7xi8, #d>
    %rmax = dlc.reduce max %a [1] : tensor<5x7xi8, #d>
    %rmin = dlc.reduce min %a [1] : tensor<5x7xi8, #d>
    %product = dlc.contract %a [] [0], %b [] [0] : tensor<5x7xi8, #d>, tensor<5x7xi8, #d>
    return %sign, %not, %neg, %abs, %add, %sub, %mul, %div, %rem, %max, %min, %and, %or, %xor, %to_f16, %to_bf16, %to_f32, %to_f64, %to_i16, %to_i32, %to_i64, %to_ui8, %to_ui16, %to_ui32, %to_ui64, %to_i1, %rsum, %rprod, %rmax, %rmin, %product : tensor<5x7xi8, #d>, tensor<5x7xi8, #d>, tensor<5x7xi8, #d>, tensor<5x7xi8, #d>, tensor<5x7xi8, #d>, tensor<5x7xi8, #d>, tensor<5x7xi8, #d>, tensor<5x7xi8, #d>, tensor<5x7xi8, #d>, tensor<5x7xi8, #d>, tensor<5x7xi8, #d>, tensor<5x7xi8, #d>, tensor<5x7xi8, #d>, tensor<5x7xi8, #d>, tensor<5x7xf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xf32, #d>, tensor<5x7xf64, #d>, tensor<5x7xi16, #d>, tensor<5x7xi32, #d>, tensor<5x7xi64, #d>, tensor<5x7xui8, #d>, tensor<5x7xui16, #d>, tensor<5x7xui32, #d>, tensor<5x7xui64, #d>, tensor<5x7xi1, #d>, tensor<5xi8, #r>, tensor<5xi8, #r>, tensor<5xi8, #r>, tensor<5xi8, #r>, tensor<7x7xi8>
  }

  func.func @of_i16(%a: tensor<5x7xi16, #d> {dlc.name = "a"}, %b: tensor<5x7xi16, #d> {dlc.name = "b"})
      -> (tensor<5x7xi16, #d> {dlc.name = "sign"}, tensor<5x7xi16, #d> {dlc.name = "not"}, tensor<5x7xi16, #d> {dlc.name = "neg"}, tensor<5x7xi16, #d> {dlc.name = "abs"}, tensor<5x7xi16, #d> {dlc.name = "add"}, tensor<5x7xi16, #d> {dlc.name = "sub"}, tensor<5x7xi16, #d> {dlc.name = "mul"}, tensor<5x7xi16, #d> {dlc.name = "div"}, tensor<5x7xi16, #d> {dlc.name = "rem"}, tensor<5x7xi16, #d> {dlc.name = "max"}, tensor<5x7xi16, #d> {dlc.name = "min"}, tensor<5x7xi16, #d> {dlc.name = "and"}, tensor<5x7xi16, #d> {dlc.name = "or"}, tensor<5x7xi16, #d> {dlc.name = "xor"}, tensor<5x7xf16, #d> {dlc.name = "to_f16"}, tensor<5x7xbf16, #d> {dlc.name = "to_bf16"}, tensor<5x7xf32, #d> {dlc.name = "to_f32"}, tensor<5x7xf64, #d> {dlc.name = "to_f64"}, tensor<5x7xi8, #d> {dlc.name = "to_i8"}, tensor<5x7xi32, #d> {dlc.name = "to_i32"}, tensor<5x7xi64, #d> {dlc.name = "to_i64"}, tensor<5x7xui8, #d> {dlc.name = "to_ui8"}, tensor<5x7xui16, #d> {dlc.name = "to_ui16"}, tensor<5x7xui32, #d> {dlc.name = "to_ui32"}, tensor<5x7xui64, #d> {dlc.name = "to_ui64"}, tensor<5x7xi1, #d> {dlc.name = "to_i1"}, tensor<5xi16, #r> {dlc.name = "rsum"}, tensor<5xi16, #r> {dlc.name = "rprod"}, tensor<5xi16, #r> {dlc.name = "rmax"}, tensor<5xi16, #r> {dlc.name = "rmin"}, tensor<7x7xi16> {dlc.name = "product"})
      attributes {dlc.entry = "forward"} {
    %sign = dlc.sign %a : tensor<5x7xi16, #d>
    %not = dlc.not %a : tensor<5x7xi16, #d>
    %neg = dlc.neg %a : tensor<5x7xi16, #d>
    %abs = dlc.abs %a : tensor<5x7xi16, #d>
    %add = dlc.add %a, %b : tensor<5x7xi16, #d>
    %sub = dlc.sub %a, %b : tensor<5x7xi16, #d>
    %mul = dlc.mul %a, %b : tensor<5x7xi16, #d>
    %div = dlc.div %a, %b : tensor<5x7xi16, #d>
    %rem = dlc.rem %a, %b : tensor<5x7xi16, #d>
    %max = dlc.max %a, %b : tensor<5x7xi16, #d>
    %min = dlc.min %a, %b : tensor<5x7xi16, #d>
    %and = dlc.and %a, %b : tensor<5x7xi16, #d>
    %or = dlc.or %a, %b : tensor<5x7xi16, #d>
    %xor = dlc.xor %a, %b : tensor<5x7xi16, #d>
    %to_f16 = dlc.cast %a : tensor<5x7xi16, #d> to tensor<5x7xf16, #d>
    %to_bf16 = dlc.cast %a : tensor<5x7xi16, #d> to tensor<5x7xbf16, #d>
    %to_f32 = dlc.cast %a : tensor<5x7xi16, #d> to tensor<5x7xf32, #d>
    %to_f64 = dlc.cast %a : tensor<5x7xi16, #d> to tensor<5x7xf64, #d>
    %to_i8 = dlc.cast %a : tensor<5x7xi16, #d> to tensor<5x7xi8, #d>
    %to_i32 = dlc.cast %a : tensor<5x7xi16, #d> to tensor<5x7xi32, #d>
    %to_i64 = dlc.cast %a : tensor<5x7xi16, #d> to tensor<5x7xi64, #d>
    %to_ui8 = dlc.cast %a : tensor<5x7xi16, #d> to tensor<5x7xui8, #d>
    %to_ui16 = dlc.cast %a : tensor<5x7xi16, #d> to tensor<5x7xui16, #d>
    %to_ui32 = dlc.cast %a : tensor<5x7xi16, #d> to tensor<5x7xui32, #d>
    %to_ui64 = dlc.cast %a : tensor<5x7xi16, #d> to tensor<5x7xui64, #d>
    %to_i1 = dlc.cast %a : tensor<5x7xi16, #d> to tensor<5x7xi1, #d>
    %rsum = dlc.reduce sum %a [1] : tensor<5x7xi16, #d>
    %rprod = dlc.reduce prod %a [1] : tensor<5x7xi16, #d>
    %rmax = dlc.reduce max %a [1] : tensor<5x7xi16, #d>
    %rmin = dlc.reduce min %a [1] : tensor<5x7xi16, #d>
    %product = dlc.contract %a [] [0], %b [] [0] : tensor<5x7xi16, #d>, tensor<5x7xi16, #d>
    return %sign, %not, %neg, %abs, %add, %sub, %mul, %div, %rem, %max, %min, %and, %or, %xor, %to_f16, %to_bf16, %to_f32, %to_f64, %to_i8, %to_i32, %to_i64, %to_ui8, %to_ui16, %to_ui32, %to_ui64, %to_i1, %rsum, %rprod, %rmax, %rmin, %product : tensor<5x7xi16, #d>, tensor<5x7xi16, #d>, tensor<5x7xi16, #d>, tensor<5x7xi16, #d>, tensor<5x7xi16, #d>, tensor<5x7xi16, #d>, tensor<5x7xi16, #d>, tensor<5x7xi16, #d>, tensor<5x7xi16, #d>, tensor<5x7xi16, #d>, tensor<5x7xi16, #d>, tensor<5x7xi16, #d>, tensor<5x7xi16, #d>, tensor<5x7xi16, #d>, tensor<5x7xf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xf32, #d>, tensor<5x7xf64, #d>, tensor<5x7xi8, #d>, tensor<5x7xi32, #d>, tensor<5x7xi64, #d>, tensor<5x7xui8, #d>, tensor<5x7xui16, #d>, tensor<5x7xui32, #d>, tensor<5x7xui64, #d>, tensor<5x7xi1, #d>, tensor<5xi16, #r>, tensor<5xi16, #r>, tensor<5xi16, #r>, tensor<5xi16, #r>, tensor<7x7xi16>
  }

  func.func @of_i32(%a: tensor<5x7xi32, #d> {dlc.name = "a"}, %b: tensor<5x7xi32, #d> {dlc.name = "b"})
      -> (tensor<5x7xi32, #d> {dlc.name = "sign"}, tensor<5x7xi32, #d> {dlc.name = "not"}, tensor<5x7xi32, #d> {dlc.name = "neg"}, tensor<5x7xi32, #d> {dlc.name = "abs"}, tensor<5x7xi32, #d> {dlc.name = "add"}, tensor<5x7xi32, #d> {dlc.name = "sub"}, tensor<5x7xi32, #d> {dlc.name = "mul"}, tensor<5x7xi32, #d> {dlc.name = "div"}, tensor<5x7xi32, #d> {dlc.name = "rem"}, tensor<5x7xi32, #d> {dlc.name = "max"}, tensor<5x7xi32, #d> {dlc.name = "min"}, tensor<5x7xi32, #d> {dlc.name = "and"}, tensor<5x7xi32, #d> {dlc.name = "or"}, tensor<5x7xi32, #d> {dlc.name = "xor"}, tensor<5x7xf16, #d> {dlc.name = "to_f16"}, tensor<5x7xbf16, #d> {dlc.name = "to_bf16"}, tensor<5x7xf32, #d> {dlc.name = "to_f32"}, tensor<5x7xf64, #d> {dlc.name = "to_f64"}, tensor<5x7xi8, #d> {dlc.name = "to_i8"}, tensor<5x7xi16, #d> {dlc.name = "to_i16"}, tensor<5x7xi64, #d> {dlc.name = "to_i64"}, tensor<5x7xui8, #d> {dlc.name = "to_ui8"}, tensor<5x7xui16, #d> {dlc.name = "to_ui16"}, tensor<5x7xui32, #d> {dlc.name = "to_ui32"}, tensor<5x7xui64, #d> {dlc.name = "to_ui64"}, tensor<5x7xi1, #d> {dlc.name = "to_i1"}, tensor<5xi32, #r> {dlc.name = "rsum"}, tensor<5xi32, #r> {dlc.name = "rprod"}, tensor<5xi32, #r> {dlc.name = "rmax"}, tensor<5xi32, #r> {dlc.name = "rmin"}, tensor<7x7xi32> {dlc.name = "product"})
      attributes {dlc.entry = "forward"} {
    %sign = dlc.sign %a : tensor<5x7xi32, #d>
    %not = dlc.not %a : tensor<5x7xi32, #d>
    %neg = dlc.neg %a : tensor<5x7xi32, #d>
    %abs = dlc.abs %a : tensor<5x7xi32, #d>
    %add = dlc.add %a, %b : tensor<5x7xi32, #d>
    %sub = dlc.sub %a, %b : tensor<5x7xi32, #d>
    %mul = dlc.mul %a, %b : tensor<5x7xi32, #d>
    %div = dlc.div %a, %b : tensor<5x7xi32, #d>
    %rem = dlc.rem %a, %b : tensor<5x7xi32, #d>
    %max = dlc.max %a, %b : tensor<5x7xi32, #d>
    %min = dlc.min %a, %b : tensor<5x7xi32, #d>
    %and = dlc.and %a, %b : tensor<5x7xi32, #d>
    %or = dlc.or %a, %b : tensor<5x7xi32, #d>
    %xor = dlc.xor %a, %b : tensor<5x7xi32, #d>
    %to_f16 = dlc.cast %a : tensor<5x7xi32, #d> to tensor<5x7xf16, #d>
    %to_bf16 = dlc.cast %a : tensor<5x7xi32, #d> to tensor<5x7xbf16, #d>
    %to_f32 = dlc.cast %a : tensor<5x7xi32, #d> to tensor<5x7xf32, #d>
    %to_f64 = dlc.cast %a : tensor<5x7xi32, #d> to tensor<5x7xf64, #d>
    %to_i8 = dlc.cast %a : tensor<5x7xi32, #d> to tensor<5x7xi8, #d>
    %to_i16 = dlc.cast %a : tensor<5x7xi32, #d> to tensor<5x7xi16, #d>
    %to_i64 = dlc.cast %a : tensor<5x7xi32, #d> to tensor<5x7xi64, #d>
    %to_ui8 = dlc.cast %a : tensor<5x7xi32, #d> to tensor<5x7xui8, #d>
    %to_ui16 = dlc.cast %a : tensor<5x7xi32, #d> to tensor<5x7xui16, #d>
    %to_ui32 = dlc.cast %a : tensor<5x7xi32, #d> to tensor<5x7xui32, #d>
    %to_ui64 = dlc.cast %a : tensor<5x7xi32, #d> to tensor<5x7xui64, #d>
    %to_i1 = dlc.cast %a : tensor<5x7xi32, #d> to tensor<5x7xi1, #d>
    %rsum = dlc.reduce sum %a [1] : tensor<5x7xi32, #d>
    %rprod = dlc.reduce prod %a [1] : tensor<5x7xi32, #d>
    %rmax = dlc.reduce max %a [1] : tensor<5x7xi32, #d>
    %rmin = dlc.reduce min %a [1] : tensor<5x7xi32, #d>
    %product = dlc.contract %a [] [0], %b [] [0] : tensor<5x7xi32, #d>, tensor<5x7xi32, #d>
    return %sign, %not, %neg, %abs, %add, %sub, %mul, %div, %rem, %max, %min, %and, %or, %xor, %to_f16, %to_bf16, %to_f32, %to_f64, %to_i8, %to_i16, %to_i64, %to_ui8, %to_ui16, %to_ui32, %to_ui64, %to_i1, %rsum, %rprod, %rmax, %rmin, %product : tensor<5x7xi32, #d>, tensor<5x7xi32, #d>, tensor<5x7xi32, #d>, tensor<5x7xi32, #d>, tensor<5x7xi32, #d>, tensor<5x7xi32, #d>, tensor<5x7xi32, #d>, tensor<5x7xi32, #d>, tensor<5x7xi32, #d>, tensor<5x7xi32, #d>, tensor<5x7xi32, #d>, tensor<5x7xi32, #d>, tensor<5x7xi32, #d>, tensor<5x7xi32, #d>, tensor<5x7xf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xf32, #d>, tensor<5x7xf64, #d>, tensor<5x7xi8, #d>, tensor<5x7xi16, #d>, tensor<5x7xi64, #d>, tensor<5x7xui8, #d>, tensor<5x7xui16, #d>, tensor<5x7xui32, #d>, tensor<5x7xui64, #d>, tensor<5x7xi1, #d>, tensor<5xi32, #r>, tensor<5xi32, #r>, tensor<5xi32, #r>, tensor<5xi32, #r>, tensor<7x7xi32>
  }

  func.func @of_i64(%a: tensor<5x7xi64, #d> {dlc.name = "a"}, %b: tensor<5x7xi64, #d> {dlc.name = "b"})
      -> (tensor<5x7xi64, #d> {dlc.name = "sign"}, tensor<5x7xi64, #d> {dlc.name = "not"}, tensor<5x7xi64, #d> {dlc.name = "neg"}, tensor<5x7xi64, #d> {dlc.name = "abs"}, tensor<5x7xi64, #d> {dlc.name = "add"}, tensor<5x7xi64, #d> {dlc.name = "sub"}, tensor<5x7xi64, #d> {dlc.name = "mul"}, tensor<5x7xi64, #d> {dlc.name = "div"}, tensor<5x7xi64, #d> {dlc.name = "rem"}, tensor<5x7xi64, #d> {dlc.name = "max"}, tensor<5x7xi64, #d> {dlc.name = "min"}, tensor<5x7xi64, #d> {dlc.name = "and"}, tensor<5x7xi64, #d> {dlc.name = "or"}, tensor<5x7xi64, #d> {dlc.name = "xor"}, tensor<5x7xf16, #d> {dlc.name = "to_f16"}, tensor<5x7xbf16, #d> {dlc.name = "to_bf16"}, tensor<5x7xf32, #d> {dlc.name = "to_f32"}, tensor<5x7xf64, #d> {dlc.name = "to_f64"}, tensor<5x7xi8, #d> {dlc.name = "to_i8"}, tensor<5x7xi16, #d> {dlc.name = "to_i16"}, tensor<5x7xi32, #d> {dlc.name = "to_i32"}, tensor<5x7xui8, #d> {dlc.name = "to_ui8"}, tensor<5x7xui16, #d> {dlc.name = "to_ui16"}, tensor<5x7xui32, #d> {dlc.name = "to_ui32"}, tensor<5x7xui64, #d> {dlc.name = "to_ui64"}, tensor<5x7xi1, #d> {dlc.name = "to_i1"}, tensor<5xi64, #r> {dlc.name = "rsum"}, tensor<5xi64, #r> {dlc.name = "rprod"}, tensor<5xi64, #r> {dlc.name = "rmax"}, tensor<5xi64, #r> {dlc.name = "rmin"}, tensor<7x7xi64> {dlc.name = "product"})
      attributes {dlc.entry = "forward"} {
    %sign = dlc.sign %a : tensor<5x7xi64, #d>
    %not = dlc.not %a : tensor<5x7xi64, #d>
    %neg = dlc.neg %a : tensor<5x7xi64, #d>
    %abs = dlc.abs %a : tensor<5x7xi64, #d>
    %add = dlc.add %a, %b : tensor<5x7xi64, #d>
    %sub = dlc.sub %a, %b : tensor<5x7xi64, #d>
    %mul = dlc.mul %a, %b : tensor<5x7xi64, #d>
    %div = dlc.div %a, %b : tensor<5x7xi64, #d>
    %rem = dlc.rem %a, %b : tensor<5x7xi64, #d>
    %max = dlc.max %a, %b : tensor<5x7xi64, #d>
    %min = dlc.min %a, %b : tensor<5x7xi64, #d>
    %and = dlc.and %a, %b : tensor<5x7xi64, #d>
    %or = dlc.or %a, %b : tensor<5x7xi64, #d>
    %xor = dlc.xor %a, %b : tensor<5x7xi64, #d>
    %to_f16 = dlc.cast %a : tensor<5x7xi64, #d> to tensor<5x7xf16, #d>
    %to_bf16 = dlc.cast %a : tensor<5x7xi64, #d> to tensor<5x7xbf16, #d>
    %to_f32 = dlc.cast %a : tensor<5x7xi64, #d> to tensor<5x7xf32, #d>
    %to_f64 = dlc.cast %a : tensor<5x7xi64, #d> to tensor<5x7xf64, #d>
    %to_i8 = dlc.cast %a : tensor<5x7xi64, #d> to tensor<5x7xi8, #d>
    %to_i16 = dlc.cast %a : tensor<5x7xi64, #d> to tensor<5x7xi16, #d>
    %to_i32 = dlc.cast %a : tensor<5x7xi64, #d> to tensor<5x7xi32, #d>
    %to_ui8 = dlc.cast %a : tensor<5x7xi64, #d> to tensor<5x7xui8, #d>
    %to_ui16 = dlc.cast %a : tensor<5x7xi64, #d> to tensor<5x7xui16, #d>
    %to_ui32 = dlc.cast %a : tensor<5x7xi64, #d> to tensor<5x7xui32, #d>
    %to_ui64 = dlc.cast %a : tensor<5x7xi64, #d> to tensor<5x7xui64, #d>
    %to_i1 = dlc.cast %a : tensor<5x7xi64, #d> to tensor<5x7xi1, #d>
    %rsum = dlc.reduce sum %a [1] : tensor<5x7xi64, #d>
    %rprod = dlc.reduce prod %a [1] : tensor<5x7xi64, #d>
    %rmax = dlc.reduce max %a [1] : tensor<5x7xi64, #d>
    %rmin = dlc.reduce min %a [1] : tensor<5x7xi64, #d>
    %product = dlc.contract %a [] [0], %b [] [0] : tensor<5x7xi64, #d>, tensor<5x7xi64, #d>
    return %sign, %not, %neg, %abs, %add, %sub, %mul, %div, %rem, %max, %min, %and, %or, %xor, %to_f16, %to_bf16, %to_f32, %to_f64, %to_i8, %to_i16, %to_i32, %to_ui8, %to_ui16, %to_ui32, %to_ui64, %to_i1, %rsum, %rprod, %rmax, %rmin, %product : tensor<5x7xi64, #d>, tensor<5x7xi64, #d>, tensor<5x7xi64, #d>, tensor<5x7xi64, #d>, tensor<5x7xi64, #d>, tensor<5x7xi64, #d>, tensor<5x7xi64, #d>, tensor<5x7xi64, #d>, tensor<5x7xi64, #d>, tensor<5x7xi64, #d>, tensor<5x7xi64, #d>, tensor<5x7xi64, #d>, tensor<5x7xi64, #d>, tensor<5x7xi64, #d>, tensor<5x7xf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xf32, #d>, tensor<5x7xf64, #d>, tensor<5x7xi8, #d>, tensor<5x7xi16, #d>, tensor<5x7xi32, #d>, tensor<5x7xui8, #d>, tensor<5x7xui16, #d>, tensor<5x7xui32, #d>, tensor<5x7xui64, #d>, tensor<5x7xi1, #d>, tensor<5xi64, #r>, tensor<5xi64, #r>, tensor<5xi64, #r>, tensor<5xi64, #r>, tensor<7x7xi64>
  }

  func.func @of_ui8(%a: tensor<5x7xui8, #d> {dlc.name = "a"}, %b: tensor<5x7xui8, #d> {dlc.name = "b"})
      -> (tensor<5x7xui8, #d> {dlc.name = "sign"}, tensor<5x7xui8, #d> {dlc.name = "not"}, tensor<5x7xui8, #d> {dlc.name = "add"}, tensor<5x7xui8, #d> {dlc.name = "sub"}, tensor<5x7xui8, #d> {dlc.name = "mul"}, tensor<5x7xui8, #d> {dlc.name = "div"}, tensor<5x7xui8, #d> {dlc.name = "rem"}, tensor<5x7xui8, #d> {dlc.name = "max"}, tensor<5x7xui8, #d> {dlc.name = "min"}, tensor<5x7xui8, #d> {dlc.name = "and"}, tensor<5x7xui8, #d> {dlc.name = "or"}, tensor<5x7xui8, #d> {dlc.name = "xor"}, tensor<5x7xf16, #d> {dlc.name = "to_f16"}, tensor<5x7xbf16, #d> {dlc.name = "to_bf16"}, tensor<5x7xf32, #d> {dlc.name = "to_f32"}, tensor<5x7xf64, #d> {dlc.name = "to_f64"}, tensor<5x7xi8, #d> {dlc.name = "to_i8"}, tensor<5x7xi16, #d> {dlc.name = "to_i16"}, tensor<5x7xi32, #d> {dlc.name = "to_i32"}, tensor<5x7xi64, #d> {dlc.name = "to_i64"}, tensor<5x7xui16, #d> {dlc.name = "to_ui16"}, tensor<5x7xui32, #d> {dlc.name = "to_ui32"}, tensor<5x7xui64, #d> {dlc.name = "to_ui64"}, tensor<5x7xi1, #d> {dlc.name = "to_i1"}, tensor<5xui8, #r> {dlc.name = "rsum"}, tensor<5xui8, #r> {dlc.name = "rprod"}, tensor<5xui8, #r> {dlc.name = "rmax"}, tensor<5xui8, #r> {dlc.name = "rmin"}, tensor<7x7xui8> {dlc.name = "product"})
      attributes {dlc.entry = "forward"} {
    %sign = dlc.sign %a : tensor<5x7xui8, #d>
    %not = dlc.not %a : tensor<5x7xui8, #d>
    %add = dlc.add %a, %b : tensor<5x7xui8, #d>
    %sub = dlc.sub %a, %b : tensor<5x7xui8, #d>
    %mul = dlc.mul %a, %b : tensor<5x7xui8, #d>
    %div = dlc.div %a, %b : tensor<5x7xui8, #d>
    %rem = dlc.rem %a, %b : tensor<5x7xui8, #d>
    %max = dlc.max %a, %b : tensor<5x7xui8, #d>
    %min = dlc.min %a, %b : tensor<5x7xui8, #d>
    %and = dlc.and %a, %b : tensor<5x7xui8, #d>
    %or = dlc.or %a, %b : tensor<5x7xui8, #d>
    %xor = dlc.xor %a, %b : tensor<5x7xui8, #d>
    %to_f16 = dlc.cast %a : tensor<5x7xui8, #d> to tensor<5x7xf16, #d>
    %to_bf16 = dlc.cast %a : tensor<5x7xui8, #d> to tensor<5x7xbf16, #d>
    %to_f32 = dlc.cast %a : tensor<5x7xui8, #d> to tensor<5x7xf32, #d>
    %to_f64 = dlc.cast %a : tensor<5x7xui8, #d> to tensor<5x7xf64, #d>
    %to_i8 = dlc.cast %a : tensor<5x7xui8, #d> to tensor<5x7xi8, #d>
    %to_i16 = dlc.cast %a : tensor<5x7xui8, #d> to tensor<5x7xi16, #d>
    %to_i32 = dlc.cast %a : tensor<5x7xui8, #d> to tensor<5x7xi32, #d>
    %to_i64 = dlc.cast %a : tensor<5x7xui8, #d> to tensor<5x7xi64, #d>
    %to_ui16 = dlc.cast %a : tensor<5x7xui8, #d> to tensor<5x7xui16, #d>
    %to_ui32 = dlc.cast %a : tensor<5x7xui8, #d> to tensor<5x7xui32, #d>
    %to_ui64 = dlc.cast %a : tensor<5x7xui8, #d> to tensor<5x7xui64, #d>
    %to_i1 = dlc.cast %a : tensor<5x7xui8, #d> to tensor<5x7xi1, #d>
    %rsum = dlc.reduce sum %a [1] : tensor<5x7xui8, #d>
    %rprod = dlc.reduce prod %a [1] : tensor<5x7xui8, #d>
    %rmax = dlc.reduce max %a [1] : tensor<5x7xui8, #d>
    %rmin = dlc.reduce min %a [1] : tensor<5x7xui8, #d>
    %product = dlc.contract %a [] [0], %b [] [0] : tensor<5x7xui8, #d>, tensor<5x7xui8, #d>
    return %sign, %not, %add, %sub, %mul, %div, %rem, %max, %min, %and, %or, %xor, %to_f16, %to_bf16, %to_f32, %to_f64, %to_i8, %to_i16, %to_i32, %to_i64, %to_ui16, %to_ui32, %to_ui64, %to_i1, %rsum, %rprod, %rmax, %rmin, %product : tensor<5x7xui8, #d>, tensor<5x7xui8, #d>, tensor<5x7xui8, #d>, tensor<5x7xui8, #d>, tensor<5x7xui8, #d>, tensor<5x7xui8, #d>, tensor<5x7xui8, #d>, tensor<5x7xui8, #d>, tensor<5x7xui8, #d>, tensor<5x7xui8, #d>, tensor<5x7xui8, #d>, tensor<5x7xui8, #d>, tensor<5x7xf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xf32, #d>, tensor<5x7xf64, #d>, tensor<5x7xi8, #d>, tensor<5x7xi16, #d>, tensor<5x7xi32, #d>, tensor<5x7xi64, #d>, tensor<5x7xui16, #d>, tensor<5x7xui32, #d>, tensor<5x7xui64, #d>, tensor<5x7xi1, #d>, tensor<5xui8, #r>, tensor<5xui8, #r>, tensor<5xui8, #r>, tensor<5xui8, #r>, tensor<7x7xui8>
  }

  func.func @of_ui16(%a: tensor<5x7xui16, #d> {dlc.name = "a"}, %b: tensor<5x7xui16, #d> {dlc.name = "b"})
      -> (tensor<5x7xui16, #d> {dlc.name = "sign"}, tensor<5x7xui16, #d> {dlc.name = "not"}, tensor<5x7xui16, #d> {dlc.name = "add"}, tensor<5x7xui16, #d> {dlc.name = "sub"}, tensor<5x7xui16, #d> {dlc.name = "mul"}, tensor<5x7xui16, #d> {dlc.name = "div"}, tensor<5x7xui16, #d> {dlc.name = "rem"}, tensor<5x7xui16, #d> {dlc.name = "max"}, tensor<5x7xui16, #d> {dlc.name = "min"}, tensor<5x7xui16, #d> {dlc.name = "and"}, tensor<5x7xui16, #d> {dlc.name = "or"}, tensor<5x7xui16, #d> {dlc.name = "xor"}, tensor<5x7xf16, #d> {dlc.name = "to_f16"}, tensor<5x7xbf16, #d> {dlc.name = "to_bf16"}, tensor<5x7xf32, #d> {dlc.name = "to_f32"}, tensor<5x7xf64, #d> {dlc.name = "to_f64"}, tensor<5x7xi8, #d> {dlc.name = "to_i8"}, tensor<5x7xi16, #d> {dlc.name = "to_i16"}, tensor<5x7xi32, #d> {dlc.name = "to_i32"}, tensor<5x7xi64, #d> {dlc.name = "to_i64"}, tensor<5x7xui8, #d> {dlc.name = "to_ui8"}, tensor<5x7xui32, #d> {dlc.name = "to_ui32"}, tensor<5x7xui64, #d> {dlc.name = "to_ui64"}, tensor<5x7xi1, #d> {dlc.name = "to_i1"}, tensor<5xui16, #r> {dlc.name = "rsum"}, tensor<5xui16, #r> {dlc.name = "rprod"}, tensor<5xui16, #r> {dlc.name = "rmax"}, tensor<5xui16, #r> {dlc.name = "rmin"}, tensor<7x7xui16> {dlc.name = "product"})
      attributes {dlc.entry = "forward"} {
    %sign = dlc.sign %a : tensor<5x7xui16, #d>
    %not = dlc.not %a : tensor<5x7xui16, #d>
    %add = dlc.add %a, %b : tensor<5x7xui16, #d>
    %sub = dlc.sub %a, %b : tensor<5x7xui16, #d>
    %mul = dlc.mul %a, %b : tensor<5x7xui16, #d>
    %div = dlc.div %a, %b : tensor<5x7xui16, #d>
    %rem = dlc.rem %a, %b : tensor<5x7xui16, #d>
    %max = dlc.max %a, %b : tensor<5x7xui16, #d>
    %min = dlc.min %a, %b : tensor<5x7xui16, #d>
    %and = dlc.and %a, %b : tensor<5x7xui16, #d>
    %or = dlc.or %a, %b : tensor<5x7xui16, #d>
    %xor = dlc.xor %a, %b : tensor<5x7xui16, #d>
    %to_f16 = dlc.cast %a : tensor<5x7xui16, #d> to tensor<5x7xf16, #d>
    %to_bf16 = dlc.cast %a : tensor<5x7xui16, #d> to tensor<5x7xbf16, #d>
    %to_f32 = dlc.cast %a : tensor<5x7xui16, #d> to tensor<5x7xf32, #d>
    %to_f64 = dlc.cast %a : tensor<5x7xui16, #d> to tensor<5x7xf64, #d>
    %to_i8 = dlc.cast %a : tensor<5x7xui16, #d> to tensor<5x7xi8, #d>
    %to_i16 = dlc.cast %a : tensor<5x7xui16, #d> to tensor<5x7xi16, #d>
    %to_i32 = dlc.cast %a : tensor<5x7xui16, #d> to tensor<5x7xi32, #d>
    %to_i64 = dlc.cast %a : tensor<5x7xui16, #d> to tensor<5x7xi64, #d>
    %to_ui8 = dlc.cast %a : tensor<5x7xui16, #d> to tensor<5x7xui8, #d>
    %to_ui32 = dlc.cast %a : tensor<5x7xui16, #d> to tensor<5x7xui32, #d>
    %to_ui64 = dlc.cast %a : tensor<5x7xui16, #d> to tensor<5x7xui64, #d>
    %to_i1 = dlc.cast %a : tensor<5x7xui16, #d> to tensor<5x7xi1, #d>
    %rsum = dlc.reduce sum %a [1] : tensor<5x7xui16, #d>
    %rprod = dlc.reduce prod %a [1] : tensor<5x7xui16, #d>
    %rmax = dlc.reduce max %a [1] : tensor<5x7xui16, #d>
    %rmin = dlc.reduce min %a [1] : tensor<5x7xui16, #d>
    %product = dlc.contract %a [] [0], %b [] [0] : tensor<5x7xui16, #d>, tensor<5x7xui16, #d>
    return %sign, %not, %add, %sub, %mul, %div, %rem, %max, %min, %and, %or, %xor, %to_f16, %to_bf16, %to_f32, %to_f64, %to_i8, %to_i16, %to_i32, %to_i64, %to_ui8, %to_ui32, %to_ui64, %to_i1, %rsum, %rprod, %rmax, %rmin, %product : tensor<5x7xui16, #d>, tensor<5x7xui16, #d>, tensor<5x7xui16, #d>, tensor<5x7xui16, #d>, tensor<5x7xui16, #d>, tensor<5x7xui16, #d>, tensor<5x7xui16, #d>, tensor<5x7xui16, #d>, tensor<5x7xui16, #d>, tensor<5x7xui16, #d>, tensor<5x7xui16, #d>, tensor<5x7xui16, #d>, tensor<5x7xf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xf32, #d>, tensor<5x7xf64, #d>, tensor<5x7xi8, #d>, tensor<5x7xi16, #d>, tensor<5x7xi32, #d>, tensor<5x7xi64, #d>, tensor<5x7xui8, #d>, tensor<5x7xui32, #d>, tensor<5x7xui64, #d>, tensor<5x7xi1, #d>, tensor<5xui16, #r>, tensor<5xui16, #r>, tensor<5xui16, #r>, tensor<5xui16, #r>, tensor<7x7xui16>
  }

  func.func @of_ui32(%a: tensor<5x7xui32, #d> {dlc.name = "a"}, %b: tensor<5x7xui32, #d> {dlc.name = "b"})
      -> (tensor<5x7xui32, #d> {dlc.name = "sign"}, tensor<5x7xui32, #d> {dlc.name = "not"}, tensor<5x7xui32, #d> {dlc.name = "add"}, tensor<5x7xui32, #d> {dlc.name = "sub"}, tensor<5x7xui32, #d> {dlc.name = "mul"}, tensor<5x7xui32, #d> {dlc.name = "div"}, tensor<5x7xui32, #d> {dlc.name = "rem"}, tensor<5x7xui32, #d> {dlc.name = "max"}, tensor<5x7xui32, #d> {dlc.name = "min"}, tensor<5x7xui32, #d> {dlc.name = "and"}, tensor<5x7xui32, #d> {dlc.name = "or"}, tensor<5x7xui32, #d> {dlc.name = "xor"}, tensor<5x7xf16, #d> {dlc.name = "to_f16"}, tensor<5x7xbf16, #d> {dlc.name = "to_bf16"}, tensor<5x7xf32, #d> {dlc.name = "to_f32"}, tensor<5x7xf64, #d> {dlc.name = "to_f64"}, tensor<5x7xi8, #d> {dlc.name = "to_i8"}, tensor<5x7xi16, #d> {dlc.name = "to_i16"}, tensor<5x7xi32, #d> {dlc.name = "to_i32"}, tensor<5x7xi64, #d> {dlc.name = "to_i64"}, tensor<5x7xui8, #d> {dlc.name = "to_ui8"}, tensor<5x7xui16, #d> {dlc.name = "to_ui16"}, tensor<5x7xui64, #d> {dlc.name = "to_ui64"}, tensor<5x7xi1, #d> {dlc.name = "to_i1"}, tensor<5xui32, #r> {dlc.name = "rsum"}, tensor<5xui32, #r> {dlc.name = "rprod"}, tensor<5xui32, #r> {dlc.name = "rmax"}, tensor<5xui32, #r> {dlc.name = "rmin"}, tensor<7x7xui32> {dlc.name = "product"})
      attributes {dlc.entry = "forward"} {
    %sign = dlc.sign %a : tensor<5x7xui32, #d>
    %not = dlc.not %a : tensor<5x7xui32, #d>
    %add = dlc.add %a, %b : tensor<5x7xui32, #d>
    %sub = dlc.sub %a, %b : tensor<5x7xui32, #d>
    %mul = dlc.mul %a, %b : tensor<5x7xui32, #d>
    %div = dlc.div %a, %b : tensor<5x7xui32, #d>
    %rem = dlc.rem %a, %b : tensor<5x7xui32, #d>
    %max = dlc.max %a, %b : tensor<5x7xui32, #d>
    %min = dlc.min %a, %b : tensor<5x7xui32, #d>
    %and = dlc.and %a, %b : tensor<5x7xui32, #d>
    %or = dlc.or %a, %b : tensor<5x7xui32, #d>
    %xor = dlc.xor %a, %b : tensor<5x7xui32, #d>
    %to_f16 = dlc.cast %a : tensor<5x7xui32, #d> to tensor<5x7xf16, #d>
    %to_bf16 = dlc.cast %a : tensor<5x7xui32, #d> to tensor<5x7xbf16, #d>
    %to_f32 = dlc.cast %a : tensor<5x7xui32, #d> to tensor<5x7xf32, #d>
    %to_f64 = dlc.cast %a : tensor<5x7xui32, #d> to tensor<5x7xf64, #d>
    %to_i8 = dlc.cast %a : tensor<5x7xui32, #d> to tensor<5x7xi8, #d>
    %to_i16 = dlc.cast %a : tensor<5x7xui32, #d> to tensor<5x7xi16, #d>
    %to_i32 = dlc.cast %a : tensor<5x7xui32, #d> to tensor<5x7xi32, #d>
    %to_i64 = dlc.cast %a : tensor<5x7xui32, #d> to tensor<5x7xi64, #d>
    %to_ui8 = dlc.cast %a : tensor<5x7xui32, #d> to tensor<5x7xui8, #d>
    %to_ui16 = dlc.cast %a : tensor<5x7xui32, #d> to tensor<5x7xui16, #d>
    %to_ui64 = dlc.cast %a : tensor<5x7xui32, #d> to tensor<5x7xui64, #d>
    %to_i1 = dlc.cast %a : tensor<5x7xui32, #d> to tensor<5x7xi1, #d>
    %rsum = dlc.reduce sum %a [1] : tensor<5x7xui32, #d>
    %rprod = dlc.reduce prod %a [1] : tensor<5x7xui32, #d>
    %rmax = dlc.reduce max %a [1] : tensor<5x7xui32, #d>
    %rmin = dlc.reduce min %a [1] : tensor<5x7xui32, #d>
    %product = dlc.contract %a [] [0], %b [] [0] : tensor<5x7xui32, #d>, tensor<5x7xui32, #d>
    return %sign, %not, %add, %sub, %mul, %div, %rem, %max, %min, %and, %or, %xor, %to_f16, %to_bf16, %to_f32, %to_f64, %to_i8, %to_i16, %to_i32, %to_i64, %to_ui8, %to_ui16, %to_ui64, %to_i1, %rsum, %rprod, %rmax, %rmin, %product : tensor<5x7xui32, #d>, tensor<5x7xui32, #d>, tensor<5x7xui32, #d>, tensor<5x7xui32, #d>, tensor<5x7xui32, #d>, tensor<5x7xui32, #d>, tensor<5x7xui32, #d>, tensor<5x7xui32, #d>, tensor<5x7xui32, #d>, tensor<5x7xui32, #d>, tensor<5x7xui32, #d>, tensor<5x7xui32, #d>, tensor<5x7xf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xf32, #d>, tensor<5x7xf64, #d>, tensor<5x7xi8, #d>, tensor<5x7xi16, #d>, tensor<5x7xi32, #d>, tensor<5x7xi64, #d>, tensor<5x7xui8, #d>, tensor<5x7xui16, #d>, tensor<5x7xui64, #d>, tensor<5x7xi1, #d>, tensor<5xui32, #r>, tensor<5xui32, #r>, tensor<5xui32, #r>, tensor<5xui32, #r>, tensor<7x7xui32>
  }

  func.func @of_ui64(%a: tensor<5x7xui64, #d> {dlc.name = "a"}, %b: tensor<5x7xui64, #d> {dlc.name = "b"})
      -> (tensor<5x7xui64, #d> {dlc.name = "sign"}, tensor<5x7xui64, #d> {dlc.name = "not"}, tensor<5x7xui64, #d> {dlc.name = "add"}, tensor<5x7xui64, #d> {dlc.name = "sub"}, tensor<5x7xui64, #d> {dlc.name = "mul"}, tensor<5x7xui64, #d> {dlc.name = "div"}, tensor<5x7xui64, #d> {dlc.name = "rem"}, tensor<5x7xui64, #d> {dlc.name = "max"}, tensor<5x7xui64, #d> {dlc.name = "min"}, tensor<5x7xui64, #d> {dlc.name = "and"}, tensor<5x7xui64, #d> {dlc.name = "or"}, tensor<5x7xui64, #d> {dlc.name = "xor"}, tensor<5x7xf16, #d> {dlc.name = "to_f16"}, tensor<5x7xbf16, #d> {dlc.name = "to_bf16"}, tensor<5x7xf32, #d> {dlc.name = "to_f32"}, tensor<5x7xf64, #d> {dlc.name = "to_f64"}, tensor<5x7xi8, #d> {dlc.name = "to_i8"}, tensor<5x7xi16, #d> {dlc.name = "to_i16"}, tensor<5x7xi32, #d> {dlc.name = "to_i32"}, tensor<5x7xi64, #d> {dlc.name = "to_i64"}, tensor<5x7xui8, #d> {dlc.name = "to_ui8"}, tensor<5x7xui16, #d> {dlc.name = "to_ui16"}, tensor<5x7xui32, #d> {dlc.name = "to_ui32"}, tensor<5x7xi1, #d> {dlc.name = "to_i1"}, tensor<5xui64, #r> {dlc.name = "rsum"}, tensor<5xui64, #r> {dlc.name = "rprod"}, tensor<5xui64, #r> {dlc.name = "rmax"}, tensor<5xui64, #r> {dlc.name = "rmin"}, tensor<7x7xui64> {dlc.name = "product"})
      attributes {dlc.entry = "forward"} {
    %sign = dlc.sign %a : tensor<5x7xui64, #d>
    %not = dlc.not %a : tensor<5x7xui64, #d>
    %add = dlc.add %a, %b : tensor<5x7xui64, #d>
    %sub = dlc.sub %a, %b : tensor<5x7xui64, #d>
    %mul = dlc.mul %a, %b : tensor<5x7xui64, #d>
    %div = dlc.div %a, %b : tensor<5x7xui64, #d>
    %rem = dlc.rem %a, %b : tensor<5x7xui64, #d>
    %max = dlc.max %a, %b : tensor<5x7xui64, #d>
    %min = dlc.min %a, %b : tensor<5x7xui64, #d>
    %and = dlc.and %a, %b : tensor<5x7xui64, #d>
    %or = dlc.or %a, %b : tensor<5x7xui64, #d>
    %xor = dlc.xor %a, %b : tensor<5x7xui64, #d>
    %to_f16 = dlc.cast %a : tensor<5x7xui64, #d> to tensor<5x7xf16, #d>
    %to_bf16 = dlc.cast %a : tensor<5x7xui64, #d> to tensor<5x7xbf16, #d>
    %to_f32 = dlc.cast %a : tensor<5x7xui64, #d> to tensor<5x7xf32, #d>
    %to_f64 = dlc.cast %a : tensor<5x7xui64, #d> to tensor<5x7xf64, #d>
    %to_i8 = dlc.cast %a : tensor<5x7xui64, #d> to tensor<5x7xi8, #d>
    %to_i16 = dlc.cast %a : tensor<5x7xui64, #d> to tensor<5x7xi16, #d>
    %to_i32 = dlc.cast %a : tensor<5x7xui64, #d> to tensor<5x7xi32, #d>
    %to_i64 = dlc.cast %a : tensor<5x7xui64, #d> to tensor<5x7xi64, #d>
    %to_ui8 = dlc.cast %a : tensor<5x7xui64, #d> to tensor<5x7xui8, #d>
    %to_ui16 = dlc.cast %a : tensor<5x7xui64, #d> to tensor<5x7xui16, #d>
    %to_ui32 = dlc.cast %a : tensor<5x7xui64, #d> to tensor<5x7xui32, #d>
    %to_i1 = dlc.cast %a : tensor<5x7xui64, #d> to tensor<5x7xi1, #d>
    %rsum = dlc.reduce sum %a [1] : tensor<5x7xui64, #d>
    %rprod = dlc.reduce prod %a [1] : tensor<5x7xui64, #d>
    %rmax = dlc.reduce max %a [1] : tensor<5x7xui64, #d>
    %rmin = dlc.reduce min %a [1] : tensor<5x7xui64, #d>
    %product = dlc.contract %a [] [0], %b [] [0] : tensor<5x7xui64, #d>, tensor<5x7xui64, #d>
    return %sign, %not, %add, %sub, %mul, %div, %rem, %max, %min, %and, %or, %xor, %to_f16, %to_bf16, %to_f32, %to_f64, %to_i8, %to_i16, %to_i32, %to_i64, %to_ui8, %to_ui16, %to_ui32, %to_i1, %rsum, %rprod, %rmax, %rmin, %product : tensor<5x7xui64, #d>, tensor<5x7xui64, #d>, tensor<5x7xui64, #d>, tensor<5x7xui64, #d>, tensor<5x7xui64, #d>, tensor<5x7xui64, #d>, tensor<5x7xui64, #d>, tensor<5x7xui64, #d>, tensor<5x7xui64, #d>, tensor<5x7xui64, #d>, tensor<5x7xui64, #d>, tensor<5x7xui64, #d>, tensor<5x7xf16, #d>, tensor<5x7xbf16, #d>, tensor<5x7xf32, #d>, tensor<5x7xf64, #d>, tensor<5x7xi8, #d>, tensor<5x7xi16, #d>, tensor<5x7xi32, #d>, tensor<5x7xi64, #d>, tensor<5x7xui8, #d>, tensor<5x7xui16, #d>, tensor<5x7xui32, #d>, tensor<5x7xi1, #d>, tensor<5xui64, #r>, tensor<5xui64, #r>, tensor<5xui64, #r>, tensor<5xui64, #r>, tensor<7x7xui64>
  }
}

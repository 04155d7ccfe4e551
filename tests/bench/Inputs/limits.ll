; Functions with the names and arguments of DeviceLimits's: each thread writes
; its number where its sum would go, and the last vector of a stream is touched.
target triple = "nvptx64-nvidia-cuda"

define internal i32 @number() {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %b = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %w = call i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
  %first = mul i32 %b, %w
  %i = add i32 %first, %t
  ret i32 %i
}

define internal void @sum(ptr addrspace(1) %sink) alwaysinline {
  %i = call i32 @number()
  %value = uitofp i32 %i to float
  %to = getelementptr float, ptr addrspace(1) %sink, i32 %i
  store float %value, ptr addrspace(1) %to
  ret void
}

define ptx_kernel void @read(ptr addrspace(1) %data, ptr addrspace(1) %sink, i32 %n) {
  call void @sum(ptr addrspace(1) %sink)
  ret void
}

define ptx_kernel void @update(ptr addrspace(1) %data, i32 %n) {
  %i = call i32 @number()
  %first = icmp eq i32 %i, 0
  br i1 %first, label %do, label %end
do:
  %last = sub i32 %n, 1
  %to = getelementptr <4 x float>, ptr addrspace(1) %data, i32 %last
  store <4 x float> zeroinitializer, ptr addrspace(1) %to, align 16
  br label %end
end:
  ret void
}

define ptx_kernel void @products_f32(ptr addrspace(1) %sink, i32 %rounds) {
  call void @sum(ptr addrspace(1) %sink)
  ret void
}
define ptx_kernel void @products_tf32(ptr addrspace(1) %sink, i32 %rounds) {
  call void @sum(ptr addrspace(1) %sink)
  ret void
}
define ptx_kernel void @products_bf16(ptr addrspace(1) %sink, i32 %rounds) {
  call void @sum(ptr addrspace(1) %sink)
  ret void
}

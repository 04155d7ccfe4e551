; y = factor x, for n elements.
target triple = "nvptx64-nvidia-cuda"

define ptx_kernel void @scale(ptr addrspace(1) %x, ptr addrspace(1) %y, i32 %n, float %factor) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %b = call i32 @llvm.nvvm.read.ptx.sreg.ctaid.x()
  %w = call i32 @llvm.nvvm.read.ptx.sreg.ntid.x()
  %first = mul i32 %b, %w
  %i = add i32 %first, %t
  %inside = icmp ult i32 %i, %n
  br i1 %inside, label %do, label %end
do:
  %from = getelementptr float, ptr addrspace(1) %x, i32 %i
  %v = load float, ptr addrspace(1) %from
  %p = fmul float %v, %factor
  %to = getelementptr float, ptr addrspace(1) %y, i32 %i
  store float %p, ptr addrspace(1) %to
  br label %end
end:
  ret void
}

// The little of CUDA that these kernels need; clang knows the rest. Kernels are
// compiled again with a macro defined for each fault that is seeded in them.

#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))

#define threadIdx_x int(__nvvm_read_ptx_sreg_tid_x())
#define threadIdx_y int(__nvvm_read_ptx_sreg_tid_y())
#define blockIdx_x int(__nvvm_read_ptx_sreg_ctaid_x())
#define blockIdx_y int(__nvvm_read_ptx_sreg_ctaid_y())

using SharedPointer = __attribute__((address_space(3))) void *;
using GlobalPointer = const __attribute__((address_space(1))) void *;

// sums[row] = the sum of a row of x (rows x columns): a block of four warps for
// each row. Lanes add up first, then warps, always in the same order.

#include "device.h"

__device__ float sumOfWarp(float value) {
  for (int distance = 16; distance > 0; distance /= 2)
    value += __nvvm_shfl_sync_bfly_f32(~0u, value, distance, 31);
  return value;
}

extern "C" __global__ void row_sum(float *sums, const float *x, int columns) {
  __shared__ float ofWarps[4];
  const float *row = x + long(blockIdx_x) * columns;
  float sum = 0;
  for (int i = threadIdx_x; i < columns; i += 128)
    sum += row[i];
#ifdef HALF_A_WARP
  if (threadIdx_x % 32 < 16)
#endif
    sum = sumOfWarp(sum);
  if (threadIdx_x % 32 == 0)
    ofWarps[threadIdx_x / 32] = sum;
#ifdef DIVERGENT_BARRIER
  if (threadIdx_x == 0)
#endif
#ifndef WITHOUT_BARRIER
    __syncthreads();
#endif
#ifdef EACH_WARP
  if (threadIdx_x % 32 == 0)
#else
  if (threadIdx_x == 0)
#endif
    sums[blockIdx_x] = (ofWarps[0] + ofWarps[1]) + (ofWarps[2] + ofWarps[3]);
}

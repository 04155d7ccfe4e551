// y (columns x rows) = x (rows x columns), in tiles of 32 x 32 by blocks of
// 32 x 8 threads.

#include "device.h"

extern "C" __global__ void transpose(float *y, const float *x, int rows,
                                     int columns) {
  __shared__ float tile[32][33];
  int column = blockIdx_x * 32 + threadIdx_x;
  for (int i = threadIdx_y; i < 32; i += 8) {
    int row = blockIdx_y * 32 + i;
    if (row < rows && column < columns)
      tile[i][threadIdx_x] = x[row * columns + column];
  }
#ifndef WITHOUT_BARRIER
  __syncthreads();
#endif
  int row = blockIdx_y * 32 + threadIdx_x;
  for (int i = threadIdx_y; i < 32; i += 8) {
    int column = blockIdx_x * 32 + i;
#ifdef WRONG_EDGE
    if (row <= rows && column < columns)
#else
    if (row < rows && column < columns)
#endif
      y[column * rows + row] = tile[threadIdx_x][i];
  }
}

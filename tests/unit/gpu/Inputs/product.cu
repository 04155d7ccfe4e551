// c (m x n) = a (m x k) b (k x n) in f32: tiles of 32 x 32 of c by blocks of
// 16 x 16 threads, four elements a thread, 16 of k at a time.

#include "device.h"

extern "C" __global__ void product(float *c, const float *a, const float *b,
                                   int m, int n, int k) {
  __shared__ float aTile[32][17], bTile[16][33];
  int x = threadIdx_x, y = threadIdx_y, thread = y * 16 + x;
  int firstRow = blockIdx_y * 32, firstColumn = blockIdx_x * 32;
  float sums[2][2] = {};
  for (int first = 0; first < k; first += 16) {
    for (int i = thread; i < 32 * 16; i += 256) {
      int row = firstRow + i / 16, ak = first + i % 16;
      aTile[i / 16][i % 16] = row < m && ak < k ? a[row * k + ak] : 0;
      int bk = first + i / 32, column = firstColumn + i % 32;
      bTile[i / 32][i % 32] = bk < k && column < n ? b[bk * n + column] : 0;
    }
#ifndef WITHOUT_BARRIER_BEFORE
    __syncthreads();
#endif
    for (int i = 0; i < 16; ++i)
      for (int row = 0; row < 2; ++row)
        for (int column = 0; column < 2; ++column)
          sums[row][column] =
              __builtin_fmaf(aTile[y + 16 * row][i], bTile[i][x + 16 * column],
                             sums[row][column]);
#ifndef WITHOUT_BARRIER_BEHIND
    __syncthreads();
#endif
  }
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 2; ++j) {
      int row = firstRow + y + 16 * i, column = firstColumn + x + 16 * j;
#ifdef OVERLAPPING_BLOCKS
      column -= blockIdx_x;
#endif
      if (row < m && column < n)
        c[row * n + column] = sums[i][j];
    }
}

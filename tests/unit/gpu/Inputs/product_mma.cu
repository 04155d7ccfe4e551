// c (m x n, f32) = a (m x k) b (k x n) in bf16 on tensor cores: tiles of
// 64 x 64 of c by four warps, 32 of k at a time, three stages of asynchronous
// copies of 16 bytes, swizzled. Rows of a and b are `aStep` and `bStep`
// elements apart, multiples of 8; what lies behind an edge is not read.

#include "device.h"

constexpr int kTile = 64, kDepth = 32, kStages = 3;

// Chunks of 8 elements, in an order in which neither copies nor loads of
// tiles meet in the same banks.
__device__ int placeInA(int row, int chunk) {
  return row * kDepth + (chunk ^ (row / 2 % 4)) * 8;
}
__device__ int placeInB(int row, int chunk) {
  return row * kTile + (chunk ^ (row % 8)) * 8;
}

__device__ void copy(short *to, const short *from, int elements) {
  int bytes = elements <= 0 ? 0 : elements >= 8 ? 16 : 2 * elements;
  __nvvm_cp_async_cg_shared_global_16((SharedPointer)to, (GlobalPointer)from,
                                      bytes);
}

__device__ void loadTiles(unsigned *registers, const short *row) {
  unsigned address = (unsigned)(unsigned long)(SharedPointer)row;
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, "
               "[%4];"
               : "=r"(registers[0]), "=r"(registers[1]), "=r"(registers[2]),
                 "=r"(registers[3])
               : "r"(address)
               : "memory");
}

__device__ void loadTransposed(unsigned *registers, const short *row) {
#ifdef WRONG_TRANSPOSITION
  loadTiles(registers, row);
#else
  unsigned address = (unsigned)(unsigned long)(SharedPointer)row;
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 "
               "{%0, %1, %2, %3}, [%4];"
               : "=r"(registers[0]), "=r"(registers[1]), "=r"(registers[2]),
                 "=r"(registers[3])
               : "r"(address)
               : "memory");
#endif
}

__device__ void multiply(float *c, const unsigned *a, const unsigned *b) {
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
               "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
               "{%10, %11, %12, %13};"
               : "=f"(c[0]), "=f"(c[1]), "=f"(c[2]), "=f"(c[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]),
                 "r"(b[1]), "f"(c[0]), "f"(c[1]), "f"(c[2]), "f"(c[3]));
}

// Begins the copies of one stage: two chunks of a and two of b for each thread.
__device__ void copyStage(short *aTile, short *bTile, const short *a,
                          const short *b, int firstRow, int firstColumn,
                          int first, int m, int n, int k, int aStep,
                          int bStep) {
  for (int i = threadIdx_x; i < kTile * kDepth / 8; i += 128) {
    int row = i / 4, chunk = i % 4, ak = first + 8 * chunk;
    int left = firstRow + row < m ? k - ak : 0;
    long place = left > 0 ? long(firstRow + row) * aStep + ak : 0;
    copy(aTile + placeInA(row, chunk), a + place, left);
  }
  for (int i = threadIdx_x; i < kDepth * kTile / 8; i += 128) {
    int row = i / 8, chunk = i % 8, column = firstColumn + 8 * chunk;
    int left = first + row < k ? n - column : 0;
    long place = left > 0 ? long(first + row) * bStep + column : 0;
    copy(bTile + placeInB(row, chunk), b + place, left);
  }
}

extern "C" __global__ void product_mma(float *c, const short *a, const short *b,
                                       int m, int n, int k, int aStep,
                                       int bStep) {
  extern __shared__ __attribute__((aligned(128))) short tiles[];
  short *aTiles = tiles, *bTiles = tiles + kStages * kTile * kDepth;
  int lane = threadIdx_x % 32, warp = threadIdx_x / 32;
  int warpRow = warp / 2 * 32, warpColumn = warp % 2 * 32;
  int firstRow = blockIdx_y * kTile, firstColumn = blockIdx_x * kTile;
#ifdef WRONG_BLOCK
  firstRow += kTile;
#endif
  float sums[2][4][4] = {};
  int steps = (k + kDepth - 1) / kDepth;

  auto copyStep = [&](int step) {
    int stage = step % kStages;
    if (step < steps)
      copyStage(aTiles + stage * kTile * kDepth, bTiles + stage * kDepth * kTile,
                a, b, firstRow, firstColumn, step * kDepth, m, n, k, aStep,
                bStep);
    __nvvm_cp_async_commit_group();
  };
  for (int step = 0; step < kStages - 1; ++step)
    copyStep(step);

  for (int step = 0; step < steps; ++step) {
#ifdef WAIT_TOO_SHORT
    __nvvm_cp_async_wait_group(kStages - 1);
#elif !defined(WITHOUT_WAIT)
    __nvvm_cp_async_wait_group(kStages - 2);
#endif
#ifndef WITHOUT_BARRIER
    __syncthreads();
#endif
    copyStep(step + kStages - 1);
    const short *aTile = aTiles + step % kStages * kTile * kDepth;
    const short *bTile = bTiles + step % kStages * kDepth * kTile;
    for (int part = 0; part < kDepth; part += 16) {
      unsigned aRegisters[2][4], bRegisters[2][4];
      for (int i = 0; i < 2; ++i)
        loadTiles(aRegisters[i],
                  aTile + placeInA(warpRow + 16 * i + lane % 16,
                                   part / 8 + lane / 16));
      for (int j = 0; j < 2; ++j)
        loadTransposed(bRegisters[j],
                       bTile + placeInB(part + lane % 16,
                                        warpColumn / 8 + 2 * j + lane / 16));
      for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 4; ++j)
          multiply(sums[i][j], aRegisters[i], bRegisters[j / 2] + j % 2 * 2);
    }
  }
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 4; ++j)
      for (int e = 0; e < 4; ++e) {
        int row = firstRow + warpRow + 16 * i + lane / 4 + e / 2 * 8;
        int column = firstColumn + warpColumn + 8 * j + lane % 4 * 2 + e % 2;
#ifdef WRONG_BLOCK
        if (column < n)
#else
        if (row < m && column < n)
#endif
          c[row * n + column] = sums[i][j][e];
      }
}

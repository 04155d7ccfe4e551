/* Caffe's EuclideanLoss and its gradient. dims = {n, d}. */
#include <stdint.h>

void euclid(const float *a, const float *b, float *out, const int64_t *dims);
void euclid_grad(const float *a, const float *b, const float *dout, float *da,
                 float *db, const int64_t *dims);

void euclid(const float *a, const float *b, float *out, const int64_t *dims) {
  double sum = 0;
  int64_t i;
  for (i = 0; i < dims[0] * dims[1]; ++i)
    sum += (double)(a[i] - b[i]) * (a[i] - b[i]);
  *out = (float)(sum / (2 * dims[0]));
}

void euclid_grad(const float *a, const float *b, const float *dout, float *da,
                 float *db, const int64_t *dims) {
  int64_t i;
  for (i = 0; i < dims[0] * dims[1]; ++i) {
    da[i] = *dout * (a[i] - b[i]) / (float)dims[0];
    db[i] = -da[i];
  }
}

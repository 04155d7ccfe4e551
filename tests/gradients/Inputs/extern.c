#include <math.h>
#include <stdint.h>

/* y = a sin(b) + k b, s = sums of rows of a b. dims = {n, d} */
void twist(const double *a, const int32_t *k, const double *b, double *y,
           double *s, const int64_t *dims) {
  int64_t n = dims[0], d = dims[1];
  for (int64_t i = 0; i < n; ++i) {
    s[i] = 0;
    for (int64_t j = 0; j < d; ++j) {
      int64_t at = i * d + j;
      y[at] = a[at] * sin(b[at]) + k[j] * b[at];
      s[i] += a[at] * b[at];
    }
  }
}

void twist_grad(const double *a, const int32_t *k, const double *b,
                const double *dy, const double *ds, double *da, double *db,
                const int64_t *dims) {
  int64_t n = dims[0], d = dims[1];
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < d; ++j) {
      int64_t at = i * d + j;
      da[at] = dy[at] * sin(b[at]) + ds[i] * b[at];
      db[at] = dy[at] * (a[at] * cos(b[at]) + k[j]) + ds[i] * a[at];
    }
}

/* y = h / 2 + x^2 */
void decay(const float *h, const float *x, float *y, const int64_t *dims) {
  for (int64_t i = 0; i < dims[0] * dims[1]; ++i)
    y[i] = h[i] / 2 + x[i] * x[i];
}

void decay_grad(const float *h, const float *x, const float *dy, float *dh,
                float *dx, const int64_t *dims) {
  (void)h;
  for (int64_t i = 0; i < dims[0] * dims[1]; ++i) {
    dh[i] = dy[i] / 2;
    dx[i] = 2 * x[i] * dy[i];
  }
}

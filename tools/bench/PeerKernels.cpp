//===- PeerKernels.cpp - products and convolutions by libraries -----------===//
//
// Part of dlcc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PeerKernels.h"

#ifdef DLCC_BENCH_OPENBLAS
#include <cblas.h>
#endif
#ifdef DLCC_BENCH_ONEDNN
#include <dnnl.hpp>
extern "C" void omp_set_num_threads(int threads);
#endif

#include <algorithm>
#include <memory>

using namespace dlcc::bench;

std::string dlcc::bench::preparePeers(int threads) {
  std::string text;
#ifdef DLCC_BENCH_OPENBLAS
  openblas_set_num_threads(threads);
  text += std::string(openblas_get_config()) + ", kernels for " +
          openblas_get_corename() + "; ";
#else
  text += "no OpenBLAS (libopenblas-dev was not there at configure time); ";
#endif
#ifdef DLCC_BENCH_ONEDNN
  omp_set_num_threads(threads);
  const dnnl_version_t *version = dnnl_version();
  text += "oneDNN " + std::to_string(version->major) + "." +
          std::to_string(version->minor) + "." + std::to_string(version->patch);
#else
  text += "no oneDNN (libdnnl-dev was not there at configure time)";
#endif
  (void)threads;
  return text;
}

std::vector<PeerKernel> dlcc::bench::peersOf(const ProductShape &shape) {
  std::vector<PeerKernel> peers;
  [[maybe_unused]] auto [m, n, k, transposeA, transposeB] = shape;
  [[maybe_unused]] int64_t lda = transposeA ? m : k, ldb = transposeB ? k : n;
#ifdef DLCC_BENCH_OPENBLAS
  peers.push_back({"OpenBLAS", [=](const float *a, const float *b, float *c) {
                     cblas_sgemm(CblasRowMajor,
                                 transposeA ? CblasTrans : CblasNoTrans,
                                 transposeB ? CblasTrans : CblasNoTrans, m, n,
                                 k, 1, a, lda, b, ldb, 0, c, n);
                   }});
#endif
#ifdef DLCC_BENCH_ONEDNN
  peers.push_back({"oneDNN", [=](const float *a, const float *b, float *c) {
                     dnnl_sgemm(transposeA ? 'T' : 'N', transposeB ? 'T' : 'N',
                                m, n, k, 1, a, lda, b, ldb, 0, c, n);
                   }});
#endif
  return peers;
}

#ifdef DLCC_BENCH_ONEDNN
namespace {

using dnnl::memory;
using Tag = memory::format_tag;

/// One primitive with its operands: images channels last, weights as it likes.
struct Convolution {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  dnnl::primitive primitive;
  memory x, weights, y;
};

memory::desc described(const memory::dims &dims, Tag tag) {
  return {dims, memory::data_type::f32, tag};
}

/// The primitive of a pass; what it is not about it takes as a hint.
std::shared_ptr<Convolution> made(const ConvolutionShape &s, Pass pass) {
  auto result = std::make_shared<Convolution>();
  int64_t places = (s.image + 2 * s.padding - s.window) / s.stride + 1;
  memory::desc x =
      described({s.batch, s.channels, s.image, s.image}, Tag::nhwc);
  memory::desc y = described({s.batch, s.features, places, places}, Tag::nhwc);
  memory::desc w =
      described({s.features, s.channels, s.window, s.window}, Tag::any);
  memory::dims strides{s.stride, s.stride}, padding{s.padding, s.padding};
  auto algorithm = dnnl::algorithm::convolution_direct;
  dnnl::convolution_forward::primitive_desc forward(
      {dnnl::prop_kind::forward_training, algorithm, x, w, y, strides, padding,
       padding},
      result->engine);
  memory::desc chosen = forward.weights_desc();
  if (pass == Pass::Forward) {
    result->primitive = dnnl::convolution_forward(forward);
  } else if (pass == Pass::InputGradient) {
    dnnl::convolution_backward_data::primitive_desc backward(
        {algorithm, x, w, y, strides, padding, padding}, result->engine,
        forward);
    chosen = backward.weights_desc();
    result->primitive = dnnl::convolution_backward_data(backward);
  } else {
    dnnl::convolution_backward_weights::primitive_desc backward(
        {algorithm, x, w, y, strides, padding, padding}, result->engine,
        forward);
    chosen = backward.diff_weights_desc();
    result->primitive = dnnl::convolution_backward_weights(backward);
  }
  result->x = memory(x, result->engine, nullptr);
  result->y = memory(y, result->engine, nullptr);
  result->weights = memory(chosen, result->engine);
  std::fill_n(static_cast<float *>(result->weights.get_data_handle()),
              chosen.get_size() / sizeof(float), 0.25f);
  return result;
}

} // namespace
#endif

std::vector<PeerKernel> dlcc::bench::peersOf(const ConvolutionShape &shape,
                                             Pass pass) {
  std::vector<PeerKernel> peers;
#ifdef DLCC_BENCH_ONEDNN
  peers.push_back(
      {"oneDNN", [convolution = made(shape, pass),
                  pass](const float *a, const float *b, float *c) {
         auto writable = [](const float *data) {
           return const_cast<float *>(data);
         };
         Convolution &it = *convolution;
         switch (pass) {
         case Pass::Forward:
           it.x.set_data_handle(writable(a));
           it.y.set_data_handle(c);
           it.primitive.execute(it.stream, {{DNNL_ARG_SRC, it.x},
                                            {DNNL_ARG_WEIGHTS, it.weights},
                                            {DNNL_ARG_DST, it.y}});
           break;
         case Pass::InputGradient:
           it.y.set_data_handle(writable(a));
           it.x.set_data_handle(c);
           it.primitive.execute(it.stream, {{DNNL_ARG_DIFF_DST, it.y},
                                            {DNNL_ARG_WEIGHTS, it.weights},
                                            {DNNL_ARG_DIFF_SRC, it.x}});
           break;
         case Pass::WeightGradient:
           it.y.set_data_handle(writable(a));
           it.x.set_data_handle(writable(b));
           it.primitive.execute(it.stream,
                                {{DNNL_ARG_DIFF_DST, it.y},
                                 {DNNL_ARG_SRC, it.x},
                                 {DNNL_ARG_DIFF_WEIGHTS, it.weights}});
           break;
         }
         it.stream.wait();
       }});
#endif
  (void)shape, (void)pass;
  return peers;
}

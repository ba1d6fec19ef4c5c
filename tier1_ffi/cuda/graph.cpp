// Graphs.
#include <ATen/cuda/CUDAGraph.h>

#include "parts.h"

namespace simple_torch {
namespace {

cudaStreamCaptureMode mode_of(CudaCapture mode) {
  switch (mode) {
    case CudaCapture::kThread:
      return cudaStreamCaptureModeThreadLocal;
    case CudaCapture::kRelaxed:
      return cudaStreamCaptureModeRelaxed;
    case CudaCapture::kGlobal:
      break;
  }
  return cudaStreamCaptureModeGlobal;
}

class Graph final : public CudaGraph {
 public:
  void capture_begin(CudaPool pool, CudaCapture mode) override {
    graph_.capture_begin({pool.first, pool.second}, mode_of(mode));
  }
  void capture_end() override { graph_.capture_end(); }
  void replay() override { graph_.replay(); }
  void reset() override { graph_.reset(); }
  CudaPool pool() override {
    const auto pool = graph_.pool();
    return {pool.first, pool.second};
  }

 private:
  at::cuda::CUDAGraph graph_;
};

}  // namespace

std::unique_ptr<CudaGraph> make_cuda_graph() { return std::make_unique<Graph>(); }

CudaPool make_cuda_pool() {
  const auto pool = at::cuda::graph_pool_handle();
  return {pool.first, pool.second};
}

}  // namespace simple_torch

// Exports of cuda.h that are about graphs.
#include <array>
#include <bit>

#include "core/arguments.h"
#include "core/guarded.h"
#include "cuda/cuda.h"
#include "simple_torch/cuda.h"

namespace simple_torch {
namespace {

CudaPool pool_of(const int64_t* numbers, int64_t count) {
  const auto given = list_of(numbers, count, "pool");
  if (given.empty()) return {0, 0};
  if (given.size() != 2) {
    fail_argument("pool", "is named by two numbers, not " + std::to_string(count));
  }
  return {std::bit_cast<uint64_t>(given[0]), std::bit_cast<uint64_t>(given[1])};
}

CudaCapture mode_of(int64_t mode) {
  switch (mode) {
    case SIMPLE_TORCH_CAPTURE_GLOBAL:
      return CudaCapture::kGlobal;
    case SIMPLE_TORCH_CAPTURE_THREAD:
      return CudaCapture::kThread;
    case SIMPLE_TORCH_CAPTURE_RELAXED:
      return CudaCapture::kRelaxed;
    default:
      fail_argument("mode", "names no way to capture: " + std::to_string(mode));
  }
}

int64_t write_pool(CudaPool pool, int64_t* pool_out, int64_t capacity) {
  const std::array<int64_t, 2> numbers = {std::bit_cast<int64_t>(pool.first),
                                          std::bit_cast<int64_t>(pool.second)};
  copy_out(numbers, pool_out, capacity, "pool_out");
  return 2;
}

}  // namespace
}  // namespace simple_torch

using namespace simple_torch;

simple_torch_handle simple_torch_cuda_graph_create(void) {
  return guarded([] { return store(cuda().make_graph()); });
}

int64_t simple_torch_cuda_graph_free(simple_torch_handle graph) {
  return guarded([&] { HandleTable::get().free(graph, Kind::kGraph, "graph"); });
}

int64_t simple_torch_cuda_graph_capture_begin(simple_torch_handle graph,
                                              const int64_t* pool, int64_t count,
                                              int64_t mode) {
  return guarded([&] {
    const auto recorded = borrow<CudaGraph>(graph, "graph");
    const CudaPool shared = pool_of(pool, count);
    recorded->capture_begin(shared, mode_of(mode));
  });
}

int64_t simple_torch_cuda_graph_capture_end(simple_torch_handle graph) {
  return guarded([&] { borrow<CudaGraph>(graph, "graph")->capture_end(); });
}

int64_t simple_torch_cuda_graph_replay(simple_torch_handle graph) {
  return guarded([&] { borrow<CudaGraph>(graph, "graph")->replay(); });
}

int64_t simple_torch_cuda_graph_reset(simple_torch_handle graph) {
  return guarded([&] { borrow<CudaGraph>(graph, "graph")->reset(); });
}

int64_t simple_torch_cuda_graph_pool(simple_torch_handle graph, int64_t* pool_out,
                                     int64_t capacity) {
  return guarded([&] {
    const auto recorded = borrow<CudaGraph>(graph, "graph");
    return write_pool(recorded->pool(), pool_out, capacity);
  });
}

int64_t simple_torch_cuda_pool_create(int64_t* pool_out, int64_t capacity) {
  return guarded([&] { return write_pool(cuda().make_pool(), pool_out, capacity); });
}

int64_t simple_torch_cuda_is_capturing(void) {
  return guarded([] { return cuda().is_capturing(); });
}

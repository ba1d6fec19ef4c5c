// Streams, events and graphs, on a device.
#include "cuda/device.h"
#include "simple_torch/ops.h"

namespace {

class CudaStreams : public OnDevice {};
class CudaGraphs : public OnDevice {};

int64_t id_of(simple_torch_handle stream) {
  int64_t id = -1;
  EXPECT_EQ(simple_torch_stream_id(stream, &id), 0);
  return id;
}

// Some milliseconds of work on the current stream.
simple_torch_handle work() {
  const Owned large(cuda_ones({4096, 4096}));
  return simple_torch_tensor_matmul(large, large);
}

TEST_F(CudaStreams, BecomeCurrentForAThread) {
  const Owned usual(simple_torch_cuda_stream_default(kCuda));
  const Owned stream(simple_torch_cuda_stream_create(kCuda, 0));
  EXPECT_NE(id_of(stream), id_of(usual));
  {
    const CurrentStream current(stream);
    const Owned found(simple_torch_stream_current(kCuda));
    EXPECT_EQ(id_of(found), id_of(stream));
  }
  const Owned found(simple_torch_stream_current(kCuda));
  EXPECT_EQ(id_of(found), id_of(usual));
}

TEST_F(CudaStreams, HavePriorities) {
  int64_t lowest = -1;
  int64_t highest = 1;
  ASSERT_EQ(simple_torch_cuda_stream_priorities(&lowest, &highest), 0);
  EXPECT_EQ(lowest, 0);
  EXPECT_LT(highest, 0);
  const Owned urgent(simple_torch_cuda_stream_create(kCuda, -1));
  int64_t priority = 0;
  EXPECT_EQ(simple_torch_cuda_stream_priority(urgent, &priority), 0);
  EXPECT_EQ(priority, -1);
}

TEST_F(CudaStreams, WaitForEachOther) {
  const Owned first(simple_torch_cuda_stream_create(kCuda, 0));
  const Owned second(simple_torch_cuda_stream_create(kCuda, 0));
  const Owned sum([&] {
    const CurrentStream current(first);
    const Owned product(work());
    EXPECT_EQ(simple_torch_cuda_stream_wait(second, first), 0);
    const CurrentStream next(second);
    EXPECT_EQ(simple_torch_op_record_stream(product, second), 0);
    return simple_torch_tensor_add(product, product);
  }());
  EXPECT_EQ(simple_torch_cuda_stream_synchronize(second), 0);
  // Since the second is done, the first is.
  EXPECT_EQ(simple_torch_cuda_stream_query(first), 1);
  const std::vector<double> numbers = values_on_device(sum);
  EXPECT_EQ(numbers.front(), 8192);
  EXPECT_EQ(numbers.back(), 8192);
}

TEST_F(CudaStreams, AreTimedByEvents) {
  const Owned stream(simple_torch_stream_current(kCuda));
  const Owned before(simple_torch_cuda_event_create(1, 0));
  const Owned after(simple_torch_cuda_event_create(1, 1));
  double milliseconds = -1;
  // Neither was recorded.
  EXPECT_LT(simple_torch_cuda_event_elapsed(before, after, &milliseconds), 0);
  EXPECT_EQ(milliseconds, -1);
  EXPECT_EQ(simple_torch_cuda_event_query(before), 1);
  ASSERT_EQ(simple_torch_cuda_event_record(before, stream), 0);
  const Owned product(work());
  ASSERT_EQ(simple_torch_cuda_event_record(after, stream), 0);
  ASSERT_EQ(simple_torch_cuda_event_synchronize(after), 0);
  EXPECT_EQ(simple_torch_cuda_event_query(after), 1);
  ASSERT_EQ(simple_torch_cuda_event_elapsed(before, after, &milliseconds), 0)
      << simple_torch_error_message();
  EXPECT_GT(milliseconds, 0);
  EXPECT_LT(milliseconds, 10'000);
  const Owned untimed(simple_torch_cuda_event_create(0, 0));
  ASSERT_EQ(simple_torch_cuda_event_record(untimed, stream), 0);
  EXPECT_EQ(simple_torch_cuda_event_elapsed(before, untimed, &milliseconds),
            SIMPLE_TORCH_E_VALUE);
}

TEST_F(CudaStreams, WaitForEvents) {
  const Owned first(simple_torch_cuda_stream_create(kCuda, 0));
  const Owned second(simple_torch_cuda_stream_create(kCuda, 0));
  const Owned event(simple_torch_cuda_event_create(0, 0));
  const CurrentStream current(first);
  const Owned product(work());
  ASSERT_EQ(simple_torch_cuda_event_record(event, first), 0);
  ASSERT_EQ(simple_torch_cuda_event_block(event, second), 0);
  ASSERT_EQ(simple_torch_cuda_stream_synchronize(second), 0);
  EXPECT_EQ(simple_torch_cuda_event_query(event), 1);
}

// Doubles `tensor` in a graph of its own.
simple_torch_handle doubling(simple_torch_handle tensor, const int64_t* pool,
                             int64_t count) {
  const Owned stream(simple_torch_cuda_stream_create(kCuda, 0));
  const Owned usual(simple_torch_stream_current(kCuda));
  EXPECT_EQ(simple_torch_cuda_stream_wait(stream, usual), 0);
  const simple_torch_handle graph = simple_torch_cuda_graph_create();
  const CurrentStream current(stream);
  EXPECT_EQ(simple_torch_cuda_graph_capture_begin(graph, pool, count,
                                                  SIMPLE_TORCH_CAPTURE_GLOBAL),
            0)
      << simple_torch_error_message();
  EXPECT_EQ(simple_torch_cuda_is_capturing(), 1);
  EXPECT_EQ(simple_torch_op_add_inplace_tensor(tensor, tensor, SIMPLE_TORCH_INT(1)), 0);
  EXPECT_EQ(simple_torch_cuda_graph_capture_end(graph), 0)
      << simple_torch_error_message();
  EXPECT_EQ(simple_torch_cuda_is_capturing(), 0);
  return graph;
}

TEST_F(CudaGraphs, DoTheirWorkWhenTheyAreLaunched) {
  const Owned tensor(cuda_ones({3}));
  const Owned graph(doubling(tensor, nullptr, 0));
  EXPECT_EQ(values_on_device(tensor), std::vector<double>({1, 1, 1}));
  EXPECT_EQ(simple_torch_cuda_graph_replay(graph), 0);
  EXPECT_EQ(simple_torch_cuda_graph_replay(graph), 0);
  EXPECT_EQ(values_on_device(tensor), std::vector<double>({4, 4, 4}));
  EXPECT_EQ(simple_torch_cuda_graph_reset(graph), 0);
  EXPECT_LT(simple_torch_cuda_graph_replay(graph), 0);
}

TEST_F(CudaGraphs, ShareAPool) {
  int64_t pool[2] = {};
  ASSERT_EQ(simple_torch_cuda_pool_create(pool, 2), 2);
  const Owned tensor(cuda_ones({3}));
  const Owned first(doubling(tensor, pool, 2));
  int64_t found[2] = {};
  ASSERT_EQ(simple_torch_cuda_graph_pool(first, found, 2), 2);
  EXPECT_EQ(found[0], pool[0]);
  EXPECT_EQ(found[1], pool[1]);
  const Owned second(doubling(tensor, found, 2));
  EXPECT_EQ(simple_torch_cuda_graph_replay(first), 0);
  EXPECT_EQ(simple_torch_cuda_graph_replay(second), 0);
  EXPECT_EQ(values_on_device(tensor), std::vector<double>({4, 4, 4}));
}

TEST_F(CudaGraphs, CannotBeRecordedOnTheDefaultStream) {
  const Owned graph(simple_torch_cuda_graph_create());
  EXPECT_EQ(simple_torch_cuda_graph_capture_begin(graph, nullptr, 0,
                                                  SIMPLE_TORCH_CAPTURE_GLOBAL),
            SIMPLE_TORCH_E_TORCH);
}

}  // namespace

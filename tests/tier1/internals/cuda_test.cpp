// The functions of cuda.h against a library for CUDA that is none: what they ask of it,
// what they refuse before they ask, and what they make of its answers. The allocator's
// wish for room, too.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "cuda/cuda.h"
#include "cuda/room.h"
#include "simple_torch/simple_torch.h"

namespace simple_torch {
namespace {

using namespace std::chrono_literals;
using Log = std::vector<std::string>;

std::string text_of(c10::Stream stream) {
  return stream.device().str() + "/" + std::to_string(stream.id());
}

c10::Stream stream_of(c10::DeviceIndex device, c10::StreamId id) {
  return c10::Stream(c10::Stream::UNSAFE, c10::Device(c10::DeviceType::CUDA, device), id);
}

struct FakeEvent final : CudaEvent {
  explicit FakeEvent(Log& calls) : log(calls) {}
  ~FakeEvent() override { log.push_back("event gone"); }
  void record(c10::Stream stream) override { log.push_back("record " + text_of(stream)); }
  void block(c10::Stream stream) const override {
    log.push_back("block " + text_of(stream));
  }
  bool query() const override { return false; }
  void synchronize() const override { log.push_back("event synchronize"); }
  double elapsed(const CudaEvent& later) const override {
    return &later == this ? 0 : 2.5;
  }
  Log& log;
};

struct FakeGraph final : CudaGraph {
  explicit FakeGraph(Log& calls) : log(calls) {}
  ~FakeGraph() override { log.push_back("graph gone"); }
  void capture_begin(CudaPool shared, CudaCapture mode) override {
    log.push_back("capture " + std::to_string(shared.first) + "," +
                  std::to_string(shared.second) + " mode " +
                  std::to_string(static_cast<int>(mode)));
  }
  void capture_end() override {
    TORCH_CHECK(false, "operation failed due to a previous error during capture");
  }
  void replay() override { log.push_back("replay"); }
  void reset() override { log.push_back("reset"); }
  CudaPool pool() override { return {0, 7}; }
  Log& log;
};

struct FakeProvider final : CudaProvider {
  int64_t device_count() override { return count; }
  int64_t current_device() override { return current; }
  void set_device(c10::DeviceIndex device) override { current = device; }
  void synchronize(c10::DeviceIndex device) override { note("synchronize", device); }
  std::string device_name(c10::DeviceIndex device) override {
    return "device " + std::to_string(device);
  }
  std::string device_uuid(c10::DeviceIndex) override { return "uuid"; }
  int64_t device_property(c10::DeviceIndex device, int64_t property) override {
    return 100 * device + property;
  }
  bool can_access_peer(c10::DeviceIndex device, c10::DeviceIndex peer) override {
    return device != peer;
  }
  bool enable_peer_access(c10::DeviceIndex, c10::DeviceIndex) override { return false; }
  int64_t driver_version() override { return 13000; }
  int64_t runtime_version() override { return 12040; }

  CudaMemory memory(c10::DeviceIndex) override { return {3, 10}; }
  CudaStatistics statistics(c10::DeviceIndex device) override {
    return {{"num_ooms", 0}, {"active.all.current", 4 + device}};
  }
  std::vector<CudaSegment> snapshot() override { return segments; }
  void empty_cache() override { log.push_back("empty_cache"); }
  double memory_fraction(c10::DeviceIndex) override { return fraction; }
  void set_memory_fraction(c10::DeviceIndex, double wanted) override {
    fraction = wanted;
  }
  void reset_peak(c10::DeviceIndex device) override { note("reset_peak", device); }
  void reset_accumulated(c10::DeviceIndex device) override {
    note("reset_accumulated", device);
  }

  c10::Stream make_stream(c10::DeviceIndex device, int priority) override {
    return stream_of(device, 10 - priority);
  }
  c10::Stream default_stream(c10::DeviceIndex device) override {
    return stream_of(device, 0);
  }
  void set_stream(c10::Stream stream) override {
    log.push_back("set_stream " + text_of(stream));
  }
  int64_t priority(c10::Stream stream) override { return 10 - stream.id(); }
  std::pair<int64_t, int64_t> priorities() override { return {0, -5}; }
  bool query(c10::Stream) override { return true; }
  void synchronize(c10::Stream stream) override {
    log.push_back("synchronize " + text_of(stream));
  }
  std::unique_ptr<CudaEvent> make_event(bool timing, bool blocking) override {
    log.push_back(std::string("event") + (timing ? " timing" : "") +
                  (blocking ? " blocking" : ""));
    return std::make_unique<FakeEvent>(log);
  }
  std::unique_ptr<CudaGraph> make_graph() override {
    return std::make_unique<FakeGraph>(log);
  }
  CudaPool make_pool() override { return {0, 9}; }
  bool is_capturing() override { return true; }

  void note(const char* what, c10::DeviceIndex device) {
    log.push_back(std::string(what) + " " + std::to_string(device));
  }

  int64_t count = 2;
  int64_t current = 0;
  double fraction = 1;
  std::vector<CudaSegment> segments;
  Log log;
};

constexpr int64_t kFirst = 1 + 256;
constexpr int64_t kSecond = 1 + 2 * 256;

class Cuda : public testing::Test {
 protected:
  void SetUp() override {
    before_ = cuda_provider();
    set_cuda_provider(&fake);
  }
  void TearDown() override {
    set_cuda_provider(before_);
    simple_torch_error_clear();
    EXPECT_EQ(simple_torch_handle_live_count(0), 0);
  }
  FakeProvider fake;

 private:
  CudaProvider* before_ = nullptr;
};

void expect_failure(int64_t code, const char* argument) {
  EXPECT_EQ(simple_torch_error_code(), code) << simple_torch_error_message();
  EXPECT_STREQ(simple_torch_error_argument(), argument) << simple_torch_error_message();
}

template <typename Write>
std::string text_from(Write&& write) {
  std::string text(static_cast<size_t>(write(nullptr, 0)) + 1, '\0');
  const int64_t length = write(text.data(), static_cast<int64_t>(text.size()));
  text.resize(static_cast<size_t>(length));
  return text;
}

TEST_F(Cuda, HasDevicesAndACurrentOne) {
  EXPECT_EQ(simple_torch_cuda_device_count(), 2);
  EXPECT_EQ(simple_torch_cuda_set_device(kSecond), 0);
  EXPECT_EQ(simple_torch_cuda_current_device(), 1);
  // The current device is meant where no index is given.
  EXPECT_EQ(simple_torch_cuda_device_property(-1, SIMPLE_TORCH_CUDA_WARP_SIZE), 104);
  EXPECT_EQ(simple_torch_cuda_device_property(1, SIMPLE_TORCH_CUDA_WARP_SIZE), 104);
  EXPECT_EQ(simple_torch_cuda_device_property(kFirst, SIMPLE_TORCH_CUDA_MINOR), 1);
  EXPECT_EQ(simple_torch_cuda_synchronize(kFirst), 0);
  EXPECT_EQ(fake.log, Log({"synchronize 0"}));
  EXPECT_EQ(text_from([](char* buffer, int64_t room) {
              return simple_torch_cuda_device_name(kSecond, buffer, room);
            }),
            "device 1");
  EXPECT_EQ(simple_torch_cuda_driver_version(), 13000);
  EXPECT_EQ(simple_torch_cuda_runtime_version(), 12040);
  EXPECT_EQ(simple_torch_cuda_can_access_peer(kFirst, kSecond), 1);
  EXPECT_EQ(simple_torch_cuda_can_access_peer(kFirst, kFirst), 0);
  EXPECT_EQ(simple_torch_cuda_enable_peer_access(kFirst, kSecond), 0);
}

TEST_F(Cuda, RefusesDevicesThatAreNotThere) {
  for (const int64_t device : {int64_t{0}, int64_t{1 + 3 * 256}, int64_t{-2}}) {
    EXPECT_EQ(simple_torch_cuda_set_device(device), SIMPLE_TORCH_E_BAD_ARGUMENT);
    expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "device");
  }
  EXPECT_EQ(simple_torch_cuda_can_access_peer(kFirst, 0), SIMPLE_TORCH_E_BAD_ARGUMENT);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "peer");
  for (const int64_t property : {-1, 17}) {
    EXPECT_EQ(simple_torch_cuda_device_property(kFirst, property),
              SIMPLE_TORCH_E_BAD_ARGUMENT);
    expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "property");
  }
}

TEST_F(Cuda, IsNotThereWithoutADevice) {
  fake.count = 0;
  EXPECT_EQ(simple_torch_cuda_device_count(), 0);
  EXPECT_EQ(simple_torch_cuda_current_device(), SIMPLE_TORCH_E_UNSUPPORTED);
  EXPECT_NE(std::string(simple_torch_error_message()).find("CUDA is not there: "),
            std::string::npos);
  EXPECT_EQ(simple_torch_cuda_stream_create(-1, 0), 0);
  expect_failure(SIMPLE_TORCH_E_UNSUPPORTED, "");
}

TEST_F(Cuda, TellsOfMemory) {
  int64_t free = 0;
  int64_t total = 0;
  EXPECT_EQ(simple_torch_cuda_memory_info(kFirst, &free, &total), 0);
  EXPECT_EQ(free, 3);
  EXPECT_EQ(total, 10);
  EXPECT_EQ(simple_torch_cuda_memory_statistic(kSecond, "active.all.current"), 5);
  EXPECT_EQ(simple_torch_cuda_memory_statistic(kSecond, "active"),
            SIMPLE_TORCH_E_BAD_ARGUMENT);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "name");
  EXPECT_EQ(text_from([](char* buffer, int64_t room) {
              return simple_torch_cuda_memory_statistics(kFirst, buffer, room);
            }),
            "active.all.current 4\nnum_ooms 0\n");
  EXPECT_EQ(simple_torch_cuda_memory_empty_cache(), 0);
  EXPECT_EQ(simple_torch_cuda_memory_reset_peak(kSecond), 0);
  EXPECT_EQ(simple_torch_cuda_memory_reset_accumulated(kFirst), 0);
  EXPECT_EQ(fake.log, Log({"empty_cache", "reset_peak 1", "reset_accumulated 0"}));
}

TEST_F(Cuda, BoundsMemoryByAFraction) {
  EXPECT_EQ(simple_torch_cuda_memory_set_fraction(kFirst, 0.25), 0);
  double fraction = 0;
  EXPECT_EQ(simple_torch_cuda_memory_fraction(kFirst, &fraction), 0);
  EXPECT_EQ(fraction, 0.25);
  for (const double wrong : {-0.5, 1.5, std::nan("")}) {
    EXPECT_EQ(simple_torch_cuda_memory_set_fraction(kFirst, wrong),
              SIMPLE_TORCH_E_BAD_ARGUMENT);
    expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "fraction");
  }
  EXPECT_EQ(fake.fraction, 0.25);
}

TEST_F(Cuda, ShowsTheAllocatorAsJson) {
  const auto snapshot = [](char* buffer, int64_t room) {
    return simple_torch_cuda_memory_snapshot(buffer, room);
  };
  EXPECT_EQ(nlohmann::json::parse(text_from(snapshot)), nlohmann::json::array());
  CudaSegment segment{};
  segment.device = 1;
  segment.address = 4096;
  segment.total_size = 2048;
  segment.is_large = true;
  segment.pool = {0, 3};
  segment.blocks = {{4096, 512, 500, "active_allocated"}, {4608, 1536, 0, "inactive"}};
  fake.segments = {segment, CudaSegment{}};
  const auto read = nlohmann::json::parse(text_from(snapshot));
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0]["device"], 1);
  EXPECT_EQ(read[0]["address"], 4096);
  EXPECT_EQ(read[0]["segment_type"], "large");
  EXPECT_EQ(read[0]["segment_pool_id"], nlohmann::json({0, 3}));
  EXPECT_EQ(read[0]["is_expandable"], false);
  ASSERT_EQ(read[0]["blocks"].size(), 2U);
  EXPECT_EQ(read[0]["blocks"][0]["requested_size"], 500);
  EXPECT_EQ(read[0]["blocks"][1]["state"], "inactive");
  EXPECT_EQ(read[1]["segment_type"], "small");
  EXPECT_TRUE(read[1]["blocks"].empty());
}

TEST_F(Cuda, HasStreams) {
  const simple_torch_handle urgent = simple_torch_cuda_stream_create(kSecond, -2);
  ASSERT_NE(urgent, 0) << simple_torch_error_message();
  EXPECT_EQ(simple_torch_handle_kind(urgent), SIMPLE_TORCH_KIND_STREAM);
  EXPECT_EQ(simple_torch_stream_device(urgent), kSecond);
  int64_t number = 0;
  EXPECT_EQ(simple_torch_stream_id(urgent, &number), 0);
  EXPECT_EQ(number, 12);
  EXPECT_EQ(simple_torch_cuda_stream_priority(urgent, &number), 0);
  EXPECT_EQ(number, -2);
  int64_t highest = 0;
  EXPECT_EQ(simple_torch_cuda_stream_priorities(&number, &highest), 0);
  EXPECT_EQ(number, 0);
  EXPECT_EQ(highest, -5);
  const simple_torch_handle usual = simple_torch_cuda_stream_default(kFirst);
  EXPECT_EQ(simple_torch_cuda_stream_set_current(urgent), 0);
  EXPECT_EQ(simple_torch_cuda_stream_query(urgent), 1);
  EXPECT_EQ(simple_torch_cuda_stream_synchronize(usual), 0);
  EXPECT_EQ(simple_torch_cuda_stream_wait(usual, urgent), 0);
  EXPECT_EQ(fake.log, Log({"set_stream cuda:1/12", "synchronize cuda:0/0", "event",
                           "record cuda:1/12", "block cuda:0/0", "event gone"}));
  EXPECT_EQ(simple_torch_cuda_stream_create(kFirst, 1), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "priority");
  simple_torch_stream_free(urgent);
  simple_torch_stream_free(usual);
}

TEST_F(Cuda, RefusesStreamsOfOtherDevices) {
  const simple_torch_handle of_cpu = simple_torch_stream_current(0);
  EXPECT_EQ(simple_torch_cuda_stream_query(of_cpu), SIMPLE_TORCH_E_BAD_ARGUMENT);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "stream");
  const simple_torch_handle usual = simple_torch_cuda_stream_default(kFirst);
  EXPECT_EQ(simple_torch_cuda_stream_wait(usual, of_cpu), SIMPLE_TORCH_E_BAD_ARGUMENT);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "awaited");
  simple_torch_stream_free(of_cpu);
  simple_torch_stream_free(usual);
}

TEST_F(Cuda, HasEventsThatGoOnce) {
  const simple_torch_handle stream = simple_torch_cuda_stream_default(kFirst);
  const simple_torch_handle event = simple_torch_cuda_event_create(1, 1);
  ASSERT_NE(event, 0) << simple_torch_error_message();
  EXPECT_EQ(simple_torch_handle_kind(event), SIMPLE_TORCH_KIND_EVENT);
  EXPECT_EQ(simple_torch_cuda_event_record(event, stream), 0);
  EXPECT_EQ(simple_torch_cuda_event_block(event, stream), 0);
  EXPECT_EQ(simple_torch_cuda_event_query(event), 0);
  EXPECT_EQ(simple_torch_cuda_event_synchronize(event), 0);
  const simple_torch_handle later = simple_torch_cuda_event_create(1, 0);
  double milliseconds = 0;
  EXPECT_EQ(simple_torch_cuda_event_elapsed(event, later, &milliseconds), 0);
  EXPECT_EQ(milliseconds, 2.5);
  EXPECT_EQ(simple_torch_cuda_event_elapsed(event, stream, &milliseconds),
            SIMPLE_TORCH_E_WRONG_KIND);
  expect_failure(SIMPLE_TORCH_E_WRONG_KIND, "later");
  EXPECT_EQ(fake.log, Log({"event timing blocking", "record cuda:0/0", "block cuda:0/0",
                           "event synchronize", "event timing"}));
  fake.log.clear();
  EXPECT_EQ(simple_torch_cuda_event_free(event), 0);
  EXPECT_EQ(simple_torch_cuda_event_query(event), SIMPLE_TORCH_E_STALE_HANDLE);
  EXPECT_EQ(simple_torch_release_many(&later, 1), 1);
  simple_torch_runtime_poll();
  EXPECT_EQ(fake.log, Log({"event gone", "event gone"}));
  simple_torch_stream_free(stream);
}

TEST_F(Cuda, RecordsAndLaunchesGraphs) {
  const simple_torch_handle graph = simple_torch_cuda_graph_create();
  ASSERT_NE(graph, 0) << simple_torch_error_message();
  EXPECT_EQ(simple_torch_handle_kind(graph), SIMPLE_TORCH_KIND_GRAPH);
  int64_t pool[2] = {};
  EXPECT_EQ(simple_torch_cuda_pool_create(pool, 2), 2);
  EXPECT_EQ(pool[1], 9);
  EXPECT_EQ(
      simple_torch_cuda_graph_capture_begin(graph, pool, 2, SIMPLE_TORCH_CAPTURE_THREAD),
      0);
  EXPECT_EQ(simple_torch_cuda_graph_capture_begin(graph, nullptr, 0,
                                                  SIMPLE_TORCH_CAPTURE_GLOBAL),
            0);
  EXPECT_EQ(simple_torch_cuda_graph_replay(graph), 0);
  EXPECT_EQ(simple_torch_cuda_graph_reset(graph), 0);
  EXPECT_EQ(simple_torch_cuda_graph_pool(graph, pool, 2), 2);
  EXPECT_EQ(pool[1], 7);
  EXPECT_EQ(simple_torch_cuda_is_capturing(), 1);
  EXPECT_EQ(fake.log,
            Log({"capture 0,9 mode 1", "capture 0,0 mode 0", "replay", "reset"}));
  EXPECT_EQ(simple_torch_cuda_graph_capture_end(graph), SIMPLE_TORCH_E_TORCH);
  EXPECT_EQ(simple_torch_cuda_graph_free(graph), 0);
  EXPECT_EQ(fake.log.back(), "graph gone");
}

TEST_F(Cuda, RefusesPoolsAndModesThatAreNone) {
  const simple_torch_handle graph = simple_torch_cuda_graph_create();
  int64_t pool[3] = {};
  EXPECT_EQ(simple_torch_cuda_graph_capture_begin(graph, pool, 3, 0),
            SIMPLE_TORCH_E_BAD_ARGUMENT);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "pool");
  EXPECT_EQ(simple_torch_cuda_graph_capture_begin(graph, nullptr, 0, 3),
            SIMPLE_TORCH_E_BAD_ARGUMENT);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "mode");
  EXPECT_EQ(simple_torch_cuda_graph_pool(graph, pool, 1), SIMPLE_TORCH_E_BAD_ARGUMENT);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "pool_out");
  EXPECT_TRUE(fake.log.empty());
  simple_torch_cuda_graph_free(graph);
}

constexpr int64_t kGiB = int64_t{1} << 30;

TEST(CollectionPace, IsFasterTheLessIsFree) {
  CollectionPace pace;
  const CudaMemory half{40 * kGiB, 80 * kGiB};
  // Nothing is known of how long it takes.
  EXPECT_TRUE(pace.due(half, 0us));
  pace.collected(1s, 1s + 10ms);
  const CollectionPace::Time end = 1s + 10ms;
  // A fiftieth of the time where as much is free as in use.
  EXPECT_FALSE(pace.due(half, end + 499ms));
  EXPECT_TRUE(pace.due(half, end + 500ms));
  // A fifth where a tenth of what is in use is free.
  const CudaMemory eleventh{kGiB, 11 * kGiB};
  EXPECT_FALSE(pace.due(eleventh, end + 49ms));
  EXPECT_TRUE(pace.due(eleventh, end + 50ms));
  EXPECT_TRUE(pace.due({0, 80 * kGiB}, end));
  // Nothing can be gained where nothing is in use.
  EXPECT_FALSE(pace.due({80 * kGiB, 80 * kGiB}, end + 1h));
}

class Room : public testing::Test {
 protected:
  void TearDown() override {
    simple_torch_runtime_attach(nullptr);
    simple_torch_runtime_poll();
  }
  void attach(int64_t thread_rule) {
    simple_torch_runtime runtime{};
    runtime.size = sizeof(runtime);
    runtime.context = this;
    runtime.collect = [](void* context, int64_t reason, int64_t bytes) -> int64_t {
      return static_cast<Room*>(context)->collect(reason, bytes);
    };
    runtime.thread_rule = thread_rule;
    ASSERT_EQ(simple_torch_runtime_attach(&runtime), 0);
  }
  int64_t collect(int64_t reason, int64_t bytes) {
    ++collections;
    last_reason = reason;
    last_bytes = bytes;
    // What it does may itself want room, and must not wait for itself.
    nested_room = kCudaHost.make_room(kNone);
    if (garbage != 0) simple_torch_release_many(&garbage, 1);
    return 0;
  }
  static simple_torch_handle tensor() {
    const int64_t dims[] = {4};
    return simple_torch_tensor_zeros(dims, 1);
  }

  static constexpr CudaMemory kNone{0, kGiB};
  simple_torch_handle garbage = 0;
  int64_t collections = 0;
  int64_t last_reason = -1;
  int64_t last_bytes = -1;
  bool nested_room = true;
};

TEST_F(Room, IsNotToBeMadeWhereNothingWaitsAndNoRuntimeIs) {
  EXPECT_FALSE(kCudaHost.can_make_room());
  EXPECT_FALSE(kCudaHost.make_room(kNone));
}

TEST_F(Room, IsMadeOfReleasedHandles) {
  const simple_torch_handle released = tensor();
  simple_torch_release_many(&released, 1);
  EXPECT_TRUE(kCudaHost.can_make_room());
  EXPECT_TRUE(kCudaHost.make_room(kNone));
  EXPECT_FALSE(kCudaHost.can_make_room());
}

TEST_F(Room, IsMadeByACollectionOnThisThread) {
  attach(SIMPLE_TORCH_COLLECT_ON_ATTACHING_THREAD);
  garbage = tensor();
  EXPECT_TRUE(kCudaHost.can_make_room());
  EXPECT_TRUE(kCudaHost.make_room(kNone));
  EXPECT_EQ(collections, 1);
  EXPECT_EQ(last_reason, SIMPLE_TORCH_COLLECT_OUT_OF_MEMORY);
  EXPECT_EQ(last_bytes, 0);
  EXPECT_FALSE(nested_room);
  EXPECT_EQ(simple_torch_handle_kind(garbage), SIMPLE_TORCH_E_STALE_HANDLE);
  simple_torch_error_clear();
}

// With the allocator's lock held nobody is waited for.
TEST_F(Room, IsAskedForAndNotWaitedForOnAnotherThread) {
  attach(SIMPLE_TORCH_COLLECT_ON_ATTACHING_THREAD);
  bool made = true;
  const auto began = std::chrono::steady_clock::now();
  std::thread([&] { made = kCudaHost.make_room(kNone); }).join();
  EXPECT_LT(std::chrono::steady_clock::now() - began, 500ms);
  EXPECT_FALSE(made);
  EXPECT_EQ(collections, 0);
  simple_torch_runtime_poll();
  EXPECT_EQ(collections, 1);
}

// Memory seemed enough, and was not.
TEST_F(Room, IsMadeAtTheNextCallIfItWasNotTimeAndAnAllocationFailed) {
  attach(SIMPLE_TORCH_COLLECT_ON_ATTACHING_THREAD);
  constexpr CudaMemory kAll{kGiB, kGiB};
  // The first is always due; after it, nothing can be gained where nothing is in use.
  kCudaHost.make_room(kNone);
  EXPECT_FALSE(kCudaHost.make_room(kAll));
  simple_torch_runtime_poll();
  EXPECT_EQ(collections, 1);
  want_postponed_collection();
  simple_torch_runtime_poll();
  EXPECT_EQ(collections, 2);
  want_postponed_collection();
  simple_torch_runtime_poll();
  EXPECT_EQ(collections, 2);
}

TEST_F(Room, IsMadeByOneThreadAtATime) {
  attach(SIMPLE_TORCH_COLLECT_ON_ANY_THREAD);
  // Each would hold its own device's lock and free tensors of the other's.
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int round = 0; round < 1000; ++round) {
        const simple_torch_handle released = tensor();
        simple_torch_release_many(&released, 1);
        kCudaHost.make_room(kNone);
      }
    });
  }
  for (std::thread& each : threads) each.join();
  simple_torch_runtime_poll();
  EXPECT_EQ(simple_torch_handle_live_count(0), 0);
}

}  // namespace
}  // namespace simple_torch

// Streams of the caller: seven callbacks, one function, or memory.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "support/files.h"
#include "support/support.h"
#include "support/values.h"

namespace {

const std::string kRecorded = SIMPLE_TORCH_RECORDED_FILES "/";

class Streams : public LeavesNoHandles {};

// A stream as a host could have it, that can be told to fail.
struct Host {
  std::string bytes;
  int64_t at = 0;
  // Of each transfer, so that large ones come in pieces.
  int64_t most = INT64_MAX;
  int64_t fails_after = INT64_MAX;
  int64_t lies = 0;
  int calls = 0;
  int destroyed_writers = 0;
  int destroyed_readers = 0;

  bool fails() {
    if (++calls <= fails_after) return false;
    simple_torch_callback_error("the disk is full of bees");
    return true;
  }
};
Host& host(void* context) { return *static_cast<Host*>(context); }

int64_t write(void* context, const void* data, int64_t count, int64_t* count_out) {
  Host& self = host(context);
  if (self.fails()) return 1;
  const int64_t taken = std::min(count, self.most);
  self.bytes.resize(static_cast<size_t>(
      std::max(static_cast<int64_t>(self.bytes.size()), self.at + taken)));
  std::memcpy(self.bytes.data() + self.at, data, static_cast<size_t>(taken));
  self.at += taken;
  *count_out = taken + self.lies;
  return 0;
}
int64_t read(void* context, void* data, int64_t capacity, int64_t* count_out) {
  Host& self = host(context);
  if (self.fails()) return 1;
  const int64_t left = static_cast<int64_t>(self.bytes.size()) - self.at;
  const int64_t given = std::min({capacity, self.most, left});
  std::memcpy(data, self.bytes.data() + self.at, static_cast<size_t>(given));
  self.at += given;
  *count_out = given + self.lies;
  return 0;
}
int64_t position(void* context, int64_t* position_out) {
  Host& self = host(context);
  *position_out = self.at;
  return self.fails() ? 1 : 0;
}
int64_t seek_start(void* context, int64_t offset, int64_t* position_out) {
  Host& self = host(context);
  *position_out = self.at = offset;
  return self.fails() ? 1 : 0;
}
int64_t seek_end(void* context, int64_t offset, int64_t* position_out) {
  Host& self = host(context);
  *position_out = self.at = static_cast<int64_t>(self.bytes.size()) + offset;
  return self.fails() ? 1 : 0;
}
void destroy_writer(void* context) { ++host(context).destroyed_writers; }
void destroy_reader(void* context) { ++host(context).destroyed_readers; }

simple_torch_io_callbacks callbacks(Host& self) {
  return {sizeof(simple_torch_io_callbacks),
          &self,
          write,
          read,
          position,
          seek_start,
          seek_end,
          destroy_writer,
          destroy_reader};
}
simple_torch_handle stream(Host& self) {
  const simple_torch_io_callbacks all = callbacks(self);
  return simple_torch_io_create(&all);
}

// The same host as one function.
int64_t transfer(void* context, simple_torch_handle asked) {
  int64_t number = 0;
  simple_torch_transfer_number(asked, &number);
  int64_t answer = 0;
  std::string piece;
  switch (simple_torch_transfer_operation(asked)) {
    case SIMPLE_TORCH_TRANSFER_WRITE: {
      piece.resize(static_cast<size_t>(number));
      simple_torch_transfer_take(asked, piece.data(), number);
      if (write(context, piece.data(), number, &answer) != 0) return 1;
      return simple_torch_transfer_answer(asked, answer);
    }
    case SIMPLE_TORCH_TRANSFER_READ:
      piece.resize(static_cast<size_t>(number));
      if (read(context, piece.data(), number, &answer) != 0) return 1;
      return simple_torch_transfer_give(asked, piece.data(), answer);
    case SIMPLE_TORCH_TRANSFER_POSITION:
      position(context, &answer);
      break;
    case SIMPLE_TORCH_TRANSFER_SEEK_START:
      seek_start(context, number, &answer);
      break;
    default:
      seek_end(context, number, &answer);
      break;
  }
  return simple_torch_transfer_answer(asked, answer);
}

simple_torch_handle named_tensors() {
  return value::dict({{"weight", value::of_tensor(doubles({2, 2}, {1, 2, 3, 4}))},
                      {"step", value::of(int64_t{7})}});
}

TEST_F(Streams, TakeAndGiveNamedTensors) {
  Host self;
  self.bytes = "before";
  self.at = 6;
  {
    const Owned io(stream(self));
    const Owned all(named_tensors());
    EXPECT_EQ(simple_torch_value_write(all, io), 0) << simple_torch_error_message();
    EXPECT_EQ(simple_torch_io_position(io), static_cast<int64_t>(self.bytes.size()));
    EXPECT_EQ(simple_torch_io_seek_start(io, 6), 6);
    const Owned again(simple_torch_value_read(io, -1));
    EXPECT_EQ(simple_torch_value_equal(all, again), 1);
  }
  EXPECT_EQ(self.destroyed_writers, 1);
  EXPECT_EQ(self.destroyed_readers, 1);
  EXPECT_TRUE(self.bytes.starts_with("beforePK"));
}

TEST_F(Streams, MayTransferLessThanWasAsked) {
  Host self;
  self.most = 7;
  const Owned io(stream(self));
  const Owned one(value::of_tensor(doubles({3}, {1, 2, 3})));
  EXPECT_EQ(simple_torch_value_write(one, io), 0) << simple_torch_error_message();
  simple_torch_io_seek_start(io, 0);
  const Owned again(simple_torch_value_read(io, -1));
  EXPECT_EQ(value::elements(again), (std::vector<double>{1, 2, 3}));
}

TEST_F(Streams, ReadWhatFilesHold) {
  for (const char* const name : {"state.pt", "state_old.pt", "nested.pt"}) {
    Host self;
    self.bytes = read_file(kRecorded + name);
    const Owned io(stream(self));
    const Owned loaded(simple_torch_value_read(io, -1));
    const Owned expected(simple_torch_value_load((kRecorded + name).c_str(), -1));
    EXPECT_EQ(simple_torch_value_equal(loaded, expected), 1) << name;
    const Owned from_memory(simple_torch_value_load_bytes(
        self.bytes.data(), static_cast<int64_t>(self.bytes.size()), -1));
    EXPECT_EQ(simple_torch_value_equal(from_memory, expected), 1) << name;
  }
}

TEST_F(Streams, ReadStoragesWithoutReadingThemTwice) {
  Host self;
  const Owned io(stream(self));
  const Owned large(value::of_tensor(zeros({1 << 20})));
  EXPECT_EQ(simple_torch_value_write(large, io), 0);
  simple_torch_io_seek_start(io, 0);
  const int64_t before = statistic(SIMPLE_TORCH_MEMORY_LIVE_BYTES);
  simple_torch_memory_reset_peak(-1);
  const Owned again(simple_torch_value_read(io, -1));
  // The tensor itself, and nothing of its size besides it.
  const int64_t peak = statistic(SIMPLE_TORCH_MEMORY_PEAK_BYTES) - before;
  EXPECT_LT(peak, 5 * kMiB);
}

TEST_F(Streams, OfOneFunctionDoTheSame) {
  Host self;
  {
    const Owned io(simple_torch_io_from_function(transfer, &self, destroy_writer));
    const Owned all(named_tensors());
    EXPECT_EQ(simple_torch_value_write(all, io), 0) << simple_torch_error_message();
    EXPECT_EQ(simple_torch_io_seek_start(io, 0), 0);
    const Owned again(simple_torch_value_read(io, -1));
    EXPECT_EQ(simple_torch_value_equal(all, again), 1);
    const Owned module(
        simple_torch_module_load((kRecorded + "script_model.pt").c_str(), -1));
    const int64_t start = simple_torch_io_seek_end(io, 0);
    EXPECT_EQ(simple_torch_module_write(module, io), 0) << simple_torch_error_message();
    EXPECT_EQ(simple_torch_io_seek_start(io, start), start);
    const Owned loaded(simple_torch_module_read(io, -1));
  }
  EXPECT_EQ(self.destroyed_writers, 1);
}

void expect_bees() {
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_CALLBACK)
      << simple_torch_error_message();
  EXPECT_NE(std::string(simple_torch_error_message()).find("the disk is full of bees"),
            std::string::npos)
      << simple_torch_error_message();
}

TEST_F(Streams, SayWhyTheyFailed) {
  Host whole;
  const Owned good(stream(whole));
  const Owned all(named_tensors());
  const Owned module(
      simple_torch_module_load((kRecorded + "script_model.pt").c_str(), -1));
  simple_torch_value_write(all, good);
  Host program;
  program.bytes = read_file(kRecorded + "script_model.pt");
  // At every call that is made, however far it came before.
  for (int64_t calls = 0; calls < 6; ++calls) {
    Host broken;
    broken.fails_after = calls;
    const Owned io(stream(broken));
    EXPECT_LT(simple_torch_value_write(all, io), 0);
    expect_bees();
    broken.calls = 0;
    EXPECT_LT(simple_torch_module_write(module, io), 0);
    expect_bees();
    broken.bytes = whole.bytes;
    broken.at = 0;
    broken.calls = 0;
    EXPECT_EQ(simple_torch_value_read(io, -1), 0);
    expect_bees();
    broken.bytes = program.bytes;
    broken.at = 0;
    broken.calls = 0;
    EXPECT_EQ(simple_torch_module_read(io, -1), 0);
    expect_bees();
  }
}

TEST_F(Streams, ThatLieAreNotBelieved) {
  Host self;
  self.lies = 1000000;
  const Owned io(stream(self));
  const Owned all(named_tensors());
  EXPECT_LT(simple_torch_value_write(all, io), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_CALLBACK);
  char room[8];
  self.bytes = "12345678";
  self.at = 0;
  EXPECT_LT(simple_torch_io_read(io, room, sizeof room), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_CALLBACK);
  self.lies = -1000000;
  EXPECT_LT(simple_torch_io_write(io, room, sizeof room), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_CALLBACK);
}

TEST_F(Streams, ThatCannotReadOrWriteSaySo) {
  Host self;
  simple_torch_io_callbacks all = callbacks(self);
  all.write = nullptr;
  const Owned reader(simple_torch_io_create(&all));
  EXPECT_LT(simple_torch_io_write(reader, "x", 1), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "io");
  all = callbacks(self);
  all.read = nullptr;
  all.seek_start = nullptr;
  const Owned writer(simple_torch_io_create(&all));
  EXPECT_EQ(simple_torch_value_read(writer, -1), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "io");
  EXPECT_EQ(simple_torch_io_write(writer, "x", 1), 0);
  all.write = nullptr;
  EXPECT_EQ(simple_torch_io_create(&all), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "callbacks");
  all = callbacks(self);
  all.seek_end = nullptr;
  EXPECT_EQ(simple_torch_io_create(&all), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "callbacks");
  EXPECT_EQ(self.destroyed_readers, 2) << "also when the call failed";
}

TEST_F(Streams, InMemoryGrow) {
  const Owned io(simple_torch_io_memory("hello", 5));
  EXPECT_EQ(simple_torch_io_seek_end(io, -1), 4);
  EXPECT_EQ(simple_torch_io_write(io, "ium!", 4), 0);
  EXPECT_EQ(simple_torch_io_position(io), 8);
  EXPECT_EQ(simple_torch_io_seek_start(io, 0), 0);
  char room[20] = {};
  EXPECT_EQ(simple_torch_io_read(io, room, 20), 8);
  EXPECT_STREQ(room, "hellium!");
  EXPECT_LT(simple_torch_io_seek_start(io, 9), 0);
  expect_failure(SIMPLE_TORCH_E_IO, "offset");
  EXPECT_LT(simple_torch_io_seek_end(io, 1), 0);
  expect_failure(SIMPLE_TORCH_E_IO, "offset");
}

// A stream that uses itself while it is being used.
simple_torch_handle itself = 0;
int64_t use_itself(void*, simple_torch_handle) {
  EXPECT_LT(simple_torch_io_position(itself), 0);
  expect_failure(SIMPLE_TORCH_E_IO, "io");
  simple_torch_callback_error("it was refused");
  return 1;
}
TEST_F(Streams, AreUsedByOneAtATime) {
  const Owned io(simple_torch_io_from_function(use_itself, nullptr, nullptr));
  itself = io;
  EXPECT_LT(simple_torch_io_write(io, "x", 1), 0);
  EXPECT_NE(std::string(simple_torch_error_message()).find("it was refused"),
            std::string::npos);
}

}  // namespace

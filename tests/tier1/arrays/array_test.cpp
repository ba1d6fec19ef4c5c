// Arrays of numpy: what it wrote is read, what is written here is read again, and what is
// damaged or claims too much is refused.
#include <filesystem>
#include <random>
#include <sstream>

#include "support/support.h"
#include "support/values.h"

namespace {

namespace fs = std::filesystem;

const std::string kFiles = SIMPLE_TORCH_RECORDED_FILES "/arrays/";

std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

class Arrays : public LeavesNoHandles {
 protected:
  Arrays() { fs::create_directories(folder_); }
  ~Arrays() override { fs::remove_all(folder_); }
  std::string path(const std::string& name) const { return folder_ / name; }
  std::string write(const std::string& name, const std::string& content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }

 private:
  const fs::path folder_ =
      (fs::exists("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path()) /
      ("simple_torch_arrays_" + std::to_string(getpid()));
};

simple_torch_handle load(const std::string& path) {
  return path.ends_with(".npz") ? simple_torch_npz_load(path.c_str())
                                : simple_torch_npy_load(path.c_str());
}

struct Expected {
  const char* file;
  const char* dtype;
  std::vector<int64_t> shape;
  std::vector<double> values;
};
const std::vector<Expected> kExpected = {
#include "arrays/expected.inc"
};

std::vector<double> real_values(simple_torch_handle tensor) {
  if (simple_torch_dtype_is_complex(simple_torch_tensor_dtype(tensor)) != 1) {
    return values(tensor);
  }
  const Owned wide(simple_torch_tensor_to_dtype(tensor, kComplex128));
  std::vector<double> both(2 * static_cast<size_t>(simple_torch_tensor_numel(wide)));
  simple_torch_tensor_copy_to(wide, both.data(),
                              static_cast<int64_t>(both.size() * sizeof(double)));
  std::vector<double> real;
  for (size_t i = 0; i < both.size(); i += 2) real.push_back(both[i]);
  return real;
}

TEST_F(Arrays, HoldWhatNumpyWrote) {
  ASSERT_GT(kExpected.size(), 30u);
  size_t unknown = 0;
  for (const Expected& each : kExpected) {
    SCOPED_TRACE(each.file);
    const int64_t dtype = simple_torch_dtype_from_name(each.dtype);
    if (dtype < 0) {
      // Old versions have no unsigned numbers of several bytes.
      EXPECT_EQ(load(kFiles + each.file), 0);
      EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_UNSUPPORTED);
      ++unknown;
      continue;
    }
    const Owned tensor(load(kFiles + each.file));
    EXPECT_EQ(simple_torch_tensor_dtype(tensor), dtype);
    EXPECT_EQ(shape(tensor), each.shape);
    EXPECT_EQ(real_values(tensor), each.values);
  }
  EXPECT_LE(unknown, 6u);
}

TEST_F(Arrays, AreTheFilesOwnPages) {
  const std::string copy = write("x.npy", read(kFiles + "little_f8.npy"));
  const Owned tensor(load(copy));
  const Owned seven(doubles({2, 3}, {7, 7, 7, 7, 7, 7}));
  const double sevens[] = {7, 7, 7, 7, 7, 7};
  EXPECT_EQ(simple_torch_tensor_copy_from(tensor, sevens, sizeof sevens), 0);
  EXPECT_EQ(read(copy), read(kFiles + "little_f8.npy"));
  EXPECT_EQ(values(tensor), values(seven));
}

std::vector<std::string> names_of(simple_torch_handle dict) {
  return value::texts(simple_torch_value_keys(dict));
}

simple_torch_handle tensor_at(simple_torch_handle dict, int64_t index) {
  const Owned members(simple_torch_value_members(dict));
  const Owned member(simple_torch_value_item(members, index));
  return simple_torch_value_tensor(member);
}

TEST_F(Arrays, LieInArchivesThatMayBeCompressed) {
  for (const char* const name : {"stored.npz", "compressed.npz"}) {
    const Owned dict(load(kFiles + name));
    EXPECT_EQ(names_of(dict), (std::vector<std::string>{"first", "second", "third"}));
    const Owned first(tensor_at(dict, 0));
    EXPECT_EQ(simple_torch_tensor_dtype(first), kInt64);
    EXPECT_EQ(values(first)[299], 299);
    const Owned second(tensor_at(dict, 1));
    EXPECT_EQ(values(second), (std::vector<double>{0, 1.5, 3, 4.5, 6, 7.5}));
    const Owned third(tensor_at(dict, 2));
    EXPECT_EQ(shape(third), (std::vector<int64_t>{}));
    EXPECT_EQ(simple_torch_tensor_dtype(third), kBool);
  }
}

// An array of our own, byte by byte what numpy makes of it.
TEST_F(Arrays, AreWrittenAsNumpyDoes) {
  for (const Expected& each : kExpected) {
    SCOPED_TRACE(each.file);
    const std::string name = each.file;
    if (name.starts_with("big") || name == "version2.npy" ||
        simple_torch_dtype_from_name(each.dtype) < 0) {
      continue;
    }
    const Owned tensor(load(kFiles + name));
    ASSERT_EQ(simple_torch_npy_save(tensor, path("x.npy").c_str(),
                                    name == "columns.npy" ? 1 : 0),
              0)
        << simple_torch_error_message();
    EXPECT_EQ(read(path("x.npy")), read(kFiles + name));
  }
}

TEST_F(Arrays, InArchivesAreReadAsTheyWereWritten) {
  const Owned dict(load(kFiles + "stored.npz"));
  uintmax_t sizes[2] = {};
  for (const int64_t compressed : {0, 1}) {
    ASSERT_EQ(simple_torch_npz_save(dict, path("x.npz").c_str(), compressed), 0)
        << simple_torch_error_message();
    sizes[compressed] = fs::file_size(path("x.npz"));
    const Owned again(load(path("x.npz")));
    EXPECT_EQ(names_of(again), names_of(dict));
    for (int64_t i = 0; i < 3; ++i) {
      const Owned before(tensor_at(dict, i));
      const Owned after(tensor_at(again, i));
      EXPECT_EQ(values(after), values(before));
      EXPECT_EQ(shape(after), shape(before));
    }
  }
  EXPECT_LT(sizes[1], sizes[0] / 2);
}

TEST_F(Arrays, OfADtypeThatNumpyHasNotAreRefused) {
  const Owned real(ones({2}));
  const Owned brain(simple_torch_tensor_to_dtype(real, 15));
  EXPECT_EQ(simple_torch_npy_save(brain, path("x.npy").c_str(), 0),
            SIMPLE_TORCH_E_UNSUPPORTED);
  EXPECT_FALSE(fs::exists(path("x.npy")));
  const Owned number(simple_torch_value_from_float(1));
  EXPECT_EQ(simple_torch_npz_save(number, path("x.npz").c_str(), 0), SIMPLE_TORCH_E_TYPE);
}

void expect_refused(const std::string& path, const std::string& said = "") {
  EXPECT_EQ(load(path), 0);
  const int64_t code = simple_torch_error_code();
  EXPECT_TRUE(code == SIMPLE_TORCH_E_FORMAT || code == SIMPLE_TORCH_E_UNSUPPORTED)
      << simple_torch_error_message();
  const std::string message = simple_torch_error_message();
  EXPECT_NE(message.find(said), std::string::npos) << message;
}

TEST_F(Arrays, OfOtherThingsThanNumbersAreRefused) {
  expect_refused(kFiles + "objects.npy", "|O");
  expect_refused(kFiles + "records.npy", "records");
  expect_refused(kFiles + "text.npy", "<U2");
  expect_refused(write("x.npy", "hello world, this is text"), "no array of numpy");
  expect_refused(write("x.npz", "hello world, this is text"), "no archive");
  EXPECT_EQ(load("/nonexistent.npy"), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_IO);
}

std::string with_header(const std::string& said, size_t bytes) {
  std::string content("\x93NUMPY\1\0", 8);
  content += static_cast<char>(said.size() & 0xff);
  content += static_cast<char>(said.size() >> 8);
  return content + said + std::string(bytes, '\0');
}

TEST_F(Arrays, WithHeadersThatMakeNoSenseAreRefused) {
  for (const char* const shape :
       {"(9223372036854775807,)", "(4294967296, 4294967296)",
        "(0, 9223372036854775807, 9)", "(3037000500, 3037000500, 8)", "(-5,)", "(a,)",
        "(2", "", "((2,),)", "(9,)"}) {
    const std::string header =
        std::string("{'descr': '<f8', 'fortran_order': False, 'shape': ") + shape + "}";
    expect_refused(write("x.npy", with_header(header, 64)));
  }
  for (const char* const header :
       {"", "{}", "{'descr': 3}", "{'descr': '<f8'",
        "{'descr': '<f8', 'shape': (1,), 'x': 1}",
        "{'descr': '<f8', 'fortran_order': Maybe, 'shape': (1,)}",
        "{'descr': '<f8', 'shape': (1,)}",
        "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} x"}) {
    expect_refused(write("x.npy", with_header(header, 8)));
  }
  const std::string one = "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}";
  expect_refused(write("x.npy", with_header(one, 24)), "follow the array: 16");
  expect_refused(write("x.npy", with_header(one, 7)), "7 bytes do not hold an array");
  const std::string truths = "{'descr': '|b1', 'fortran_order': False, 'shape': (1,)}";
  expect_refused(write("x.npy", with_header(truths, 0) + "\2"), "truth values");
}

// What deflate makes of a megabyte of zeros, with a list that says it is a terabyte.
TEST_F(Arrays, ThatClaimMoreThanTheyCanHoldAreRefused) {
  const Owned zero(zeros({1 << 18}));
  const Owned value(simple_torch_value_from_tensor(zero));
  const Owned name(simple_torch_value_from_text("x"));
  const simple_torch_handle keys[] = {name};
  const simple_torch_handle members[] = {value};
  const Owned dict(simple_torch_value_from_dict(keys, members, 1));
  ASSERT_EQ(simple_torch_npz_save(dict, path("x.npz").c_str(), 1), 0);
  std::string content = read(path("x.npz"));
  const std::string size("\x80\x00\x10\x00\x00\x00\x00\x00", 8);
  const size_t at = content.rfind(size);
  ASSERT_NE(at, std::string::npos);
  content.replace(at, 8, std::string("\0\0\0\0\0\1\0\0", 8));
  expect_refused(write("x.npz", content), "cannot hold");
}

TEST_F(Arrays, AreRefusedWhereverTheirFileIsCut) {
  for (const auto& entry : fs::directory_iterator(kFiles)) {
    SCOPED_TRACE(entry.path());
    const std::string whole = read(entry.path());
    const std::string name = "x" + entry.path().extension().string();
    for (size_t size = 0; size < whole.size(); ++size) {
      expect_refused(write(name, whole.substr(0, size)));
    }
  }
}

TEST_F(Arrays, SurviveTurnedBits) {
  std::mt19937 random(7);
  for (const auto& entry : fs::directory_iterator(kFiles)) {
    const std::string whole = read(entry.path());
    const std::string name = "x" + entry.path().extension().string();
    for (int i = 0; i < 100; ++i) {
      std::string content = whole;
      for (unsigned j = 0; j <= random() % 3; ++j) {
        const size_t at = random() % content.size();
        content[at] = static_cast<char>(content[at] ^ 1 << random() % 8);
      }
      const simple_torch_handle found = load(write(name, content));
      if (found == 0) {
        const int64_t code = simple_torch_error_code();
        ASSERT_TRUE(code == SIMPLE_TORCH_E_FORMAT || code == SIMPLE_TORCH_E_UNSUPPORTED)
            << simple_torch_error_message();
      }
      simple_torch_release(found);
    }
  }
}

}  // namespace

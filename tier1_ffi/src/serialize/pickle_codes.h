// The instructions of a pickle that are read or written, and the names of storages.
#pragma once

#include <c10/core/ScalarType.h>

#include <cstdint>

namespace simple_torch {

enum class PickleCode : uint8_t {
  kMark = '(',
  kStop = '.',
  kPop = '0',
  kPopMark = '1',
  kDuplicate = '2',
  kBinFloat = 'G',
  kBinInt = 'J',
  kBinInt1 = 'K',
  kBinInt2 = 'M',
  kNone = 'N',
  kBinPersistent = 'Q',
  kReduce = 'R',
  kBinString = 'T',
  kShortBinString = 'U',
  kBinUnicode = 'X',
  kEmptyList = ']',
  kAppend = 'a',
  kBuild = 'b',
  kGlobal = 'c',
  kAppends = 'e',
  kBinGet = 'h',
  kLongBinGet = 'j',
  kBinPut = 'q',
  kLongBinPut = 'r',
  kSetItem = 's',
  kTuple = 't',
  kSetItems = 'u',
  kEmptyDict = '}',
  kEmptyTuple = ')',
  kProtocol = 0x80,
  kNewObject = 0x81,
  kTuple1 = 0x85,
  kTuple2 = 0x86,
  kTuple3 = 0x87,
  kNewTrue = 0x88,
  kNewFalse = 0x89,
  kLong1 = 0x8a,
  kShortBinUnicode = 0x8c,
  kBinUnicode8 = 0x8d,
  kStackGlobal = 0x93,
  kMemoize = 0x94,
  kFrame = 0x95,
};

// The dtypes that have a storage type of their own, and its name in module torch. Tensors
// of all others have an UntypedStorage.
struct StorageName {
  c10::ScalarType dtype;
  const char* name;
};
inline constexpr StorageName kStorageNames[] = {
    {c10::ScalarType::Byte, "ByteStorage"},
    {c10::ScalarType::Char, "CharStorage"},
    {c10::ScalarType::Short, "ShortStorage"},
    {c10::ScalarType::Int, "IntStorage"},
    {c10::ScalarType::Long, "LongStorage"},
    {c10::ScalarType::Half, "HalfStorage"},
    {c10::ScalarType::Float, "FloatStorage"},
    {c10::ScalarType::Double, "DoubleStorage"},
    {c10::ScalarType::Bool, "BoolStorage"},
    {c10::ScalarType::BFloat16, "BFloat16Storage"},
    {c10::ScalarType::ComplexFloat, "ComplexFloatStorage"},
    {c10::ScalarType::ComplexDouble, "ComplexDoubleStorage"},
    {c10::ScalarType::QInt8, "QInt8Storage"},
    {c10::ScalarType::QUInt8, "QUInt8Storage"},
    {c10::ScalarType::QInt32, "QInt32Storage"},
};

}  // namespace simple_torch

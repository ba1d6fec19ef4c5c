// What libtorch's reader of programs believes and does not check: pickles may name
// numbers that lead out of its stack and out of a storage, and the parser of code follows
// what lies in each other until its own stack ends. So both are looked at before. Fails
// with FORMAT and UNSUPPORTED; `where` opens the message.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace simple_torch {

// `storage_size` is asked for each storage that the pickle refers to by its key, and
// fails if there is none.
void check_program_pickle(
    std::string_view bytes, const std::string& where,
    const std::function<uint64_t(const std::string&)>& storage_size);

// A pickle of where the lines of code came from.
void check_program_lines(std::string_view bytes, const std::string& where);

void check_program_code(std::string_view code, const std::string& where);

}  // namespace simple_torch

// An engine for programs that nobody has read: files, processes, the environment,
// standard input and sleep are out of their reach, what they print is dropped, and time
// and memory are limited. They lie in a folder of their own, beside two modules that they
// may import.
#ifndef SIMPLE_TESTS_HOST_FUZZ_CONFINED_H_
#define SIMPLE_TESTS_HOST_FUZZ_CONFINED_H_

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "compile/engine.h"

namespace simple::fuzz {

// Where the program lies while it is compiled and run; the same for all of a process.
const std::filesystem::path& program_path();
// The cache of compiled modules in that folder.
const std::filesystem::path& cache_path();

// Makes `text` the program, and forgets what was compiled of the last one.
void put_program(std::string_view text);

std::unique_ptr<Engine> confined_engine();

// Runs the program until it ends, or its time is over.
void run_confined();

}  // namespace simple::fuzz

#endif

// What is written from the model; each in a file of its own.
#pragma once

#include <filesystem>
#include <vector>

#include "c_functions.h"
#include "merge.h"
#include "model.h"

namespace simple_torch::generator {

// The C++ functions, in `units` files of about the same size.
void emit_cpp(const Model& model, const std::filesystem::path& folder, int units);

// Their C header.
void emit_c_header(const Model& model, const std::filesystem::path& file);

// operators.json: all that is known, for other tools. See tier2_sffi/README.md.
void emit_manifest(const Model& model, const std::filesystem::path& file);

// The extern declarations of Simple, of operators and of our own headers' functions.
void emit_externs(const Model& model, const std::vector<CFunction>& functions,
                  const std::filesystem::path& folder);

// The functions of Simple, two for each public operator.
void emit_api(const Model& model, const std::filesystem::path& folder);

// The methods and functions that people write, one for each name.
void emit_names(const Model& model, const MergedNames& names,
                const std::filesystem::path& folder);

// operators.txt, the names; versions/2.11.txt, the operators of this libtorch;
// coverage.md, the report, which compares them with those of the versions whose lists are
// in `versions`. Python's names are read from python_names.txt beside that folder.
void emit_contract(const Model& model, const std::vector<CFunction>& functions,
                   const MergedNames& names, const Rules& rules,
                   const std::filesystem::path& folder,
                   const std::filesystem::path& versions);

}  // namespace simple_torch::generator

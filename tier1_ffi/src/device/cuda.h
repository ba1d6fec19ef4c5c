// CUDA, which is found when the library is loaded and never linked.
#pragma once

#include <string>

namespace simple_torch {

// Loads libtorch_cuda if this machine has an NVIDIA driver and this libtorch is a CUDA
// build. Called once, before anything asks libtorch for its CUDA hooks: it looks for them
// once and remembers that there were none.
void load_cuda_if_present();

// Why CUDA can or cannot be used, in a sentence.
std::string cuda_status();

// The same about the functions of cuda.h, which need libsimple_torch_ffi_cuda too.
std::string cuda_functions_status();

}  // namespace simple_torch

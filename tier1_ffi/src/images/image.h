// What other parts of the library need of images.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

namespace simple_torch {

// Fails with BAD_ARGUMENT for what simple_torch_image_load() does not take.
void check_image_form(int64_t channels, int64_t depth);
at::Tensor load_image(const std::string& path, int64_t channels, int64_t depth);

}  // namespace simple_torch

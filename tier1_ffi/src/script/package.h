// What the handles of package.h name.
#pragma once

#include "core/compat.h"

// Whether libtorch has a loader of packages.
#if SIMPLE_TORCH_LIBTORCH_AT_LEAST(2, 6)
#define SIMPLE_TORCH_PACKAGES 1
#include <torch/csrc/inductor/aoti_package/model_package_loader.h>
#else
#define SIMPLE_TORCH_PACKAGES 0
#endif

#include <memory>
#include <string>
#include <vector>

namespace simple_torch {

class Package {
#if SIMPLE_TORCH_PACKAGES
 public:
  Package(const std::string& path, const std::string& name)
      : loader(path, name),
        device(c10::Device(loader.get_metadata()["AOTI_DEVICE_KEY"]).type()) {}
  torch::inductor::AOTIModelPackageLoader loader;
  // What the model was compiled for.
  c10::DeviceType device;
#endif
};

}  // namespace simple_torch

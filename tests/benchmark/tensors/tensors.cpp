// The same work as tensors.spl and tensors.py, in plain C++ with libtorch's own
// allocator. NAME STEPS BLOCKS: says what comes out and the least nanoseconds of a step.
#include <torch/torch.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>

namespace {

namespace nn = torch::nn;
namespace F = torch::nn::functional;
using torch::Tensor;
using Step = std::function<Tensor()>;

Tensor pattern(at::IntArrayRef shape, double k = 0, double scale = 1) {
  const int64_t n = c10::multiply_integers(shape);
  return ((torch::arange(n, torch::kFloat) * 0.7 + k).sin() * scale).reshape(shape);
}

void set_parameters(nn::Module& module) {
  const torch::NoGradGuard guard;
  double k = 0;
  for (Tensor& each : module.parameters()) each.copy_(pattern(each.sizes(), k++, 0.2));
}

template <typename Net, typename Optimizer, typename Options, typename Loss>
Step training(Net net, const Options& options, Loss loss_of) {
  set_parameters(*net);
  const auto optimizer = std::make_shared<Optimizer>(net->parameters(), options);
  return [=]() mutable {
    optimizer->zero_grad();
    const Tensor loss = loss_of(net);
    loss.backward();
    optimizer->step();
    return loss;
  };
}

template <typename Optimizer, typename Options>
Step mlp(const Options& options) {
  const nn::Sequential net(nn::Linear(64, 32), nn::ReLU(), nn::Linear(32, 10));
  const Tensor x = pattern({32, 64});
  const Tensor target = torch::arange(32) % 10;
  return training<nn::Sequential, Optimizer>(net, options, [=](nn::Sequential& each) {
    return F::cross_entropy(each->forward(x), target);
  });
}

struct XorImpl : nn::Module {
  nn::Linear hidden = register_module("hidden", nn::Linear(2, 8));
  nn::Linear out = register_module("out", nn::Linear(8, 1));
  Tensor forward(const Tensor& x) { return out(hidden(x).tanh()).sigmoid(); }
};
TORCH_MODULE(Xor);

struct ForecastImpl : nn::Module {
  nn::LSTM lstm = register_module("lstm", nn::LSTM(8, 32));
  nn::Linear out = register_module("out", nn::Linear(32, 1));
  Tensor forward(const Tensor& x) { return out(std::get<0>(lstm(x))); }
};
TORCH_MODULE(Forecast);

struct BlockImpl : nn::Module {
  nn::LayerNorm norm1 =
      register_module("norm1", nn::LayerNorm(nn::LayerNormOptions({32})));
  nn::Linear qkv = register_module("qkv", nn::Linear(32, 96));
  nn::Linear out = register_module("out", nn::Linear(32, 32));
  nn::LayerNorm norm2 =
      register_module("norm2", nn::LayerNorm(nn::LayerNormOptions({32})));
  nn::Linear up = register_module("up", nn::Linear(32, 64));
  nn::Linear down = register_module("down", nn::Linear(64, 32));
  Tensor forward(const Tensor& x) {
    const Tensor parts = qkv(norm1(x)).reshape({4, 16, 3, 4, 8}).permute({2, 0, 3, 1, 4});
    const Tensor mixed = at::scaled_dot_product_attention(parts[0], parts[1], parts[2]);
    const Tensor y = x + out(mixed.transpose(1, 2).reshape({4, 16, 32}));
    return y + down(F::gelu(up(norm2(y))));
  }
};
TORCH_MODULE(Block);

using torch::optim::Adam;
using torch::optim::AdamOptions;
using torch::optim::SGD;
using torch::optim::SGDOptions;

template <typename Net>
Step regression(const Tensor& x, const Tensor& target) {
  return training<Net, Adam>(Net(), AdamOptions(0.001), [=](Net& net) {
    return F::mse_loss(net->forward(x), target);
  });
}

Step xor_step() {
  const Tensor x =
      torch::tensor({{0.0f, 0.0f}, {0.0f, 1.0f}, {1.0f, 0.0f}, {1.0f, 1.0f}});
  const Tensor target = torch::tensor({{0.0f}, {1.0f}, {1.0f}, {0.0f}});
  return training<Xor, Adam>(Xor(), AdamOptions(0.01), [=](Xor& net) {
    return F::binary_cross_entropy(net->forward(x), target);
  });
}

Step chain(int64_t elements) {
  const Tensor x = pattern({elements});
  return [x] {
    const torch::NoGradGuard guard;
    return (x * 2.0 + 1.0).relu() * x;
  };
}

Step additions() {
  const Tensor a = torch::tensor({1.5f});
  const Tensor b = torch::tensor({2.25f});
  return [a, b] { return a + b; };
}

Step step_of(const std::string& name) {
  const std::map<std::string, std::function<Step()>> all = {
      {"add", additions},
      {"mlp_sgd", [] { return mlp<SGD>(SGDOptions(0.01)); }},
      {"mlp_adam", [] { return mlp<Adam>(AdamOptions(0.001)); }},
      {"xor", xor_step},
      {"lstm",
       [] {
         return regression<Forecast>(pattern({12, 8, 8}), pattern({12, 8, 1}, 1));
       }},
      {"transformer",
       [] {
         return regression<Block>(pattern({4, 16, 32}), pattern({4, 16, 32}, 1));
       }},
      {"chain_1k", [] { return chain(256); }},
      {"chain_64k", [] { return chain(16384); }},
      {"chain_1m", [] { return chain(262144); }},
      {"chain_16m", [] { return chain(4194304); }},
      {"chain_64m", [] { return chain(16777216); }},
  };
  return all.at(name)();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const int64_t steps = std::atoll(argv[2]);
  const int64_t blocks = std::atoll(argv[3]);
  const Step step = step_of(argv[1]);
  Tensor result;
  int64_t least = 0;
  for (int64_t block = 0; block <= blocks; ++block) {
    const auto start = std::chrono::steady_clock::now();
    for (int64_t i = 0; i < steps; ++i) result = step();
    const int64_t took = std::chrono::duration_cast<std::chrono::nanoseconds>(
                             std::chrono::steady_clock::now() - start)
                             .count();
    if (block == 0 || took < least) least = took;
  }
  std::printf("result %.6g\nns %lld\n", result.sum().item<double>(),
              static_cast<long long>(least / steps));
}

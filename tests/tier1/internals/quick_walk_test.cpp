// Gradients of the quick walk are, bit for bit, those of libtorch's engine. Each graph is
// made twice from the same seed, and run once by each.
#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/anomaly_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <functional>
#include <random>
#include <thread>

#include "autograd/quick_walk.h"

namespace simple_torch {
namespace {

using at::Tensor;
using Tensors = std::vector<Tensor>;

struct Graph {
  Tensors leaves;
  Tensors roots;
  // As many as roots, or none.
  Tensors gradients = {};
  // What to differentiate with respect to; without any, the leaves' own gradients count.
  Tensors inputs = {};
  bool create_graph = false;
  bool retain_graph = false;
};
using Make = std::function<Graph()>;

Tensor leaf(at::IntArrayRef sizes, at::ScalarType dtype = at::kFloat) {
  return at::randn(sizes, at::TensorOptions().dtype(dtype)).requires_grad_();
}

// What came of a run.
struct Outcome {
  Tensors gradients;
  std::vector<size_t> use_counts;
  std::string error;
  int64_t walks = 0;
};

void note(Outcome& outcome, const Tensor& gradient) {
  outcome.use_counts.push_back(gradient.defined() ? gradient.use_count() : 0);
  outcome.gradients.push_back(gradient);
}

Outcome outcome_of(const Make& make, bool walk, int times = 1) {
  at::manual_seed(7);
  set_walk_enabled(walk);
  const int64_t before = walks();
  Outcome outcome;
  const Graph graph = make();
  for (int i = 0; i < times; ++i) {
    try {
      const bool retain = graph.retain_graph || graph.create_graph || i + 1 < times;
      if (graph.inputs.empty()) {
        torch::autograd::backward(graph.roots, graph.gradients, retain,
                                  graph.create_graph);
      } else {
        for (const Tensor& each :
             torch::autograd::grad(graph.roots, graph.inputs, graph.gradients, retain,
                                   graph.create_graph, /*allow_unused=*/true)) {
          note(outcome, each);
        }
      }
    } catch (const c10::Error& error) {
      outcome.error += error.what_without_backtrace();
    }
  }
  for (const Tensor& each : graph.leaves) note(outcome, each.grad());
  outcome.walks = walks() - before;
  // After an error there is one more for the engine, to clean up.
  if (!walk) torch::autograd::backward({leaf({1})}, {});
  set_walk_enabled(true);
  return outcome;
}

std::string bytes_of(const Tensor& tensor) {
  const Tensor dense = tensor.detach().contiguous();
  return std::string(static_cast<const char*>(dense.data_ptr()), dense.nbytes());
}

void expect_same(const Tensor& ours, const Tensor& theirs) {
  ASSERT_EQ(ours.defined(), theirs.defined());
  if (!ours.defined()) return;
  ASSERT_EQ(ours.sizes(), theirs.sizes());
  ASSERT_EQ(ours.scalar_type(), theirs.scalar_type());
  ASSERT_EQ(ours.layout(), theirs.layout());
  EXPECT_EQ(ours.requires_grad(), theirs.requires_grad());
  EXPECT_EQ(ours._version(), theirs._version());
  if (ours.is_sparse()) {
    EXPECT_EQ(ours.is_coalesced(), theirs.is_coalesced());
    expect_same(ours._indices(), theirs._indices());
    expect_same(ours._values(), theirs._values());
    return;
  }
  EXPECT_EQ(ours.strides(), theirs.strides());
  EXPECT_EQ(ours.storage_offset(), theirs.storage_offset());
  EXPECT_EQ(bytes_of(ours), bytes_of(theirs));
}

void expect_same(const Outcome& ours, const Outcome& theirs) {
  EXPECT_EQ(theirs.walks, 0);
  EXPECT_EQ(ours.error, theirs.error);
  EXPECT_EQ(ours.use_counts, theirs.use_counts);
  ASSERT_EQ(ours.gradients.size(), theirs.gradients.size());
  for (size_t i = 0; i < ours.gradients.size(); ++i) {
    SCOPED_TRACE("gradient " + std::to_string(i));
    expect_same(ours.gradients[i], theirs.gradients[i]);
  }
}

struct Case {
  const char* name;
  Make make;
};

const std::vector<Case>& walked_graphs() {
  static const std::vector<Case> all = {
      {"a chain",
       [] {
         const Tensor x = leaf({5});
         return Graph{{x}, {x.exp().tanh().mul(3).sum()}};
       }},
      {"a diamond",
       [] {
         const Tensor x = leaf({4, 3});
         const Tensor y = x * x;
         return Graph{{x}, {(y.sin() + y.exp() * y).sum()}};
       }},
      {"a leaf that is used often, in many orders",
       [] {
         const Tensor x = leaf({7});
         const Tensor y = leaf({7});
         Tensor sum = x;
         for (int i = 0; i < 9; ++i) sum = i % 2 == 0 ? sum * x + y : y.sin() * sum - x;
         return Graph{{x, y}, {sum.sum()}};
       }},
      {"a leaf as root",
       [] {
         const Tensor x = leaf({1});
         return Graph{{x}, {x}};
       }},
      {"a root whose gradient is given and shared",
       [] {
         const Tensor x = leaf({3});
         const Tensor given = at::randn({3});
         return Graph{{x, given}, {x + 0}, {given}};
       }},
      {"several roots, one inside another's graph and one twice",
       [] {
         const Tensor x = leaf({3});
         const Tensor y = x * 2;
         const Tensor z = y.exp();
         const Tensor one = at::ones({3});
         return Graph{{x}, {z, y, z}, {one, at::randn({3}), one}};
       }},
      {"gradients that are broadcast",
       [] {
         const Tensor x = leaf({3, 1});
         const Tensor y = leaf({4});
         return Graph{{x, y}, {((x + y) * y).sum()}};
       }},
      {"results of several dtypes",
       [] {
         const Tensor x = leaf({3});
         const Tensor y = leaf({3}, at::kDouble);
         return Graph{{x, y}, {(x * y + x.to(at::kBFloat16)).sum()}};
       }},
      {"complex numbers",
       [] {
         const Tensor x = leaf({4}, at::kComplexDouble);
         return Graph{{x}, {at::real(x * x.conj() + x.exp()).sum()}};
       }},
      {"views and their gradients",
       [] {
         const Tensor x = leaf({4, 6});
         const Tensor rows = x.select(0, 1) + x.select(0, 3).flip(0);
         return Graph{{x}, {(rows * x.t().narrow(1, 0, 1).squeeze(1)).sum()}};
       }},
      {"changes in place, of a view too",
       [] {
         const Tensor x = leaf({4});
         const Tensor y = leaf({3, 4});
         const Tensor copy = y.clone();
         copy.select(0, 1).mul_(x);
         copy.add_(1).relu_();
         return Graph{{x, y}, {copy.pow(2).sum()}};
       }},
      {"results that are not used",
       [] {
         const Tensor x = leaf({6, 4});
         const auto parts = x.chunk(3);
         return Graph{{x}, {(parts[1] * parts[1]).sum() + std::get<0>(x.max(1)).sum()}};
       }},
      {"sparse gradients, added to dense ones",
       [] {
         const Tensor weight = leaf({10, 3});
         const Tensor indices = at::randint(10, {5}, at::kLong);
         const Tensor found = at::embedding(weight, indices, -1, false, /*sparse=*/true);
         return Graph{{weight}, {(found.sum() + found.exp().sum())}};
       }},
      {"sparse and dense gradients of one leaf",
       [] {
         const Tensor weight = leaf({10, 3});
         const Tensor indices = at::randint(10, {5}, at::kLong);
         const Tensor found = at::embedding(weight, indices, -1, false, /*sparse=*/true);
         return Graph{{weight}, {found.sum() + (weight * weight).sum()}};
       }},
      {"a convolution with batch norm and pooling",
       [] {
         const Tensor x = leaf({2, 3, 8, 8});
         const Tensor w = leaf({4, 3, 3, 3});
         const Tensor scale = leaf({4});
         const Tensor y = at::conv2d(x, w, {}, 1, 1);
         const Tensor z = at::batch_norm(y, scale, {}, {}, {}, true, 0.1, 1e-5, false);
         return Graph{{x, w, scale}, {at::max_pool2d(z.relu(), 2).sum()}};
       }},
      {"a perceptron's loss",
       [] {
         const Tensor x = at::randn({8, 6});
         const Tensor target = at::randint(4, {8}, at::kLong);
         const Tensor w1 = leaf({5, 6}), b1 = leaf({5}), w2 = leaf({4, 5}),
                      b2 = leaf({4});
         const Tensor hidden = at::linear(x, w1, b1).relu();
         return Graph{{w1, b1, w2, b2},
                      {at::cross_entropy_loss(at::linear(hidden, w2, b2), target)}};
       }},
      {"an LSTM",
       [] {
         const Tensor x = leaf({3, 2, 4});
         const Tensor state = at::zeros({1, 2, 5});
         const Tensors weights = {leaf({20, 4}), leaf({20, 5}), leaf({20}), leaf({20})};
         const auto out =
             at::lstm(x, {state, state}, weights, true, 1, 0.0, true, false, false);
         Tensors leaves = weights;
         leaves.push_back(x);
         return Graph{leaves, {std::get<0>(out).sum() + std::get<2>(out).sum()}};
       }},
      {"attention and a layer norm",
       [] {
         const Tensor x = leaf({2, 4, 6, 8});
         const Tensor scale = leaf({8});
         const Tensor y = at::matmul(at::matmul(x, x.transpose(2, 3)).softmax(3), x);
         return Graph{{x, scale}, {at::layer_norm(y + x, {8}, scale).sin().sum()}};
       }},
      {"linear algebra",
       [] {
         const Tensor x = leaf({4, 4}, at::kDouble);
         const Tensor spread = x.matmul(x.t()) + 3 * at::eye(4, at::kDouble);
         return Graph{{x}, {at::logdet(spread) + spread.inverse().sum()}};
       }},
      {"no elements",
       [] {
         const Tensor x = leaf({0, 3});
         return Graph{{x}, {(x * 2).sum()}};
       }},
      {"the gradient of every leaf as a result",
       [] {
         const Tensor x = leaf({3}), y = leaf({3});
         return Graph{{x, y}, {(x * y + x).sum()}, {}, {y, x}};
       }},
      {"the gradient of what is no leaf",
       [] {
         const Tensor x = leaf({3});
         const Tensor y = x.exp();
         return Graph{{x}, {(y * y).sum()}, {}, {y, x, y}};
       }},
      {"the gradient of what nothing leads to",
       [] {
         const Tensor x = leaf({3}), other = leaf({2});
         return Graph{{x, other}, {(x * x).sum()}, {}, {x, other, other.exp()}};
       }},
      {"the gradient of the root itself",
       [] {
         const Tensor x = leaf({3});
         const Tensor y = x.exp().sum();
         return Graph{{x}, {y}, {}, {y}};
       }},
      {"a gradient that can be differentiated again",
       [] {
         const Tensor x = leaf({3}, at::kDouble);
         const Tensor first =
             torch::autograd::grad({x.pow(4).sum()}, {x}, {}, true, true)[0];
         return Graph{{x}, {first.sin().sum()}, {}, {x}, /*create_graph=*/true};
       }},
      {"a node that fails in the middle",
       [] {
         const Tensor x = leaf({3}), y = leaf({3});
         const Tensor kept = x.exp();
         const Tensor root = (kept.sin() * y).sum();
         kept.add_(1);
         return Graph{{x, y}, {root}};
       }},
      {"gradients of a wrong shape",
       [] {
         const Tensor x = leaf({3}), y = leaf({3});
         return Graph{{x, y}, {x * y, x}, {at::ones({3}), at::ones({2, 2})}};
       }},
      {"a long chain",
       [] {
         const Tensor x = leaf({2});
         Tensor y = x;
         for (int i = 0; i < 20'000; ++i) y = y + x;
         return Graph{{x}, {y.sum()}};
       }},
  };
  return all;
}

TEST(QuickWalk, GivesWhatTheEngineGives) {
  for (const Case& each : walked_graphs()) {
    SCOPED_TRACE(each.name);
    const Outcome ours = outcome_of(each.make, true);
    expect_same(ours, outcome_of(each.make, false));
    EXPECT_GE(ours.walks, SIMPLE_TORCH_QUICK_WALK);
  }
}

// With gradients there already, and, the second time, with the graph gone.
TEST(QuickWalk, AddsUpAsTheEngineDoesAndFreesTheGraphAsItDoes) {
  for (const Case& each : walked_graphs()) {
    SCOPED_TRACE(each.name);
    expect_same(outcome_of(each.make, true, 2), outcome_of(each.make, false, 2));
    const Make again = [&each] {
      Graph graph = each.make();
      if (!graph.inputs.empty()) return graph;
      try {
        torch::autograd::backward(graph.roots, graph.gradients);
      } catch (const c10::Error&) {
        // Both sides have failed at the same node.
      }
      return graph;
    };
    expect_same(outcome_of(again, true), outcome_of(again, false));
  }
}

Graph random_graph(unsigned seed) {
  std::mt19937 random(seed);
  const auto below = [&](size_t n) { return static_cast<size_t>(random() % n); };
  Graph graph;
  for (size_t i = 0; i < 1 + below(4); ++i) graph.leaves.push_back(leaf({3, 3}));
  Tensors made = graph.leaves;
  for (size_t i = 0; i < 3 + below(30); ++i) {
    const Tensor& a = made[below(made.size())];
    const Tensor& b = made[made.size() - 1 - below(std::min<size_t>(made.size(), 4))];
    switch (below(9)) {
      case 0:
        made.push_back(a + b);
        break;
      case 1:
        made.push_back(a * b.sigmoid());
        break;
      case 2:
        made.push_back(a.tanh());
        break;
      case 3:
        made.push_back(a.t());
        break;
      case 4:
        made.push_back(at::mm(a.sigmoid(), b.tanh()));
        break;
      case 5:
        made.push_back(at::stack({a.select(0, 0), b.select(1, 2), a.select(0, 0)}));
        break;
      case 6:
        made.push_back(a.sin().clone().add_(b.cos()));
        break;
      case 7:
        for (const Tensor& part : a.sigmoid().split(1))
          made.push_back(part.expand({3, 3}));
        break;
      default:
        made.push_back(at::where(a.detach() > 0, a, b));
        break;
    }
  }
  for (size_t i = 0; i < 1 + below(3); ++i) {
    const Tensor& root = made[made.size() - 1 - below(std::min<size_t>(made.size(), 6))];
    if (!root.requires_grad()) continue;
    graph.roots.push_back(root);
    graph.gradients.push_back(at::randn({3, 3}));
  }
  if (below(3) == 0) {
    for (size_t i = 0; i < 1 + below(4); ++i) {
      graph.inputs.push_back(made[below(made.size())]);
    }
  }
  graph.create_graph = !graph.inputs.empty() && below(2) == 0;
  return graph;
}

TEST(QuickWalk, GivesWhatTheEngineGivesForRandomGraphs) {
  int64_t walked = 0;
  constexpr unsigned kGraphs = 400;
  for (unsigned seed = 0; seed < kGraphs; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Make make = [seed] { return random_graph(seed); };
    const Outcome ours = outcome_of(make, true, 2);
    expect_same(ours, outcome_of(make, false, 2));
    walked += ours.walks > 0;
    if (HasFailure()) return;
  }
  EXPECT_GE(walked, SIMPLE_TORCH_QUICK_WALK * kGraphs / 2);
}

struct Doubled : torch::autograd::Function<Doubled> {
  static Tensor forward(torch::autograd::AutogradContext*, const Tensor& x) {
    return x * 2;
  }
  static Tensors backward(torch::autograd::AutogradContext*, const Tensors& gradients) {
    return {gradients[0] * 2};
  }
};

// Runs backwards itself, from within a run.
struct Nested : torch::autograd::Function<Nested> {
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x) {
    context->save_for_backward({x});
    return x.exp();
  }
  static Tensors backward(torch::autograd::AutogradContext* context,
                          const Tensors& gradients) {
    const at::AutoGradMode recorded(true);
    const Tensor x = context->get_saved_variables()[0].detach().requires_grad_();
    torch::autograd::backward({x.exp()}, {gradients[0]});
    return {x.grad()};
  }
};

TEST(QuickWalk, LeavesToTheEngineWhatOnlyItCanDo) {
  const std::vector<Case> cases = {
      {"a function of a program's own",
       [] {
         const Tensor x = leaf({3});
         return Graph{{x}, {(Doubled::apply(x) * x).sum()}};
       }},
      {"a run inside a run",
       [] {
         const Tensor x = leaf({3});
         return Graph{{x}, {(Nested::apply(x) * x).sum()}};
       }},
      {"a hook of a tensor",
       [] {
         const Tensor x = leaf({3});
         const Tensor y = x.exp();
         y.register_hook([](const Tensor& gradient) { return gradient * 5; });
         return Graph{{x}, {(y * x).sum()}};
       }},
      {"a hook of a leaf",
       [] {
         const Tensor x = leaf({3});
         x.register_hook([](const Tensor& gradient) { return gradient * 5; });
         return Graph{{x}, {(x * x).sum()}};
       }},
      {"a gradient that is retained",
       [] {
         const Tensor x = leaf({3});
         const Tensor y = x.exp();
         y.retain_grad();
         return Graph{{x, y}, {(y * x).sum()}};
       }},
      {"a node of whose results some are needed",
       [] {
         const Tensor x = leaf({3}), y = leaf({3});
         return Graph{{x, y}, {(x * y).sum()}, {}, {x}};
       }},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(each.name);
    const Outcome ours = outcome_of(each.make, true);
    expect_same(ours, outcome_of(each.make, false));
    EXPECT_EQ(ours.walks, 0);
  }
}

// What a run that failed has left in the engine's queue, only the engine takes out.
TEST(QuickWalk, LeavesAnomalyModeToTheEngineAndTheRunAfterAnError) {
  const int64_t before = walks();
  Tensor x = at::zeros({1000}).requires_grad_();
  const c10::weak_intrusive_ptr<c10::TensorImpl> left(x.getIntrusivePtr());
  torch::autograd::AnomalyMode::set_enabled(true, true);
  // In libtorch 1.13 it is no c10::Error.
  EXPECT_ANY_THROW(torch::autograd::backward({(x + x.sqrt() * 0).sum()}, {}));
  torch::autograd::AnomalyMode::set_enabled(false, true);
  x.reset();
  const Tensor y = leaf({2});
  torch::autograd::backward({(y * y).sum()}, {});
  EXPECT_EQ(walks(), before);
  EXPECT_TRUE(left.expired());
  torch::autograd::backward({(y * y).sum()}, {});
  EXPECT_EQ(walks(), before + SIMPLE_TORCH_QUICK_WALK);
}

TEST(QuickWalk, PutsTheThreadsModeBackAlsoAfterAnError) {
  const Tensor x = leaf({2});
  const Tensor y = (x * x).sum();
  torch::autograd::backward({y}, {});
  EXPECT_TRUE(at::GradMode::is_enabled());
  EXPECT_THROW(torch::autograd::backward({y}, {}), c10::Error);
  EXPECT_TRUE(at::GradMode::is_enabled());
  const int64_t before = walks();
  torch::autograd::backward({(x * x).sum()}, {});
  EXPECT_EQ(walks(), before + SIMPLE_TORCH_QUICK_WALK);
}

// d/dx sum(n * x^2) = 2 n x, whatever the order of the threads.
TEST(QuickWalk, RunsSharedGraphsInSeveralThreads) {
  const Tensor x = at::full({8}, 3.0).requires_grad_();
  const Tensor shared = x * x;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 50; ++j) {
        torch::autograd::backward({shared.sum()}, {}, /*retain_graph=*/true);
      }
    });
  }
  for (std::thread& each : threads) each.join();
  EXPECT_TRUE(x.grad().equal(at::full({8}, 2.0 * 3 * 200)));
}

}  // namespace
}  // namespace simple_torch

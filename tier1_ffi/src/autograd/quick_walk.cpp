#include "autograd/quick_walk.h"

#include <ATen/record_function.h>
#include <c10/core/GradMode.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/csrc/autograd/anomaly_mode.h>
#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/autograd/graph_task.h>
#include <torch/csrc/autograd/input_buffer.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <typeinfo>

#include "core/one_thread.h"

namespace simple_torch {
namespace {

struct ThreadState {
  // As set by the thread.
  std::optional<bool> enabled;
  bool walking = false;
  int64_t walks = 0;
};
constinit thread_local ThreadState state;

bool enabled_at_first() {
  const char* const wanted = std::getenv("SIMPLE_TORCH_WALK");
  return wanted == nullptr || std::strcmp(wanted, "0") != 0;
}

#if SIMPLE_TORCH_QUICK_WALK

namespace autograd = torch::autograd;
using autograd::Node;
using autograd::variable_list;

constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();

// One that libtorch itself has made. Those of others, be it the host, an extension or a
// script, may ask for the engine's own state, which nobody else can set.
bool is_of_libtorch(const Node& node) {
  const std::string_view name = typeid(node).name();
  return name.starts_with("N5torch8autograd") &&
         !name.starts_with("N5torch8autograd7CppNode");
}

bool has_hooks(Node& node) {
  return !node.pre_hooks().empty() || !node.post_hooks().empty() ||
         !node.tensor_pre_hooks().empty() || !node.retains_grad_hooks().empty() ||
         node.tensor_post_acc_grad_hooks() != nullptr;
}

bool suits(Node& node) {
  return is_of_libtorch(node) && node.device().is_cpu() && !has_hooks(node);
}

int64_t elements_into(const Node& node) {
  int64_t sum = 0;
  for (uint32_t i = 0; i < node.num_inputs(); ++i) {
    const autograd::InputMetadata& gradient = node.input_metadata(i);
    if (gradient.is_nested_tensor()) return kSmallWork + 1;
    int64_t elements = 1;
    for (const c10::SymInt& size : gradient.shape_as_dim_vector()) {
      elements *= compat::concrete(size);
    }
    sum += elements;
  }
  return sum;
}

// A number for each node, given in the order they are met: a hash table whose size is a
// power of two, and at most half full.
class Numbers {
 public:
  Numbers() : table_(64) {}

  // The node's number, and whether it is new.
  std::pair<uint32_t, bool> of(const Node* node) {
    if (2 * (count_ + 1) > table_.size()) grow();
    Entry& entry = place(node);
    if (entry.node != nullptr) return {entry.number, false};
    entry = {node, count_};
    return {count_++, true};
  }

 private:
  struct Entry {
    const Node* node = nullptr;
    uint32_t number = 0;
  };
  Entry& place(const Node* node) {
    // Nodes are some hundred bytes apart; the multiplier spreads what differs.
    const auto hash = (reinterpret_cast<uintptr_t>(node) >> 4) * 0x9E3779B97F4A7C15u;
    const size_t mask = table_.size() - 1;
    size_t at = (hash >> 32) & mask;
    while (table_[at].node != nullptr && table_[at].node != node) at = (at + 1) & mask;
    return table_[at];
  }
  void grow() {
    std::vector<Entry> old(2 * table_.size());
    old.swap(table_);
    for (const Entry& each : old) {
      if (each.node != nullptr) place(each.node) = each;
    }
  }

  std::vector<Entry> table_;
  uint32_t count_ = 0;
};

// One run. What it keeps of a node is a step.
class Walk {
 public:
  explicit Walk(const BackwardRun& run) : run_(run) { steps_.reserve(32); }

  void find_graph();
  // Whether that is a graph for a walk.
  bool is_walkable() const { return walkable_; }
  bool has_small_work() const;
  variable_list execute();

 private:
  struct Step {
    Node* node = nullptr;
    // In `targets_`.
    uint32_t first_edge = 0;
    // Of the gradients it takes.
    int64_t elements = 0;
    // Edges that lead here and have brought nothing yet.
    uint32_t dependencies = 0;
    // In `captures_`.
    uint32_t first_capture = kNone;
    bool visited = false;
    bool needed = false;
    variable_list gradients;

    bool takes_gradients() const { return needed || first_capture != kNone; }
  };
  // A gradient that is a result.
  struct Capture {
    uint32_t input;
    uint32_t result;
    uint32_t next;
  };
  // The engine's order, also among equals: with the same comparisons a standard heap
  // gives out the same elements first.
  struct Ready {
    uint64_t sequence;
    uint32_t step;
    bool operator<(const Ready& other) const { return sequence < other.sequence; }
  };
  struct Frame {
    uint32_t step;
    uint32_t next_edge;
  };

  bool selective() const { return !run_.inputs.empty(); }
  uint32_t step_of(Node* node);
  void mark_inputs();
  void visit(Node* root);
  void visit_next(Frame& frame);
  void leave(Step& step);
  bool is_needed_whole(const Step& step) const;

  void deliver(uint32_t target, uint32_t input, at::Tensor&& gradient);
  variable_list call(Node& node, variable_list gradients);
  void perform(uint32_t number);

  const BackwardRun& run_;
  Numbers numbers_;
  std::vector<Step> steps_;
  // Of each edge of each step: the step it leads to, or kNone.
  std::vector<uint32_t> targets_;
  std::vector<Frame> frames_;
  std::vector<Capture> captures_;
  uint64_t least_topological_ = 0;
  bool walkable_ = true;

  std::vector<Ready> ready_;
  variable_list results_;
  // Steps that have some of their gradients.
  size_t waiting_ = 0;
};

uint32_t Walk::step_of(Node* node) {
  const auto [number, fresh] = numbers_.of(node);
  if (!fresh) return number;
  if (walkable_ && !suits(*node)) walkable_ = false;
  Step& step = steps_.emplace_back();
  step.node = node;
  step.first_edge = static_cast<uint32_t>(targets_.size());
  step.elements = elements_into(*node);
  step.needed = !selective();
  targets_.resize(targets_.size() + node->num_outputs(), kNone);
  return number;
}

void Walk::mark_inputs() {
  if (!selective()) return;
  least_topological_ = std::numeric_limits<uint64_t>::max();
  for (uint32_t i = 0; i < run_.inputs.size(); ++i) {
    const autograd::Edge& edge = run_.inputs[i];
    least_topological_ =
        std::min<uint64_t>(least_topological_, edge.function->topological_nr());
    Step& step = steps_[step_of(edge.function.get())];
    if (run_.accumulate) {
      step.needed = true;
    } else {
      captures_.push_back({edge.input_nr, i, step.first_capture});
      step.first_capture = static_cast<uint32_t>(captures_.size() - 1);
    }
  }
  if (!run_.accumulate) results_.resize(run_.inputs.size());
}

// Follows one edge.
void Walk::visit_next(Frame& frame) {
  const uint32_t from = frame.step;
  const uint32_t edge = frame.next_edge++;
  Node* const node = steps_[from].node->next_edge(edge).function.get();
  // Below all inputs there is nothing to do.
  if (node == nullptr || (selective() && node->topological_nr() < least_topological_)) {
    return;
  }
  const uint32_t number = step_of(node);
  targets_[steps_[from].first_edge + edge] = number;
  Step& step = steps_[number];
  ++step.dependencies;
  if (!step.visited) {
    step.visited = true;
    // Invalidates `frame`.
    frames_.push_back({number, 0});
  }
}

// All that it leads to is known.
void Walk::leave(Step& step) {
  for (uint32_t i = 0; !step.needed && i < step.node->num_outputs(); ++i) {
    const uint32_t target = targets_[step.first_edge + i];
    step.needed = target != kNone && steps_[target].takes_gradients();
  }
}

void Walk::visit(Node* root) {
  const uint32_t number = step_of(root);
  if (steps_[number].visited) return;
  steps_[number].visited = true;
  frames_.push_back({number, 0});
  while (!frames_.empty()) {
    Frame& frame = frames_.back();
    Step& step = steps_[frame.step];
    if (frame.next_edge < step.node->num_outputs()) {
      visit_next(frame);
    } else {
      leave(step);
      frames_.pop_back();
    }
  }
}

// A node asks the engine which of its results are needed, and we cannot answer for it.
bool Walk::is_needed_whole(const Step& step) const {
  if (!step.needed) return true;
  for (uint32_t i = 0; i < step.node->num_outputs(); ++i) {
    if (!step.node->next_edge(i).is_valid()) continue;
    const uint32_t target = targets_[step.first_edge + i];
    if (target == kNone || !steps_[target].takes_gradients()) return false;
  }
  return true;
}

void Walk::find_graph() {
  mark_inputs();
  for (const autograd::Edge& root : run_.roots) {
    visit(root.function.get());
    // Several hang on a common one.
    ++steps_[step_of(root.function.get())].dependencies;
  }
  for (size_t i = 0; selective() && walkable_ && i < steps_.size(); ++i) {
    walkable_ = is_needed_whole(steps_[i]);
  }
}

// As for operators, the gradients that come in and go out counted as operands.
bool Walk::has_small_work() const {
  return std::all_of(steps_.begin(), steps_.end(), [&](const Step& step) {
    int64_t elements = step.elements;
    for (uint32_t i = 0; i < step.node->num_outputs(); ++i) {
      const uint32_t target = targets_[step.first_edge + i];
      if (target != kNone) elements += steps_[target].elements;
    }
    return elements <= kSmallWork;
  });
}

void Walk::deliver(uint32_t target, uint32_t input, at::Tensor&& gradient) {
  Step& step = steps_[target];
  --step.dependencies;
  if (!step.takes_gradients()) return;
  if (step.gradients.empty()) {
    step.gradients.resize(step.node->num_inputs());
    ++waiting_;
  }
  at::Tensor& slot = step.gradients[input];
  if (!slot.defined()) {
    slot = std::move(gradient);
  } else if (gradient.defined()) {
    slot = compat::accumulated(std::move(slot), std::move(gradient), *step.node);
  }
  if (step.dependencies > 0) return;
  --waiting_;
  ready_.push_back({step.node->sequence_nr(), target});
  std::push_heap(ready_.begin(), ready_.end());
}

// What the node has taken is gone when its results are passed on: whether one of them is
// added to in place depends on who else has it.
variable_list Walk::call(Node& node, variable_list gradients) {
  if (!run_.keep_graph) node.will_release_variables();
  variable_list outputs = node(std::move(gradients));
  autograd::validate_outputs(node.next_edges(), outputs, [&](const std::string& problem) {
    return "Function " + node.name() + " returned an " + problem;
  });
  return outputs;
}

void Walk::perform(uint32_t number) {
  // Steps stay where they are: all are known.
  Step& step = steps_[number];
  variable_list gradients = std::move(step.gradients);
  for (uint32_t i = step.first_capture; i != kNone; i = captures_[i].next) {
    results_[captures_[i].result] = gradients[captures_[i].input];
  }
  if (!step.needed) return;

  Node& node = *step.node;
  variable_list outputs = call(node, std::move(gradients));
  if (!run_.keep_graph) node.release_variables();
  for (uint32_t i = 0; i < outputs.size(); ++i) {
    const uint32_t target = targets_[step.first_edge + i];
    if (target != kNone)
      deliver(target, node.next_edge(i).input_nr, std::move(outputs[i]));
  }
}

variable_list Walk::execute() {
  autograd::validate_outputs(run_.roots, const_cast<variable_list&>(run_.gradients),
                             [](const std::string& problem) { return problem; });
  const c10::AutoGradMode mode(run_.create_graph);
  for (size_t i = 0; i < run_.roots.size(); ++i) {
    const autograd::Edge& root = run_.roots[i];
    deliver(step_of(root.function.get()), root.input_nr, at::Tensor(run_.gradients[i]));
  }
  while (!ready_.empty()) {
    std::pop_heap(ready_.begin(), ready_.end());
    const uint32_t next = ready_.back().step;
    ready_.pop_back();
    perform(next);
  }
  TORCH_CHECK(waiting_ == 0, "could not compute gradients for some functions");
  return std::move(results_);
}

// What lies outside the graph.
bool thread_suits(const BackwardRun& run) {
  return !state.walking &&
         // Inside a run of the engine.
         autograd::get_current_graph_task_exec_info() == nullptr &&
         !autograd::AnomalyMode::is_enabled() &&
         // Transforms of functions have wrapped the tensors.
         !c10::impl::tls_is_dispatch_key_included(
             c10::DispatchKey::FuncTorchDynamicLayerFrontMode) &&
         // Profilers hear of each node.
         !at::getStepCallbacksUnlessEmpty(at::RecordScope::FUNCTION).has_value() &&
         // The engine warns of the first and refuses the second.
         !(run.accumulate && run.create_graph) && (run.accumulate || !run.inputs.empty());
}

struct Walking {
  Walking() {
    state.walking = true;
    ++state.walks;
  }
  Walking(const Walking&) = delete;
  Walking& operator=(const Walking&) = delete;
  ~Walking() { state.walking = false; }
};

#endif

}  // namespace

torch::autograd::variable_list run_backwards(
    [[maybe_unused]] const BackwardRun& run, [[maybe_unused]] bool may_walk,
    c10::function_ref<torch::autograd::variable_list()> engine) {
#if SIMPLE_TORCH_QUICK_WALK
  if (thread_suits(run)) {
    Walk walk(run);
    walk.find_graph();
    const OneThread alone(walk.has_small_work());
    if (may_walk && walk.is_walkable() && walk_enabled()) {
      const Walking walking;
      return walk.execute();
    }
    return engine();
  }
#endif
  return engine();
}

bool walk_enabled() {
  static const bool at_first = enabled_at_first();
  return state.enabled.value_or(at_first);
}

void set_walk_enabled(bool enabled) { state.enabled = enabled; }

int64_t walks() { return state.walks; }

}  // namespace simple_torch

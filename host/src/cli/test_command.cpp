// `simple test`: runs each spec file in a process of its own, so that one that crashes or
// never ends fails by itself.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "cli/child.h"
#include "cli/commands.h"
#include "cli/spec_files.h"
#include "cli/test_report.h"
#include "spec/event.h"
#include "spec/spec.h"

namespace simple {
namespace {

struct TestOptions {
  std::vector<std::string> paths;
  std::string filter, tags, format = "documentation", output;
  size_t jobs = available_cores();
  double seconds = 60;
  bool fail_fast = false, list = false, slow = false, verbose = false, color = true;
};

// Reads "--name value" and "--name=value". True if the word is this option.
class Options {
 public:
  explicit Options(const Words& words) : words_(words) {}
  bool next() {
    if (index_ >= words_.size()) return false;
    word_ = words_[index_++];
    return true;
  }
  const std::string& word() const { return word_; }
  bool flag(std::string_view name) const { return word_ == name; }
  bool value(std::string_view name, std::string& result) {
    if (word_ == name) {
      if (index_ >= words_.size()) {
        problem_ = std::string(name) + " needs a value";
        result.clear();
        return true;
      }
      result = words_[index_++];
      return true;
    }
    if (!word_.starts_with(std::string(name) + "=")) return false;
    result = word_.substr(name.size() + 1);
    return true;
  }
  const std::string& problem() const { return problem_; }

 private:
  const Words& words_;
  size_t index_ = 0;
  std::string word_, problem_;
};

bool number(const std::string& text, double& result) {
  char* end = nullptr;
  result = std::strtod(text.c_str(), &end);
  return end != text.c_str() && *end == '\0' && result >= 0;
}

std::string parse(const Words& words, TestOptions& options) {
  Options given(words);
  bool only_paths = false;
  while (given.next()) {
    const std::string& word = given.word();
    std::string text;
    if (only_paths || !word.starts_with('-') || word == "-") {
      options.paths.push_back(word);
    } else if (word == "--") {
      only_paths = true;
    } else if (given.value("--filter", text)) {
      options.filter = text;
    } else if (given.value("--tag", text)) {
      options.tags += (options.tags.empty() ? "" : ",") + text;
    } else if (given.value("--format", text)) {
      options.format = text;
    } else if (given.value("--output", text)) {
      options.output = text;
    } else if (given.value("--timeout", text)) {
      if (given.problem().empty() && !number(text, options.seconds)) {
        return "--timeout wants a number of seconds, not '" + text + "'";
      }
    } else if (word.starts_with("-j") || given.value("--jobs", text)) {
      if (word.starts_with("-j")) {
        text = word.substr(2);
        if (text.empty() && given.next()) text = given.word();
      }
      double jobs = 0;
      if (!number(text, jobs) || jobs < 1)
        return "-j wants a number of processes, not '" + text + "'";
      options.jobs = static_cast<size_t>(std::min(jobs, 1000.0));
    } else if (given.flag("--parallel")) {
      options.jobs = available_cores();
    } else if (given.flag("--fail-fast")) {
      options.fail_fast = true;
    } else if (given.flag("--list")) {
      options.list = true;
    } else if (given.flag("--json")) {
      options.format = "json";
    } else if (given.flag("--slow")) {
      options.slow = true;
    } else if (given.flag("--only-slow")) {
      options.tags += options.tags.empty() ? "slow" : ",slow";
    } else if (given.flag("--verbose") || given.flag("-v")) {
      options.verbose = true;
    } else if (given.flag("--no-color")) {
      options.color = false;
    } else {
      return "there is no option '" + word + "'";
    }
    if (!given.problem().empty()) return given.problem();
  }
  return "";
}

ChildCommand command_for(const std::string& path, const TestOptions& options) {
  ChildCommand command;
  command.arguments = {executable_path(), "run", path};
  command.join_errors = true;
  command.report_variable = kReportVariable;
  command.seconds = options.seconds;
  const auto set = [&](const char* name, const std::string& value) {
    if (!value.empty()) command.environment.push_back(std::string(name) + "=" + value);
  };
  set(kFilterVariable, options.filter);
  set(kTagsVariable, options.tags);
  set(kModeVariable, options.list ? "list" : "");
  set(kFailFastVariable, options.fail_fast ? "1" : "");
  set(kSlowVariable, options.slow ? "1" : "");
  std::string tags;
  for (const std::string& tag : tags_of_file(path))
    tags += (tags.empty() ? "" : ",") + tag;
  set(kFileTagsVariable, tags);
  return command;
}

// What the process reported, and what its end says about the whole file.
FileResult result_of(const std::string& path, const ChildOutcome& outcome,
                     const TestOptions& options) {
  FileResult result;
  result.path = path;
  result.output = outcome.output;
  result.seconds = outcome.seconds;
  std::vector<std::string> groups;
  std::string running;  // The example that has begun and not ended.
  bool ended = false, failed = false;
  size_t start = 0;
  while (start < outcome.report.size()) {
    const size_t end = std::min(outcome.report.find('\n', start), outcome.report.size());
    SpecEvent event;
    const bool known =
        decode(std::string_view(outcome.report).substr(start, end - start), event);
    start = end + 1;
    if (!known) continue;
    std::string name;
    for (const std::string& group : groups) name += group + " ";
    name += event.name;
    switch (event.kind) {
      case SpecEvent::Kind::kGroupBegin:
        groups.push_back(event.name);
        break;
      case SpecEvent::Kind::kGroupEnd:
        if (!groups.empty()) groups.pop_back();
        break;
      case SpecEvent::Kind::kExampleBegin:
        running = name;
        break;
      case SpecEvent::Kind::kExample:
        running.clear();
        failed = failed || event.status == SpecEvent::Status::kFailed;
        result.examples.push_back({name, event});
        break;
      case SpecEvent::Kind::kEnd:
        ended = true;
    }
    result.events.push_back(std::move(event));
  }
  const std::string where = running.empty() ? "" : " in the example \"" + running + "\"";
  char limit[32];
  std::snprintf(limit, sizeof(limit), "%g", options.seconds);
  if (!outcome.not_started.empty()) {
    result.problem = "could not be started: " + outcome.not_started;
  } else if (outcome.timed_out) {
    result.problem = "ran longer than " + std::string(limit) + " seconds" + where;
  } else if (outcome.signal != 0) {
    result.problem = std::string("crashed: ") + strsignal(outcome.signal) + where;
  } else if (outcome.status != 0 && !failed) {
    result.problem = "ended with exit status " + std::to_string(outcome.status) +
                     (where.empty() ? ", outside of the examples" : where);
  } else if (!ended && !result.events.empty()) {
    result.problem = "ended early" + where;
  } else if (outcome.status != 0 && outcome.status != 1) {
    result.problem = "ended with exit status " + std::to_string(outcome.status);
  }
  result.is_plain = result.events.empty() && options.filter.empty() &&
                    options.tags.empty() && !options.list;
  return result;
}

void count(const FileResult& result, TestTotals& totals) {
  ++totals.files;
  for (const ExampleResult& example : result.examples) {
    switch (example.event.status) {
      case SpecEvent::Status::kPassed:
        ++totals.passed;
        break;
      case SpecEvent::Status::kFailed:
        ++totals.failed;
        break;
      case SpecEvent::Status::kSkipped:
        ++totals.skipped;
        break;
      case SpecEvent::Status::kListed:
        break;
    }
  }
  if (!result.problem.empty()) {
    ++totals.failed;
  } else if (result.is_plain) {
    ++totals.passed;
  }
  if (result.failed()) totals.failed_files.push_back(result.path);
}

}  // namespace

int test_command(const Words& words) {
  TestOptions options;
  std::string problem = parse(words, options);
  if (!problem.empty()) return misused("test", problem);

  std::FILE* out = stdout;
  if (!options.output.empty()) {
    out = std::fopen(options.output.c_str(), "we");
    if (out == nullptr) {
      std::fprintf(stderr, "error: io: `%s` cannot be written: %s\n",
                   options.output.c_str(), std::strerror(errno));
      return 2;
    }
  }
  const Colors colors{options.color && options.output.empty() && wants_color(1)};
  auto report = TestReport::make(options.list ? "list" : options.format, out, colors,
                                 options.verbose);
  if (report == nullptr) {
    return misused("test", "there is no format '" + options.format +
                               "'; there are documentation, brief, tap, junit and json");
  }
  std::vector<std::string> files;
  if (!find_spec_files(options.paths, files, problem)) {
    std::fprintf(stderr, "error: io: %s\n", problem.c_str());
    return 2;
  }

  TestTotals totals;
  const auto start = std::chrono::steady_clock::now();
  // Shown in the order of the files, in whatever order they end.
  std::map<size_t, FileResult> waiting;
  size_t shown = 0;
  const auto show = [&](const FileResult& result) {
    count(result, totals);
    report->file(result);
  };
  const int signal = run_children(
      files.size(), options.jobs,
      [&](size_t index) { return command_for(files[index], options); },
      [&](size_t index, ChildOutcome& outcome) {
        FileResult result = result_of(files[index], outcome, options);
        const bool stop = options.fail_fast && result.failed();
        waiting.emplace(index, std::move(result));
        while (!waiting.empty() && (stop || waiting.begin()->first == shown)) {
          shown = waiting.begin()->first + 1;
          show(waiting.begin()->second);
          waiting.erase(waiting.begin());
        }
        return !stop;
      });
  for (const auto& [index, result] : waiting) show(result);
  totals.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  totals.interrupted = signal != 0;
  report->end(totals);
  report.reset();
  if (out != stdout) std::fclose(out);
  if (options.list) return totals.failed == 0 ? 0 : 1;

  if (signal != 0) std::fputs("interrupted\n", stderr);
  if (files.empty()) std::fputs("There are no spec files there.\n", stderr);
  // Formats that programs read are left as they are.
  const bool for_people = options.format == "documentation" || options.format == "doc" ||
                          options.format == "text" || options.format == "brief";
  std::fflush(stdout);
  std::fprintf(for_people || out != stdout ? stdout : stderr,
               "%zu passed, %zu failed, %zu skipped\n", totals.passed, totals.failed,
               totals.skipped);
  if (signal != 0) return 128 + signal;
  return totals.failed == 0 && !files.empty() ? 0 : 1;
}

}  // namespace simple

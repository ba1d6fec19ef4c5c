#include "cli/test_report.h"

#include <algorithm>

#include "spec/difference.h"

namespace simple {
namespace {

using Status = SpecEvent::Status;

void write(std::FILE* out, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), out);
}

std::string milliseconds(double seconds) {
  return std::to_string(static_cast<long long>(seconds * 1000 + 0.5)) + "ms";
}

std::string indented(std::string_view text, std::string_view margin) {
  std::string result;
  for (const std::string& line : split_lines(text))
    result += std::string(margin) + line + "\n";
  return result;
}

std::string place(const SpecEvent& event) {
  if (event.file.empty()) return "";
  return event.file + (event.line == 0 ? "" : ":" + std::to_string(event.line));
}

// For people: the examples as a tree, or only the files; then what failed, and the
// totals.
class TextReport : public TestReport {
 public:
  TextReport(std::FILE* out, Colors colors, bool brief, bool verbose)
      : out_(out), colors_(colors), brief_(brief), verbose_(verbose) {}

  void file(const FileResult& result) override {
    if (brief_) {
      head(result);
    } else if (!result.examples.empty() || result.failed() || result.is_plain) {
      write(out_, colors_.dim(result.path) + "\n\n");
      SpecPrinter printer(colors_, [this](std::string_view text) { write(out_, text); });
      for (const SpecEvent& event : result.events) printer.print(event);
      if (result.is_plain && !result.failed())
        write(out_, colors_.green("✓ runs") + "\n\n");
    }
    if (brief_) failures(result);
    if (!result.problem.empty()) {
      // Where the last group was cut short.
      const bool cut = !brief_ && !result.events.empty() &&
                       result.events.back().kind != SpecEvent::Kind::kEnd;
      if (cut) write(out_, "\n");
      write(out_, colors_.red("✗ " + result.path + ": " + result.problem) + "\n");
    }
    if ((result.failed() || verbose_) && !result.output.empty()) {
      write(out_, "  it printed:\n" + indented(result.output, "  | "));
    }
    if (!result.problem.empty()) write(out_, "\n");
    std::fflush(out_);
    for (const ExampleResult& example : result.examples) {
      if (example.event.status != Status::kFailed) continue;
      const std::string at = place(example.event);
      failed_.push_back(example.full_name + "  " +
                        colors_.dim(at.empty() ? result.path : at));
    }
    if (!result.problem.empty()) failed_.push_back(result.path + ": " + result.problem);
  }

  void end(const TestTotals& totals) override {
    if (!failed_.empty()) {
      write(out_, "Failed:\n");
      for (const std::string& name : failed_)
        write(out_, "  " + colors_.red("✗ ") + name + "\n");
      write(out_, "\n");
    }
    std::string text = "Files: " + std::to_string(totals.files) +
                       "\nPassed: " + std::to_string(totals.passed) +
                       "\nFailed: " + std::to_string(totals.failed) + "\n";
    if (totals.skipped > 0) text += "Skipped: " + std::to_string(totals.skipped) + "\n";
    text += "Duration: " + milliseconds(totals.seconds) + "\n\n";
    if (totals.failed == 0 && totals.interrupted) {
      text += colors_.yellow("○ Interrupted; the files that still ran are not counted") +
              "\n";
    } else if (totals.failed == 0) {
      text += colors_.green("✓ All tests passed!") + "\n";
    } else {
      text += colors_.red("✗ Some tests failed") + "\n";
      for (const std::string& path : totals.failed_files) text += "  " + path + "\n";
    }
    write(out_, text);
  }

 private:
  void head(const FileResult& result) {
    size_t failures = result.problem.empty() ? 0 : 1;
    for (const ExampleResult& example : result.examples) {
      failures += example.event.status == Status::kFailed ? 1 : 0;
    }
    const std::string text = result.path + " (" +
                             count_of(result.examples.size(), "example") + ", " +
                             milliseconds(result.seconds) + ")\n";
    write(out_, (failures == 0 ? colors_.green("✓ ") : colors_.red("✗ ")) + text);
  }

  void failures(const FileResult& result) {
    for (const ExampleResult& example : result.examples) {
      if (example.event.status != Status::kFailed) continue;
      write(out_, "  " + colors_.red("✗ " + example.full_name) + "\n" +
                      indented(example.event.message, "    ") +
                      indented(example.event.detail, "    "));
    }
  }

  std::FILE* out_;
  Colors colors_;
  bool brief_, verbose_;
  std::vector<std::string> failed_;
};

// Test Anything Protocol, version 13.
class TapReport : public TestReport {
 public:
  explicit TapReport(std::FILE* out) : out_(out) { write(out_, "TAP version 13\n"); }

  void file(const FileResult& result) override {
    for (const ExampleResult& example : result.examples) {
      const SpecEvent& event = example.event;
      point(event.status != Status::kFailed, result.path + ": " + example.full_name,
            event.status == Status::kSkipped ? " # SKIP " + event.reason : "");
      if (event.status == Status::kFailed) {
        details(event.message + "\n" + event.detail, place(event));
      }
    }
    if (!result.problem.empty()) {
      point(false, result.path, "");
      details(result.problem + "\n" + result.output, result.path);
    } else if (result.is_plain) {
      point(true, result.path, "");
    }
    std::fflush(out_);
  }

  void end(const TestTotals& totals) override {
    write(out_, "1.." + std::to_string(count_) + "\n# " + std::to_string(totals.passed) +
                    " passed, " + std::to_string(totals.failed) + " failed, " +
                    std::to_string(totals.skipped) + " skipped\n");
  }

 private:
  void point(bool passed, std::string name, const std::string& directive) {
    // A "#" would start a directive, a line's end another line.
    std::string clean;
    for (const char c : name) {
      if (c == '#' || c == '\\') clean += '\\';
      clean += c == '\n' ? ' ' : c;
    }
    write(out_, (passed ? "ok " : "not ok ") + std::to_string(++count_) + " - " + clean +
                    directive + "\n");
  }
  void details(const std::string& message, const std::string& at) {
    write(out_, "  ---\n  message: |\n" + indented(message, "    "));
    if (!at.empty()) write(out_, "  at: " + json_text(at) + "\n");
    write(out_, "  ...\n");
  }

  std::FILE* out_;
  size_t count_ = 0;
};

std::string xml(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '&':
        result += "&amp;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\n':
        result += "&#10;";
        break;
      case '\t':
      case '\r':
        result += ' ';
        break;
      default:
        // XML 1.0 has no other control characters.
        if (static_cast<unsigned char>(c) >= 0x20) result += c;
    }
  }
  return result;
}

std::string seconds_text(double seconds) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.6f", seconds);
  return text;
}

// JUnit's XML, as continuous integration reads it: a suite for each file.
class JunitReport : public TestReport {
 public:
  explicit JunitReport(std::FILE* out) : out_(out) {}

  void file(const FileResult& result) override {
    size_t failures = 0, skipped = 0, tests = result.examples.size();
    std::string cases;
    const auto begin = [&](const std::string& name, double seconds) {
      cases += "    <testcase classname=\"" + xml(result.path) + "\" name=\"" +
               xml(name) + "\" time=\"" + seconds_text(seconds) + "\"";
    };
    const auto failure = [&](const std::string& message, const std::string& text) {
      ++failures;
      cases += ">\n      <failure message=\"" + xml(message) + "\">" + xml(text) +
               "</failure>\n    </testcase>\n";
    };
    for (const ExampleResult& example : result.examples) {
      const SpecEvent& event = example.event;
      begin(example.full_name, event.seconds);
      if (event.status == Status::kFailed) {
        failure(event.message, place(event) + "\n" + event.message + "\n" + event.detail);
      } else if (event.status == Status::kSkipped) {
        ++skipped;
        cases += ">\n      <skipped message=\"" + xml(event.reason) +
                 "\"/>\n    </testcase>\n";
      } else {
        cases += "/>\n";
      }
    }
    if (!result.problem.empty() || result.is_plain) {
      ++tests;
      begin(result.path, result.seconds);
      if (result.problem.empty()) {
        cases += "/>\n";
      } else {
        failure(result.problem, result.problem + "\n" + result.output);
      }
    }
    suites_ += "  <testsuite name=\"" + xml(result.path) + "\" tests=\"" +
               std::to_string(tests) + "\" failures=\"" + std::to_string(failures) +
               "\" errors=\"0\" skipped=\"" + std::to_string(skipped) + "\" time=\"" +
               seconds_text(result.seconds) + "\">\n" + cases + "  </testsuite>\n";
  }

  void end(const TestTotals& totals) override {
    write(out_, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"" +
                    std::to_string(totals.passed + totals.failed + totals.skipped) +
                    "\" failures=\"" + std::to_string(totals.failed) + "\" skipped=\"" +
                    std::to_string(totals.skipped) + "\" time=\"" +
                    seconds_text(totals.seconds) + "\">\n" + suites_ + "</testsuites>\n");
  }

 private:
  std::FILE* out_;
  std::string suites_;
};

// One object, with the files in a list.
class JsonReport : public TestReport {
 public:
  explicit JsonReport(std::FILE* out) : out_(out) {}

  void file(const FileResult& result) override {
    std::string examples;
    for (const ExampleResult& example : result.examples) {
      const SpecEvent& event = example.event;
      const char* status = event.status == Status::kFailed    ? "failed"
                           : event.status == Status::kSkipped ? "skipped"
                           : event.status == Status::kListed  ? "listed"
                                                              : "passed";
      examples += std::string(examples.empty() ? "" : ",") +
                  "\n        {\"name\": " + json_text(example.full_name) +
                  ", \"status\": \"" + status +
                  "\", \"seconds\": " + seconds_text(event.seconds);
      if (event.status == Status::kSkipped && !event.reason.empty()) {
        examples += ", \"reason\": " + json_text(event.reason);
      }
      if (event.status == Status::kFailed) {
        examples += ", \"message\": " + json_text(event.message) +
                    ", \"detail\": " + json_text(event.detail) +
                    ", \"file\": " + json_text(event.file) +
                    ", \"line\": " + std::to_string(event.line);
      }
      examples += "}";
    }
    files_ += std::string(files_.empty() ? "" : ",") +
              "\n    {\n      \"path\": " + json_text(result.path) +
              ",\n      \"seconds\": " + seconds_text(result.seconds) +
              ",\n      \"problem\": " +
              (result.problem.empty() ? "null" : json_text(result.problem)) +
              ",\n      \"output\": " + json_text(result.output) +
              ",\n      \"examples\": [" + examples +
              (examples.empty() ? "]" : "\n      ]") + "\n    }";
  }

  void end(const TestTotals& totals) override {
    write(out_, "{\n  \"passed\": " + std::to_string(totals.passed) +
                    ",\n  \"failed\": " + std::to_string(totals.failed) +
                    ",\n  \"skipped\": " + std::to_string(totals.skipped) +
                    ",\n  \"seconds\": " + seconds_text(totals.seconds) +
                    ",\n  \"files\": [" + files_ + (files_.empty() ? "]" : "\n  ]") +
                    "\n}\n");
  }

 private:
  std::FILE* out_;
  std::string files_;
};

// --list: names only.
class ListReport : public TestReport {
 public:
  explicit ListReport(std::FILE* out) : out_(out) {}
  void file(const FileResult& result) override {
    for (const ExampleResult& example : result.examples) {
      write(out_, result.path + ": " + example.full_name + "\n");
    }
    if (!result.problem.empty()) {
      write(stderr,
            result.path + ": " + result.problem + "\n" + indented(result.output, "  | "));
    }
  }
  void end(const TestTotals&) override {}

 private:
  std::FILE* out_;
};

}  // namespace

bool FileResult::failed() const {
  return !problem.empty() ||
         std::any_of(examples.begin(), examples.end(), [](const ExampleResult& example) {
           return example.event.status == Status::kFailed;
         });
}

std::unique_ptr<TestReport> TestReport::make(std::string_view format, std::FILE* out,
                                             Colors colors, bool verbose) {
  if (format == "documentation" || format == "doc" || format == "text") {
    return std::make_unique<TextReport>(out, colors, false, verbose);
  }
  if (format == "brief") return std::make_unique<TextReport>(out, colors, true, verbose);
  if (format == "tap") return std::make_unique<TapReport>(out);
  if (format == "junit") return std::make_unique<JunitReport>(out);
  if (format == "json") return std::make_unique<JsonReport>(out);
  if (format == "list") return std::make_unique<ListReport>(out);
  return nullptr;
}

}  // namespace simple

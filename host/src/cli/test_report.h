// What `simple test` shows of the files that it ran.
#ifndef SIMPLE_CLI_TEST_REPORT_H_
#define SIMPLE_CLI_TEST_REPORT_H_

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/event.h"
#include "spec/printer.h"

namespace simple {

// An example with the groups around it.
struct ExampleResult {
  std::string full_name;
  SpecEvent event;
};

struct FileResult {
  std::string path;
  std::vector<SpecEvent> events;
  std::vector<ExampleResult> examples;
  // What is wrong with the whole file: it crashed, ran too long, failed outside of
  // examples.
  std::string problem;
  std::string output;  // What it printed.
  double seconds = 0;
  // It says nothing of examples: a program whose exit status is the result.
  bool is_plain = false;

  bool failed() const;
};

struct TestTotals {
  size_t files = 0, passed = 0, failed = 0, skipped = 0;
  double seconds = 0;
  bool interrupted = false;
  std::vector<std::string> failed_files;
};

class TestReport {
 public:
  virtual ~TestReport() = default;
  virtual void file(const FileResult& result) = 0;
  virtual void end(const TestTotals& totals) = 0;

  // Null for a format that there is not. `out` stays open as long as the report lives.
  static std::unique_ptr<TestReport> make(std::string_view format, std::FILE* out,
                                          Colors colors, bool verbose);
};

}  // namespace simple

#endif

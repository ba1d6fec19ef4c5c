// What std/spec.spl needs of the host: filters, messages, the report.
#ifndef SIMPLE_SPEC_SPEC_H_
#define SIMPLE_SPEC_SPEC_H_

namespace simple {

class Vm;

// The environment of a spec file's process.
inline constexpr const char* kFilterVariable =
    "SIMPLE_TEST_FILTER";                                         // part of a full name
inline constexpr const char* kTagsVariable = "SIMPLE_TEST_TAGS";  // wanted, with commas
inline constexpr const char* kFileTagsVariable = "SIMPLE_TEST_FILE_TAGS";  // of the file
inline constexpr const char* kModeVariable = "SIMPLE_TEST_MODE";           // "list"
inline constexpr const char* kFailFastVariable = "SIMPLE_TEST_FAIL_FAST";
inline constexpr const char* kSlowVariable = "SIMPLE_TEST_SLOW";

void define_spec(Vm& vm);

// Ends the report when the program has ended, however it did: tells of an example that
// was not finished, and of an expectation that nothing looked at. Returns the exit
// status: 1 if an example failed, otherwise `status`.
int finish_spec(int status);

}  // namespace simple

#endif

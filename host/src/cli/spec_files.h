// Finding spec files.
#ifndef SIMPLE_CLI_SPEC_FILES_H_
#define SIMPLE_CLI_SPEC_FILES_H_

#include <string>
#include <vector>

namespace simple {

// The spec files under the paths, sorted within each folder; a file that is named is one,
// whatever its name. No paths: the folders test and tests of the current one. False, with
// `problem`, if a path is not there.
bool find_spec_files(const std::vector<std::string>& paths,
                     std::vector<std::string>& files, std::string& problem);

// The tags of a whole file, from comments: "# @tag slow", "#tag: slow", "#[tag("slow")]".
std::vector<std::string> tags_of_file(const std::string& path);

}  // namespace simple

#endif

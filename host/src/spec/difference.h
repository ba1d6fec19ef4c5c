// What differs between two texts, line by line.
#ifndef SIMPLE_SPEC_DIFFERENCE_H_
#define SIMPLE_SPEC_DIFFERENCE_H_

#include <string>
#include <string_view>
#include <vector>

namespace simple {

std::vector<std::string> split_lines(std::string_view text);

// Lines of only the first begin with "- ", of only the second with "+ ", of both with two
// spaces; of those that are far from any difference, an ellipsis is left.
std::string difference(const std::vector<std::string>& first,
                       const std::vector<std::string>& second);

}  // namespace simple

#endif

// PNGs of the form that most have.
#pragma once

#include "images/pixels.h"

namespace simple_torch::images {

// Reads a PNG of samples of eight bits that has neither palette nor transparent colour
// and is not interlaced, several times as fast as libpng does. False, with nothing done,
// for any other and for one that is damaged: libpng then reads it or says what is wrong.
bool read_plain_png(const Source& source, Canvas& canvas);

}  // namespace simple_torch::images

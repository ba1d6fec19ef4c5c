# The readers of images and numpy's arrays and what archives are read with, which do not
# need libtorch itself.
set(plain_reader_sources
  images/bmp.cpp images/jpeg.cpp images/png.cpp images/png_filters.cpp images/png_plain.cpp images/ppm.cpp
  images/read.cpp arrays/npy_header.cpp arrays/npz_archive.cpp serialize/zip.cpp
  serialize/zip_format.cpp core/arguments.cpp core/file.cpp core/packing.cpp
  core/utf8.cpp)
list(TRANSFORM plain_reader_sources
  PREPEND "${CMAKE_CURRENT_LIST_DIR}/../../../tier1_ffi/src/")

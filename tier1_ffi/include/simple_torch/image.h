/**
 * Images of PNG, JPEG, BMP and PPM files as tensors of shape [channels, height, width],
 * turned upright as the file's EXIF data says. A pixel's channels lie together in memory.
 *
 * A damaged, animated or foreign file fails with FORMAT, a form of these formats that is
 * not read with UNSUPPORTED. Before memory is taken for the pixels, it is checked that a
 * file of this size can hold so many, and that they are no more than
 * simple_torch_image_max_pixels().
 */
#ifndef SIMPLE_TORCH_IMAGE_H_
#define SIMPLE_TORCH_IMAGE_H_

#include "simple_torch/abi.h"

/**
 * How many pixels an image may have that is read; one with more is refused with FORMAT.
 *
 * @return The limit: 178,956,970, as Pillow has it, unless another was set.
 */
SIMPLE_TORCH_API int64_t simple_torch_image_max_pixels(void);

/**
 * Sets how many pixels an image may have that is read, for the whole process.
 *
 * @param pixels  At least 1.
 * @return        0; BAD_ARGUMENT.
 */
SIMPLE_TORCH_API int64_t simple_torch_image_set_max_pixels(int64_t pixels);

/**
 * The image in a file, whatever the file's name ends in.
 *
 * @param path      Of the file.
 * @param channels  1 for gray, 2 with alpha, 3 for RGB, 4 with alpha; 0 for what the file
 *                  has. Alpha that is not there is full, alpha that is not asked for is
 *                  dropped.
 * @param depth     8 for uint8 from 0 to 255, or 16 for int32 from 0 to 65,535.
 * @return          A tensor owned by the caller; 0 with IO, FORMAT, UNSUPPORTED,
 *                  BAD_ARGUMENT.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_image_load(const char* path,
                                                             int64_t channels,
                                                             int64_t depth);

/**
 * The image in memory that has a file's content.
 *
 * @param data      The content; only read during the call.
 * @param bytes     How many.
 * @param channels  As simple_torch_image_load() has it.
 * @param depth     As simple_torch_image_load() has it.
 * @return          A tensor owned by the caller; 0 with FORMAT, UNSUPPORTED,
 *                  BAD_ARGUMENT.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_image_decode(const void* data,
                                                               int64_t bytes,
                                                               int64_t channels,
                                                               int64_t depth);

/**
 * Saves an image. An old file is replaced only when the new one is complete.
 *
 * @param tensor   Borrowed: [channels, height, width] or [height, width], uint8, or for
 *                 PNG and PPM also int32 from 0 to 65,535. PNG takes 1 to 4 channels, BMP
 *                 1, 3 or 4, JPEG and PPM 1 or 3.
 * @param path     Of the file: it ends in .png, .jpg, .jpeg, .bmp, .ppm, .pgm or .pnm.
 * @param quality  Of JPEG, from 1 to 100; -1 for 75.
 * @return         0; TYPE, VALUE, BAD_ARGUMENT, IO.
 */
SIMPLE_TORCH_API int64_t simple_torch_image_save(simple_torch_handle tensor,
                                                 const char* path, int64_t quality);

/**
 * A file's content for an image.
 *
 * @param tensor   Borrowed, as simple_torch_image_save() has it.
 * @param format   "png", "jpeg", "bmp" or "ppm", or what a path may end in, "jpg"; in
 *                 letters of any case.
 * @param quality  As simple_torch_image_save() has it.
 * @return         A uint8 tensor of one dim, owned by the caller; 0 with TYPE, VALUE,
 *                 BAD_ARGUMENT.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_image_encode(simple_torch_handle tensor,
                                                               const char* format,
                                                               int64_t quality);

/**
 * An image in another size.
 *
 * @param tensor         Borrowed: [channels, height, width] or [images, channels, height,
 *                       width]; of a floating-point type, or rounded: uint8, and int32
 *                       from 0 to 65,535.
 * @param height         The new height.
 * @param width          The new width.
 * @param interpolation  "nearest", "bilinear" or "bicubic".
 * @param antialias      1 to weigh all pixels that a smaller image's pixel covers, which
 *                       "nearest" does not take.
 * @return               A tensor owned by the caller; 0 with TYPE, VALUE, BAD_ARGUMENT.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_image_resize(simple_torch_handle tensor,
                                                               int64_t height,
                                                               int64_t width,
                                                               const char* interpolation,
                                                               int64_t antialias);

#endif

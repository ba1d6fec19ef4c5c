/* A native library that has finalizers and nothing else that a library may offer. */
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))

static int64_t live;
static int64_t freed;

EXPORT int64_t simple_plain_box_new(void) {
  ++live;
  return 500 + live + freed;
}
EXPORT int64_t simple_plain_box_free(int64_t box) {
  if (box <= 0) return -1;
  --live;
  ++freed;
  return 0;
}
EXPORT int64_t simple_plain_live(void) { return live; }
EXPORT int64_t simple_plain_freed(void) { return freed; }

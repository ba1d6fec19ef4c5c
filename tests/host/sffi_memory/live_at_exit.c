/* Preloaded into a program: says, when everything else is over, how many handles live. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

__attribute__((destructor)) static void report(void) {
  void* library = dlopen(getenv("LIVE_AT_EXIT_LIBRARY"), RTLD_LAZY | RTLD_NOLOAD);
  if (library == NULL) return;
  int64_t (*count)(int64_t) =
      (int64_t(*)(int64_t))dlsym(library, getenv("LIVE_AT_EXIT_COUNT"));
  if (count != NULL) fprintf(stderr, "live_at_exit %lld\n", (long long)count(0));
}

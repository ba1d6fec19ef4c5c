/* Loads the library and says what it is; fails if it cannot work. */
#include <stdio.h>

#include "simple_torch/simple_torch.h"

int main(void) {
  char cuda[1024];
  if (simple_torch_available() != 1) {
    simple_torch_handle_live_count(0);
    fprintf(stderr, "%s\n", simple_torch_error_message());
    return 1;
  }
  simple_torch_cuda_status(cuda, sizeof(cuda));
  printf("%s\nCUDA: %s\n", simple_torch_version(), cuda);
  return 0;
}

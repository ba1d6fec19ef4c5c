/* The smallest program that uses the installed library. */
#include <simple_torch/simple_torch.h>
#include <stdio.h>

int main(void) {
  const int64_t dims[] = {2, 3};
  simple_torch_handle ones = simple_torch_tensor_ones(dims, 2);
  simple_torch_handle sum = simple_torch_tensor_add(ones, ones);
  char text[256];
  if (simple_torch_tensor_to_text(sum, NULL, text, sizeof(text)) < 0) {
    fprintf(stderr, "%s\n", simple_torch_error_message());
    return 1;
  }
  printf("%s\n", text);
  simple_torch_tensor_free(sum);
  simple_torch_tensor_free(ones);
  return simple_torch_handle_live_count(0) == 0 ? 0 : 1;
}

/* Stands for the host in the tests of the launcher: shows what it was called with. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void show(const char* name) {
  const char* value = getenv(name);
  printf("%s=%s\n", name, value == NULL ? "" : value);
}

int main(int count, char** words) {
  printf("host");
  for (int i = 1; i < count; ++i) printf(" [%s]", words[i]);
  printf("\n");
  show("SIMPLE_LIB");
  show("SIMPLE_PACKAGES");
  show("SIMPLE_SFFI_BUILD_PATH");
  const char* command = getenv("SIMPLE_SFFI_BUILD_COMMAND");
  /* A program that needs a library, which is not there. */
  if (count > 2 && strcmp(words[2], "needs_torch.spl") == 0 && command != NULL) {
    char text[4096];
    const char* mark = strstr(command, "{}");
    if (mark == NULL) return 3;
    snprintf(text, sizeof(text), "exec >&2; %.*storch%s", (int)(mark - command), command,
             mark + 2);
    fflush(stdout);
    return system(text) == 0 ? 0 : 3;
  }
  if (count > 1 && strcmp(words[1], "test") == 0)
    printf("2 passed, 1 failed, 0 skipped\n");
  return 0;
}

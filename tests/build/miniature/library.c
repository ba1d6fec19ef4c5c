/* Stands for the library in the tests of the launcher. */
const char* simple_torch_version(void) { return "miniature 1.2.3"; }

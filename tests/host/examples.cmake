# The programs of examples/language print what is recorded beside them.
add_test(NAME host.examples
  COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/examples_test.sh" $<TARGET_FILE:simple_host>)

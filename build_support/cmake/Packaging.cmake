# Installing, finding the installed tree with CMake or pkg-config, and the archive.
include(CMakePackageConfigHelpers)

install(TARGETS simple_torch_ffi EXPORT simple_torch
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  PUBLIC_HEADER DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/simple_torch)
if(TARGET simple_torch_ffi_cuda)
  install(TARGETS simple_torch_ffi_cuda LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()
install(TARGETS simple_torch_cpu_only
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/simple_torch_cpu_only)
install(EXPORT simple_torch NAMESPACE simple_torch::
  FILE simple_torch-targets.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/simple_torch)

set(support "${CMAKE_CURRENT_LIST_DIR}/../package")
configure_package_config_file("${support}/simple_torch-config.cmake.in"
  "${CMAKE_CURRENT_BINARY_DIR}/simple_torch-config.cmake"
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/simple_torch)
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/simple_torch-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
# From the folder of the pkg-config file up to the prefix, which may be more than two steps:
# Debian's folder for libraries is lib/x86_64-linux-gnu.
file(RELATIVE_PATH up_to_prefix "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
string(REGEX REPLACE "/$" "" up_to_prefix "${up_to_prefix}")
configure_file("${support}/simple_torch.pc.in" "${CMAKE_CURRENT_BINARY_DIR}/simple_torch.pc"
  @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/simple_torch-config.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/simple_torch-config-version.cmake"
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/simple_torch)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/simple_torch.pc"
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES "${SIMPLE_TORCH_GENERATED}/operators.json"
  DESTINATION ${CMAKE_INSTALL_DATADIR}/simple_torch)
# Of this libtorch, not those of the default one that are committed.
install(DIRECTORY "${SIMPLE_TORCH_GENERATED}/simple/ffi/" "${SIMPLE_TORCH_GENERATED}/simple/api/"
  DESTINATION ${CMAKE_INSTALL_DATADIR}/simple_torch/torch FILES_MATCHING PATTERN "*.spl")
install(DIRECTORY tier3_api/torch/
  DESTINATION ${CMAKE_INSTALL_DATADIR}/simple_torch/torch
  FILES_MATCHING PATTERN "*.spl" PATTERN "ops_*" EXCLUDE)
install(FILES LICENSE-MIT LICENSE-APACHE README.md
  DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/simple_torch)

set(CPACK_GENERATOR TGZ)
set(CPACK_PACKAGE_NAME simple_torch)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_FILE_NAME
  "simple_torch-${PROJECT_VERSION}-libtorch-${SIMPLE_TORCH_LIBTORCH_VERSION}-${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}")
set(CPACK_STRIP_FILES ON)
include(CPack)

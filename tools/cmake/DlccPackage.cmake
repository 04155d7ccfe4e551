# The package that find_package(dlcc) finds, in the build tree and installed,
# and the install rules.
include(CMakePackageConfigHelpers)
set(DLCC_PACKAGE ${CMAKE_BINARY_DIR}/lib/cmake/dlcc)
configure_file(${CMAKE_SOURCE_DIR}/tools/cmake/dlccConfig.cmake
               ${DLCC_PACKAGE}/dlccConfig.cmake COPYONLY)
write_basic_package_version_file(${DLCC_PACKAGE}/dlccConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)

# In the build tree headers lie beside bin and lib as they do once installed,
# so the package, `dlcc config` and the linking of programs need one rule only.
file(CREATE_LINK ${CMAKE_SOURCE_DIR}/include ${CMAKE_BINARY_DIR}/include
     SYMBOLIC)

install(TARGETS dlcc_rt dlcc_train ARCHIVE DESTINATION lib)
install(FILES include/dlcc/abi.h include/dlcc/runtime.h
        DESTINATION include/dlcc)
install(FILES ${DLCC_PACKAGE}/dlccConfig.cmake
              ${DLCC_PACKAGE}/dlccConfigVersion.cmake
        DESTINATION lib/cmake/dlcc)
if(DLCC_BUILD_COMPILER)
  install(TARGETS dlcc dlcc-opt RUNTIME DESTINATION bin)
endif()

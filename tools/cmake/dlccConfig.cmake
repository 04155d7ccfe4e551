# find_package(dlcc): what an application needs to link compiled models. The
# same file serves the build tree and an installed one; both hold bin, include
# and lib side by side.
#
#   dlcc::rt     the runtime, headers included
#   dlcc::dlcc   the compiler, where this package has one
#
#   dlcc_add_model(NAME MODEL_FILE [TRAIN] [BATCH N] [CPU NAMES] [FLAGS flag...])
#     compiles one model when the project is built; target NAME is a library
#     whose users see NAME.h and link object and runtime.
get_filename_component(DLCC_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../../.."
                       ABSOLUTE)
include(CMakeFindDependencyMacro)
find_dependency(Threads)

if(NOT TARGET dlcc::rt)
  add_library(dlcc::rt STATIC IMPORTED)
  set_target_properties(dlcc::rt PROPERTIES
    IMPORTED_LOCATION "${DLCC_PREFIX}/lib/libdlcc_rt.a"
    INTERFACE_INCLUDE_DIRECTORIES "${DLCC_PREFIX}/include"
    INTERFACE_LINK_LIBRARIES "pthreadpool;z;stdc++;m;Threads::Threads;dl")
endif()

if(NOT TARGET dlcc::dlcc AND EXISTS "${DLCC_PREFIX}/bin/dlcc")
  add_executable(dlcc::dlcc IMPORTED)
  set_target_properties(dlcc::dlcc PROPERTIES
    IMPORTED_LOCATION "${DLCC_PREFIX}/bin/dlcc")
endif()

function(dlcc_add_model name file)
  cmake_parse_arguments(MODEL "TRAIN" "BATCH;CPU" "FLAGS" ${ARGN})
  get_filename_component(file "${file}" ABSOLUTE)
  set(flags ${MODEL_FLAGS})
  if(MODEL_TRAIN)
    list(APPEND flags --train)
  endif()
  if(MODEL_BATCH)
    list(APPEND flags --batch ${MODEL_BATCH})
  endif()
  if(MODEL_CPU)
    list(APPEND flags --cpu ${MODEL_CPU})
  endif()
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/${name}.dlcc")
  set(object "${folder}/${name}.o")
  set(header "${folder}/${name}.h")
  file(MAKE_DIRECTORY "${folder}")
  add_custom_command(
    OUTPUT "${object}" "${header}"
    COMMAND dlcc::dlcc compile "${file}" --name ${name} ${flags} -o "${folder}"
    DEPENDS "${file}" dlcc::dlcc
    COMMENT "dlcc: ${name}"
    VERBATIM)
  add_custom_target(${name}-model DEPENDS "${object}" "${header}")
  add_library(${name} INTERFACE)
  add_dependencies(${name} ${name}-model)
  target_include_directories(${name} INTERFACE "${folder}")
  target_link_libraries(${name} INTERFACE "${object}" dlcc::rt)
endfunction()

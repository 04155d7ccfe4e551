# Finds LLVM and MLIR 22 and links every compiler room against their shared
# libraries, which keeps a link under a few seconds.
find_package(MLIR REQUIRED CONFIG PATHS /usr/lib/llvm-22/lib/cmake/mlir)
if(NOT LLVM_PACKAGE_VERSION VERSION_GREATER_EQUAL 22
   OR NOT LLVM_PACKAGE_VERSION VERSION_LESS 23)
  message(FATAL_ERROR "dlcc needs LLVM 22; found ${LLVM_PACKAGE_VERSION}")
endif()
list(APPEND CMAKE_MODULE_PATH ${MLIR_CMAKE_DIR} ${LLVM_CMAKE_DIR})
include(TableGen)
include(AddLLVM)
include(AddMLIR)
include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
add_definitions(${LLVM_DEFINITIONS})

# dlcc_add_room(NAME SRC... [DEPENDS target...] [LINK lib...])
# A static library of one room of the compiler.
function(dlcc_add_room name)
  cmake_parse_arguments(ROOM "" "" "DEPENDS;LINK" ${ARGN})
  add_library(${name} STATIC ${ROOM_UNPARSED_ARGUMENTS})
  if(ROOM_DEPENDS)
    add_dependencies(${name} ${ROOM_DEPENDS})
  endif()
  target_link_libraries(${name} PUBLIC ${ROOM_LINK} MLIR LLVM)
endfunction()

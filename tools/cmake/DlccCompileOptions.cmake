# Warnings, ccache and sanitizers for every target of the project.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

add_compile_options(-Wall -Wextra -Wno-unused-parameter)
if(DLCC_SANITIZE)
  add_compile_options(-fsanitize=${DLCC_SANITIZE} -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${DLCC_SANITIZE})
endif()

# Warnings are errors; sanitizers by preset; ccache and lld where the machine has them.
set(DIALTONE_SANITIZER "" CACHE STRING "address,undefined | thread | empty")

add_library(dialtone_flags INTERFACE)
target_compile_options(dialtone_flags INTERFACE -Wall -Wextra -Werror -Wshadow -Wnon-virtual-dtor -Wswitch-enum
                       -Wno-unused-parameter)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(dialtone_flags INTERFACE -Wthread-safety)
endif()

if(DIALTONE_SANITIZER)
  add_compile_options(-fsanitize=${DIALTONE_SANITIZER} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${DIALTONE_SANITIZER})
  if(DIALTONE_SANITIZER MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=all)
  endif()
endif()

# What servers allocate with (controlplane/adr/0006); a sanitizer has an allocator of its own.
add_library(dialtone_malloc INTERFACE)
if(NOT DIALTONE_SANITIZER)
  target_link_libraries(dialtone_malloc INTERFACE -Wl,--push-state,--no-as-needed PkgConfig::jemalloc -Wl,--pop-state)
endif()

find_program(DIALTONE_CCACHE ccache)
if(DIALTONE_CCACHE)
  # One cache serves every clone of the project on this machine: paths are taken relative to the source folder.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=time_macros,include_file_mtime,include_file_ctime ${DIALTONE_CCACHE})
endif()

# A program loads what it uses: tests of the engine run without gRPC, although a library beside theirs links it.
add_link_options(-Wl,--as-needed)

find_program(DIALTONE_LLD ld.lld NAMES ld.lld-14)
if(DIALTONE_LLD AND CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_link_options(-fuse-ld=lld)
endif()

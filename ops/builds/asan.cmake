# Unit and simulation tests with AddressSanitizer and UBSan:
# cmake -C ops/builds/asan.cmake -S . -B build-asan -G Ninja
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(JIEXU_SANITIZE ON CACHE BOOL "")
# A finding shows lines; all that a debugger wants would be a third of the build. Without optimisation
# the tests run twice as long, which is more than the compiler saves.
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1" CACHE STRING "")

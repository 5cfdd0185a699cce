# Unit and simulation tests with AddressSanitizer and UBSan:
# cmake -C ops/builds/asan.cmake -S . -B build-asan -G Ninja
set(CMAKE_BUILD_TYPE Debug CACHE STRING "")
set(JIEXU_SANITIZE ON CACHE BOOL "")

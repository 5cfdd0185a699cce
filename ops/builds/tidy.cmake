# Each file alone, for clang-tidy, for editors, and to find a missing include:
# cmake -C ops/builds/tidy.cmake -S . -B build-tidy -G Ninja
set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "")
set(CMAKE_EXPORT_COMPILE_COMMANDS ON CACHE BOOL "")
set(JIEXU_UNITY OFF CACHE BOOL "")

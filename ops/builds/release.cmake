# What ops/setup builds and ops/test tests: cmake -C ops/builds/release.cmake -S . -B build -G Ninja
set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "")

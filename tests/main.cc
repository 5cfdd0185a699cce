#include "tests/catch.h"

int main(int count, char** words) {
  return jiexu::run_tests(count, words);
}

#!/usr/bin/env python3
"""Prints the test programs that have a test whose name holds the given text, one a line; exit 1 if
none has. Programs and their files are read from the jiexu_test() calls of tests/*/."""
import pathlib
import re
import sys

TESTS = pathlib.Path(__file__).resolve().parent


def programs():
    for listing in [*TESTS.glob("*/CMakeLists.txt"), *TESTS.glob("*/*/CMakeLists.txt")]:
        for name, arguments in re.findall(r"jiexu_test\((\w+)([^)]*)\)", listing.read_text()):
            files = [listing.parent / word for word in arguments.split("LINK")[0].split()]
            yield name, [file for file in files if file.is_file()]


def main():
    wanted = sys.argv[1]
    found = [name for name, files in programs()
             if any(wanted in case for file in files
                    for case in re.findall(r'TEST_CASE\(\s*"((?:[^"\\]|\\.)*)"', file.read_text()))]
    print("\n".join(found))
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())

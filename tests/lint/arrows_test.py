#!/usr/bin/env python3
"""A lint that finds nothing looks like a clean tree: made-up trees with one thing wrong each."""
import sys
import unittest

sys.dont_write_bytecode = True
import arrows  # noqa: E402

# A small house in order: base <- rules <- engine -> storage, and a test of the engine.
LISTINGS = {
    "daemon/base/CMakeLists.txt": "add_library(jiexu_base STATIC bytes.cc)",
    "daemon/rules/CMakeLists.txt": """
        add_library(jiexu_rules STATIC policy.cc)  # pure
        target_link_libraries(jiexu_rules PUBLIC jiexu_base)""",
    "storage/CMakeLists.txt": """
        add_library(jiexu_storage STATIC records.cc)
        target_link_libraries(jiexu_storage PUBLIC jiexu_base)""",
    "daemon/link/CMakeLists.txt": """
        add_library(jiexu_link STATIC sender.cc)
        target_link_libraries(jiexu_link PUBLIC jiexu_base)""",
    "daemon/engine/CMakeLists.txt": """
        add_library(jiexu_engine STATIC
          engine.cc
          loop.cc
        )
        target_link_libraries(jiexu_engine PUBLIC jiexu_rules
                              PRIVATE jiexu_storage Threads::Threads)""",
    "tests/CMakeLists.txt": """
        add_library(jiexu_test_main STATIC main.cc)
function(jiexu_test NAME)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_executable(${NAME} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${NAME} PRIVATE jiexu_test_main ${ARG_LINK})
endfunction()""",
    "tests/engine/CMakeLists.txt": "jiexu_test(engine_test loop_test.cc LINK jiexu_engine)",
}
SOURCES = {
    "daemon/base/bytes.h": "",
    "daemon/base/bytes.cc": '#include "daemon/base/bytes.h"\n',
    "daemon/base/limits.h": "",
    "daemon/rules/policy.h": '#include "daemon/base/limits.h"\n',
    "daemon/rules/policy.cc": '#include "daemon/rules/policy.h"\n',
    "storage/store.h": "",
    "storage/records.cc": '#include "daemon/base/bytes.h"\n#include "storage/store.h"\n',
    "daemon/link/sender.h": '#include "daemon/base/bytes.h"\n',
    "daemon/link/sender.cc": '#include "daemon/link/sender.h"\n',
    "daemon/engine/engine.h": '#include "daemon/rules/policy.h"\n',
    "daemon/engine/engine.cc": '#include "daemon/engine/engine.h"\n\n#include "storage/store.h"\n',
    "daemon/engine/loop.cc": "",
    "tests/main.cc": "",
    "tests/engine/loop_test.cc": '#include "daemon/engine/engine.h"\n#include "daemon/base/bytes.h"\n',
}


class Arrows(unittest.TestCase):
    def breaches(self, listings=None, sources=None):
        return list(arrows.check({**LISTINGS, **(listings or {})}, {**SOURCES, **(sources or {})}))

    def assert_one(self, breaches, *parts):
        self.assertEqual(len(breaches), 1, breaches)
        for part in parts:
            self.assertIn(part, breaches[0])

    def test_a_house_in_order_has_no_breach(self):
        self.assertEqual(self.breaches(), [])

    def test_an_include_without_a_link_is_told_with_its_line_and_the_link(self):
        found = self.breaches(sources={"daemon/engine/loop.cc": '\n#include "daemon/link/sender.h"\n'})
        self.assert_one(found, "daemon/engine/loop.cc:2:", "jiexu_engine may not include daemon/link/sender.h",
                        "target_link_libraries(jiexu_engine ... jiexu_link) in daemon/engine/CMakeLists.txt")

    def test_what_a_link_brings_along_is_not_a_link(self):
        found = self.breaches(sources={"daemon/engine/loop.cc": '#include "daemon/base/bytes.h"\n'})
        self.assert_one(found, "daemon/engine/loop.cc:1:", "jiexu_base")

    def test_a_test_may_include_what_its_links_bring_along_publicly_only(self):
        found = self.breaches(sources={"tests/engine/loop_test.cc": '#include "storage/store.h"\n'})
        self.assert_one(found, "engine_test may not include storage/store.h")

    def test_a_header_may_not_include_what_is_linked_privately(self):
        found = self.breaches(sources={"daemon/engine/engine.h": '#include "daemon/rules/policy.h"\n'
                                                                 '#include "storage/store.h"\n'})
        self.assert_one(found, "daemon/engine/engine.h:2:", "PUBLIC jiexu_storage")

    def test_a_link_that_no_include_needs_is_told(self):
        found = self.breaches({"daemon/link/CMakeLists.txt": """
            add_library(jiexu_link STATIC sender.cc)
            target_link_libraries(jiexu_link PUBLIC jiexu_base jiexu_rules)"""})
        self.assert_one(found, "daemon/link/CMakeLists.txt", "jiexu_link links jiexu_rules and includes nothing")

    def test_a_pure_folder_links_pure_ones_only(self):
        found = self.breaches({"daemon/rules/CMakeLists.txt": """
            add_library(jiexu_rules STATIC policy.cc)
            target_link_libraries(jiexu_rules PUBLIC jiexu_base PRIVATE jiexu_storage)"""},
                              {"daemon/rules/policy.cc": '#include "storage/store.h"\n'})
        self.assert_one(found, "jiexu_rules may not reach jiexu_storage")

    def test_an_arrow_that_is_never_drawn_is_told_also_through_another(self):
        found = self.breaches({"daemon/link/CMakeLists.txt": """
            add_library(jiexu_link STATIC sender.cc)
            target_link_libraries(jiexu_link PUBLIC jiexu_base PRIVATE jiexu_engine)"""},
                              {"daemon/link/sender.cc": '#include "daemon/engine/engine.h"\n'})
        self.assert_one(found, "jiexu_link may not reach jiexu_storage", "daemon/link never links storage")

    def test_a_circle_is_told(self):
        found = self.breaches({"daemon/base/CMakeLists.txt": """
            add_library(jiexu_base STATIC bytes.cc)
            target_link_libraries(jiexu_base PRIVATE jiexu_base_too)
            add_library(jiexu_base_too STATIC text.cc)
            target_link_libraries(jiexu_base_too PRIVATE jiexu_base)"""},
                              {"daemon/base/text.h": "",
                               "daemon/base/bytes.cc": '#include "daemon/base/text.h"\n',
                               "daemon/base/text.cc": '#include "daemon/base/bytes.h"\n'})
        self.assertTrue(any("jiexu_base links itself in a circle, through jiexu_base_too" in breach
                            for breach in found), found)

    def test_a_source_that_no_target_compiles_is_told(self):
        found = self.breaches(sources={"daemon/rules/forgotten.cc": ""})
        self.assert_one(found, "daemon/rules/forgotten.cc: no target compiles it")

    def test_where_several_targets_are_built_a_header_alone_is_named_by_one(self):
        listing = """
            add_library(jiexu_base STATIC bytes.cc {})
            add_library(jiexu_base_too STATIC text.cc)"""
        path, text = "daemon/base/CMakeLists.txt", {"daemon/base/text.cc": ""}
        self.assert_one(self.breaches({path: listing.format("")}, text), "daemon/base/limits.h",
                        "jiexu_base, jiexu_base_too are built here")
        self.assertEqual(self.breaches({path: listing.format("limits.h")}, text), [])


if __name__ == "__main__":
    unittest.main()

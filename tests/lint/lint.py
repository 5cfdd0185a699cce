#!/usr/bin/env python3
"""House rules that a machine can check: which folder may include which, banned words by layer, line,
function and file sizes; and that files which documents name exist. Prints one line a breach, with
what to do instead; exit 1 if there is any."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Folder -> folders of ours that it may include. What is not listed may include anything.
LAYERS = {
    "daemon/base": ["daemon/base"],
    "daemon/rules": ["daemon/base", "daemon/rules"],
    "daemon/funds": ["daemon/base", "daemon/rules", "daemon/funds"],
    "daemon/cases": ["daemon/base", "daemon/rules", "daemon/funds", "daemon/cases"],
    "daemon/trust": ["daemon/base", "daemon/trust"],
    "daemon/link": ["daemon/base", "daemon/trust", "daemon/link"],
    "storage": ["daemon/base", "storage"],
    "daemon/engine": ["daemon/base", "daemon/rules", "daemon/funds", "daemon/cases", "daemon/trust",
                      "daemon/link", "storage", "daemon/engine"],
    "daemon/api": ["daemon/base", "daemon/rules", "daemon/funds", "daemon/cases", "daemon/trust",
                   "daemon/engine", "daemon/api", "daemon/config", "storage"],
}

PURE = ("daemon/rules/", "daemon/funds/", "daemon/cases/")
# (pattern, where it is banned: a tuple of path prefixes, except these, what to do instead)
BANNED = [
    (r"rocksdb::|#include <rocksdb/", ("",), ("storage/rocks", "tests/storage/", "tests/faults/", "tests/bench/limit.cc"), "go through storage/store.h"),
    (r"#include <zmq", ("",), ("daemon/link/z", "tests/link/", "tests/bench/limit.cc"), "go through daemon/link/transport.h"),
    (r"#include <boost/(beast|asio)", ("",), ("daemon/api/http_server.cc", "daemon/api/http_session.h", "daemon/api/http_session.cc",
                                               "ops/cli/client.cc"), "go through daemon/api/http_server.h"),
    (r"#include <(chrono|thread|mutex|random|fstream|iostream)>|system_clock|steady_clock|\brand\(", PURE, (), "time, chance and I/O come in by the event"),
    (r"enable_simulated_suite|simulated_suite\.h", ("daemon/", "ops/", "storage/"), ("daemon/trust/simulated_suite",), "the daemon must not know the simulator's suite"),
    (r"\b(TODO|FIXME|XXX|HACK)\b", ("",), ("tests/lint/",), "do it, or file an issue"),
    (r"\b(float|double)\b", ("daemon/cases/", "daemon/funds/", "daemon/rules/"), (), "money is int64 fen"),
]

LINE_MAX = 100
FILE_MAX = 500
FUNCTION_MAX = 70
# Grandfathered sizes; may only fall. Nothing is on it now.
FILE_RATCHET = {}
FUNCTION_RATCHET = {}
# The transition table is a table: its rows are as wide as they are.
WIDE = {"daemon/cases/table.cc", "daemon/funds/bank_outcome.cc", "storage/kinds.cc", "tests/cases/row_test.cc"}


def tracked(*patterns):
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout.split()
    return [path for path in listed if (ROOT / path).exists()]


def sources():
    return tracked("*.h", "*.cc")


def layer_of(path):
    return max((layer for layer in LAYERS if path.startswith(layer + "/")), key=len, default=None)


def check_includes(path, text):
    layer = layer_of(path)
    if layer is None:
        return
    for line, include in re.findall(r'^(#include "([^"]+)")', text, re.M):
        if include.startswith("jiexu/v1/"):
            continue
        if not any(include.startswith(allowed) for allowed in LAYERS[layer]):
            yield f"{path}: {layer} may not include {include}; it may use {', '.join(LAYERS[layer])}"


def check_words(path, text):
    for pattern, where, unless, instead in BANNED:
        if not path.startswith(where) or (unless and path.startswith(unless)):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(pattern, line.split("//")[0] if "TODO" not in pattern else line):
                yield f"{path}:{number}: '{re.search(pattern, line).group(0)}' is banned here; {instead}"


def check_sizes(path, text):
    lines = text.splitlines()
    if len(lines) > FILE_RATCHET.get(path, FILE_MAX):
        yield f"{path}: {len(lines)} lines; split it by concept"
    for number, line in enumerate(lines, 1):
        if len(line) > LINE_MAX and path not in WIDE and "http" not in line:
            yield f"{path}:{number}: {len(line)} columns; {LINE_MAX} is the limit"
    start = None
    for number, line in enumerate(lines, 1):
        if re.match(r"^[A-Za-z].*\{$", line) and not re.match(r"^(namespace|class|struct|enum|union|extern|constexpr|const)\b", line):
            start = number
        elif line == "}" and start:
            length = number - start
            if length > FUNCTION_RATCHET.get(f"{path}:{lines[start - 1][:60]}", FUNCTION_MAX) and "TEST_CASE" not in lines[start - 1]:
                yield f"{path}:{start}: a function of {length} lines; {FUNCTION_MAX} is the limit"
            start = None


def code_of(text):
    """What a document sets as code: spans in backticks, fenced and indented lines."""
    for span in re.findall(r"`([^`\n]+)`", re.sub(r"(?ms)^```.*?^```", "", text)):
        yield from span.split()
    for block in re.findall(r"(?ms)^```.*?^```", text):
        yield from block.split()
    for line in re.findall(r"(?m)^    (\S.*)$", text):
        yield from line.split()


def check_document(path, text, tops, names):
    """A word of code is a path of ours if it begins with a top folder, or is the name of a source
    file, which may lie anywhere."""
    folder = (ROOT / path).parent
    for link in re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", text):
        if not (folder / link).exists():
            yield f"{path}: the link {link} leads nowhere"
    for word in sorted(set(code_of(text))):
        word = word.removeprefix("./").strip(",;:()\"'").rstrip(".")
        word = re.sub(r":\d+$", "", word)
        if word.split("/")[0] in tops and re.fullmatch(r"[\w.*/-]+/[\w.*/-]*", word):
            if not any(ROOT.glob(word.rstrip("/"))):
                yield f"{path}: there is no {word}"
        elif re.fullmatch(r"\w[\w.-]*\.(h|cc|py|proto|md)", word) and word not in names:
            yield f"{path}: no folder has a {word}"


def check_documents():
    paths = tracked()
    tops = {path.split("/")[0] for path in paths if "/" in path}
    names = {path.split("/")[-1] for path in paths}
    for path in tracked("*.md"):
        yield from check_document(path, (ROOT / path).read_text(encoding="utf-8"), tops, names)


def main():
    breaches = list(check_documents())
    for path in sources():
        text = (ROOT / path).read_text(encoding="utf-8")
        for check in (check_includes, check_words, check_sizes):
            breaches.extend(check(path, text))
    for breach in breaches:
        print(breach)
    print(f"lint: {len(breaches)} breaches in {len(sources())} files")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())

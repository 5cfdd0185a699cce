#!/usr/bin/env python3
"""House rules that a machine can check: who may include whom (arrows.py), banned words by folder, line,
function and file sizes; and that files which documents name exist. Prints one line a breach, with
what to do instead; exit 1 if there is any."""
import pathlib
import re
import subprocess
import sys

sys.dont_write_bytecode = True
import arrows  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]

PURE = tuple(folder + "/" for folder in arrows.PURE)
# (pattern, where it is banned: a tuple of path prefixes, except these, what to do instead)
BANNED = [
    (r"rocksdb::|#include <rocksdb/", ("",), ("storage/rocks/", "tests/storage/rocks/", "tests/faults/", "tests/bench/limit.cc"), "go through storage/store.h"),
    (r"#include <zmq", ("",), ("daemon/link/z", "tests/link/", "tests/bench/limit.cc"), "go through daemon/link/transport.h"),
    (r"#include <boost/(beast|asio)", ("",), ("daemon/api/http/", "ops/cli/client.cc"), "go through daemon/api/http/http_server.h"),
    (r"#include <(chrono|thread|mutex|random|fstream|iostream)>|system_clock|steady_clock|\brand\(", PURE, (), "time, chance and I/O come in by the event"),
    (r"enable_simulated_suite|simulated_suite\.h", ("daemon/", "ops/", "storage/"), ("daemon/trust/simulated_suite",), "the daemon must not know the simulator's suite"),
    (r"\blayout::|\bFamily::", ("daemon/api/",), (), "ask a query beside its domain, *_queries.h"),
    (r"\b(TODO|FIXME|XXX|HACK)\b", ("",), ("tests/lint/",), "do it, or file an issue"),
    (r"\b(float|double)\b", PURE, (), "money is int64 fen"),
]

LINE_MAX = 100
FILE_MAX = 500
FUNCTION_MAX = 70
# Grandfathered sizes; may only fall. Nothing is on it now.
FILE_RATCHET = {}
FUNCTION_RATCHET = {}
# The transition table is a table: its rows are as wide as they are. So is the catalogue of words.
WIDE = {"daemon/cases/table.cc", "daemon/payments/rules/payment_machine.cc", "daemon/bank/rules/bank_outcome.cc",
        "daemon/bank/rules/line_table.cc", "storage/kinds.cc", "tests/cases/row_test.cc"}


def tracked(*patterns):
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, check=True,
                            capture_output=True, text=True).stdout.split()
    return [path for path in listed if (ROOT / path).exists()]


def sources():
    return tracked("*.h", "*.cc")


def read(paths):
    return {path: (ROOT / path).read_text(encoding="utf-8") for path in paths}


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
        if len(line) > LINE_MAX and path not in WIDE and not path.endswith("_words.cc") and "http" not in line:
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
    texts = read(sources())
    breaches.extend(arrows.check(read(tracked("*CMakeLists.txt", "*.cmake")), texts))
    for path, text in texts.items():
        breaches.extend(check_words(path, text))
        breaches.extend(check_sizes(path, text))
    for breach in breaches:
        print(breach)
    print(f"lint: {len(breaches)} breaches in {len(texts)} files")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())

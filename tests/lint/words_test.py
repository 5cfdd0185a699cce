#!/usr/bin/env python3
"""Every sentence that the command line says has a row in the catalogue (daemon/words), and no row of a
sentence is left behind when the sentence is gone. Prints one line a breach; exit 1 if there is any.

What has a name (a state, a field) is looked up by its name; tests/words asks for those."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOKEN = re.compile(r'''//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\w+|[^\s\w]''', re.S)
# Which arguments of a call are sentences, counted from 0.
SENTENCES = {"say": (0,), "line": (0,), "add_command": (1,), "add_option": (2,), "add_flag": (2,),
             "report": (1,), "add_switch": (3,), "add_check": (3,), "set_help_flag": (1,)}
ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


def unescape(literal):
    return re.sub(r"\\(.)", lambda match: ESCAPES.get(match.group(1), match.group(0)), literal[1:-1])


def tokens(text):
    """(kind, value): "s" a string, neighbours joined; "t" any other token. Comments are left out."""
    out = []
    for match in TOKEN.finditer(text):
        token = match.group(0)
        if token.startswith(("//", "/*")):
            continue
        if not token.startswith('"'):
            out.append(("t", token))
        elif out and out[-1][0] == "s":
            out[-1] = ("s", out[-1][1] + unescape(token))
        else:
            out.append(("s", unescape(token)))
    return out


def arguments(found, start):
    """The tokens of each argument of the call whose opening parenthesis is at `start`."""
    depth, out = 0, [[]]
    for kind, value in found[start:]:
        if kind == "t" and value in "([{":
            depth += 1
            if depth == 1:
                continue
        if kind == "t" and value in ")]}":
            depth -= 1
            if depth == 0:
                return out
        if kind == "t" and value == "," and depth == 1:
            out.append([])
        else:
            out[-1].append((kind, value))
    return out


def chosen(argument):
    """Sentences of an argument: a literal, or those that ? and : choose from; none if it is computed."""
    if not argument or argument[0][1] == "say":
        return
    literals = [value for kind, value in argument if kind == "s"]
    values = [value for kind, value in argument if kind == "t"]
    if "?" in values:
        # Behind the ?, so that what is compared is none.
        behind = argument[[value for _, value in argument].index("?"):]
        yield from (value for kind, value in behind if kind == "s")
    elif len(argument) == len(literals):
        yield from literals


def said(text):
    found = tokens(text)
    for i in range(len(found) - 1):
        kind, name = found[i]
        if kind == "t" and name in SENTENCES and found[i + 1] == ("t", "("):
            given = arguments(found, i + 1)
            for place in SENTENCES[name]:
                if place < len(given):
                    yield from chosen(given[place])
        if kind == "t" and name == "Table" and ("t", "{") in found[i:i + 4]:
            start = i + found[i:i + 4].index(("t", "{"))
            for title in arguments(found, start):
                yield from chosen(title)


def sources(pattern, *folders):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob(pattern)):
            yield path, path.read_text(encoding="utf-8")


def rows():
    """Id -> file of each row of the catalogue."""
    out = {}
    for path in sorted((ROOT / "daemon/words").glob("*_words.cc")):
        text = path.read_text(encoding="utf-8")
        for literal in re.findall(r'(?:sentence\(|^    \{)((?:"(?:[^"\\\n]|\\.)*"\s*)+),', text, re.M):
            parts = re.findall(r'"(?:[^"\\\n]|\\.)*"', literal)
            out["".join(unescape(part) for part in parts)] = path.name
    return out


def main():
    breaches = []
    known = rows()
    for path, text in sources("*.cc", "ops/cli"):
        for sentence in sorted(set(said(text))):
            bare = sentence.strip()
            if re.search(r"[A-Za-z]{2}", bare) and sentence not in known and bare not in known:
                breaches.append(f"{path.relative_to(ROOT)}: no row of daemon/words has {sentence!r}")
    literals = set()
    for path, text in sources("*.[ch]*", "daemon", "ops"):
        if path.parent != ROOT / "daemon/words":
            literals.update(value for kind, value in tokens(text) if kind == "s")
    bare_literals = {literal.strip() for literal in literals}
    # ": cannot be replaced: ", between the name of a file and what the system says.
    details = {literal.split(": ", 1)[1].removesuffix(": ") for literal in literals if ": " in literal}
    said_anywhere = literals | bare_literals | details
    stripped = {literal.strip() for literal in said_anywhere}
    for sentence, name in known.items():
        is_name = re.fullmatch(r"[a-z]+\.[\w.-]+", sentence)
        # What the daemon joins of pieces and values is found by its pieces.
        pieces = {piece.strip() for piece in re.split(r"\{\w+\}", sentence)} - {""}
        joined = "{" in sentence and pieces <= stripped
        if not is_name and sentence not in said_anywhere and not joined:
            breaches.append(f"daemon/words/{name}: nothing says {sentence!r}")
    for breach in breaches:
        print(breach)
    print(f"words: {len(breaches)} breaches in {len(known)} rows")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())

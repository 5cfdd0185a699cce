"""Who may include whom. There is one list: the link lists of the CMake files, read as text, so that a
fresh clone can be checked before anything is configured.

A target may include the headers of the targets that it links by name; tests also what these link
publicly. What a header includes, its target links publicly. No link is there for nothing, and none
closes a circle. Some arrows are never drawn, whatever CMake says: ONLY and NEVER below.

A header belongs to the target that compiles the .cc of its name. One without is its folder's; where a
folder builds several targets, one of them names it among its sources. In tests it is anybody's."""
import dataclasses
import functools
import pathlib
import re

# Folders whose targets link nothing else of ours, not even through others.
PURE = ("daemon/rules", "daemon/ledger", "daemon/bankfiles", "daemon/cases", "daemon/bank/rules", "daemon/payments/rules",
        "daemon/reconciliation/rules")
ONLY = {"daemon/base": ("daemon/base",), "daemon/words": ("daemon/words",), **{folder: ("daemon/base", "proto", *PURE) for folder in PURE}}
# (of whom, to whom), each a folder or a target: not even through others.
NEVER = [
    ("storage", "daemon/link"),
    ("daemon/link", "storage"),
    ("daemon/api", "storage/rocks"),
    ("daemon/api", "jiexu_transport"),
    ("daemon/engine", "storage/rocks"),
    ("daemon/engine", "jiexu_transport"),
]

VISIBILITIES = ("PUBLIC", "PRIVATE", "INTERFACE")
GENERATED = ("jiexu/v1/", "jiexu_proto")  # includes of this folder are this target's


@dataclasses.dataclass
class Target:
    name: str
    listing: str  # the CMake file that declares it
    is_program: bool
    files: list
    links: dict = dataclasses.field(default_factory=dict)  # name -> whether users get it too

    @property
    def folder(self):
        return str(pathlib.PurePosixPath(self.listing).parent)

    @property
    def is_test(self):
        return self.listing.startswith("tests/")


def commands(text):
    """The (name, words) of each command; quoted words lose their quotes."""
    text = re.sub(r'("(?:[^"\\]|\\.)*")|#.*', lambda match: match.group(1) or "", text)
    for name, arguments in re.findall(r"(\w+)\s*\(((?:[^()\"]|\"(?:[^\"\\]|\\.)*\")*)\)", text):
        yield name, [word.strip('"') for word in re.findall(r'"(?:[^"\\]|\\.)*"|[^\s"]+', arguments)]


def by_visibility(words):
    public = True
    for word in words:
        if word in VISIBILITIES:
            public = word != "PRIVATE"
        elif "$" not in word:
            yield word, public


def declaring_functions(listings):
    """Functions of ours that make a program of what they are given: NAME sources... LINK libraries...;
    with the libraries that each links by itself."""
    found = {}
    for text in listings.values():
        for name, body in re.findall(r"(?ms)^function\((\w+)[^)]*\)(.*?)^endfunction", text):
            inner = list(commands(body))
            if any(command == "add_executable" for command, _ in inner):
                found[name] = [word for command, words in inner if command == "target_link_libraries"
                               for word, _ in by_visibility(words[1:])]
    return found


def declared(name, words, functions):
    """(name of the target, whether a program, sources, libraries); None: declares nothing."""
    if not words or "$" in words[0]:
        return None
    if name in ("add_library", "add_executable"):
        files = [word for word in words[1:] if not re.fullmatch(r"[A-Z_]+", word)]
        return words[0], name == "add_executable", files, []
    if name in functions:
        at = words.index("LINK") if "LINK" in words else len(words)
        return words[0], True, words[1:at], functions[name] + words[at + 1:]
    return None


def source_path(folder, word):
    word = word.replace("${CMAKE_CURRENT_SOURCE_DIR}/", "")
    if word.startswith("${ROOT}/"):
        return word.removeprefix("${ROOT}/")
    return str(pathlib.PurePosixPath(folder) / word)


def read_targets(listings):
    """Name -> Target, of {path: text} of CMake files."""
    functions = declaring_functions(listings)
    targets = {}
    for path, text in listings.items():
        text = re.sub(r"(?ms)^function\(.*?^endfunction[^\n]*", "", text)
        folder = pathlib.PurePosixPath(path).parent
        for command, words in commands(text):
            made = declared(command, words, functions)
            if made:
                name, is_program, files, links = made
                target = Target(name, path, is_program, [source_path(folder, file) for file in files])
                # tests/fuzz stands in for targets of the root that it cannot build.
                targets.setdefault(name, target).links.update(dict.fromkeys(links, False))
            elif command == "target_link_libraries" and words[0] in targets:
                targets[words[0]].links.update(by_visibility(words[1:]))
    return targets


class Tree:
    """Targets, and the sources {path: text}: which file is whose, and what each includes."""

    def __init__(self, listings, sources):
        self.targets = read_targets(listings)
        self.sources = sources
        self.naming = {}  # path -> targets that name it
        self.built_in = {}  # folder -> targets of the files in it
        for target in self.targets.values():
            for file in target.files:
                self.naming.setdefault(file, []).append(target)
                self.built_in.setdefault(str(pathlib.PurePosixPath(file).parent), {})[target.name] = target

    def owners(self, path):
        """The targets of a file. One, but for what several programs of tests compile; none for a header
        that is anybody's."""
        for file in (path, re.sub(r"\.h$", ".cc", path)):
            if file in self.naming:
                return self.naming[file]
        if path.endswith(".cc") or path.startswith("tests/"):
            return []
        return list(self.built_in.get(str(pathlib.PurePosixPath(path).parent), {}).values())

    def includes(self, path):
        """(line, included path, the targets of it), of headers that are somebody's."""
        for number, line in enumerate(self.sources[path].splitlines(), 1):
            match = re.match(r'#include "([^"]+)"', line)
            if match and match.group(1).startswith(GENERATED[0]) and GENERATED[1] in self.targets:
                yield number, match.group(1), [self.targets[GENERATED[1]]]
            elif match and self.owners(match.group(1)):
                yield number, match.group(1), self.owners(match.group(1))

    @functools.cache
    def reached(self, start, publicly=False):
        """Targets that this one links, also through others; `publicly`: whose headers it is given."""
        found, open_links = {}, list(self.targets[start].links)
        while open_links:
            name = open_links.pop()
            if name in found or name not in self.targets:
                continue
            found[name] = self.targets[name]
            open_links += [link for link, public in self.targets[name].links.items() if public or not publicly]
        return found


def link_line(target, other):
    return f"target_link_libraries({target.name} ... {other}) in {target.listing}"


def check_includes(tree, path, target):
    given = {target.name, *(tree.reached(target.name, publicly=True) if target.is_test else target.links)}
    for line, included, providers in tree.includes(path):
        names = {provider.name for provider in providers}
        other = " or ".join(sorted(names))
        if not names & given:
            yield (f"{path}:{line}: {target.name} may not include {included}: it does not link {other}; if this "
                   f"arrow is meant, draw it: {link_line(target, other)}")
        elif path.endswith(".h") and not target.is_program and target.name not in names:
            if not any(target.links.get(name, target.is_test) for name in names):
                yield (f"{path}:{line}: a header gives {included} to all who include it, so the link is public: "
                       f"{link_line(target, 'PUBLIC ' + other)}")


def check_file(tree, path):
    owners = tree.owners(path)
    if not owners and path.endswith(".cc"):
        yield f"{path}: no target compiles it"
    if len(owners) > 1 and not path.startswith("tests/"):
        yield (f"{path}: {', '.join(sorted(owner.name for owner in owners))} are built here; name it "
               "among the sources of the one that it belongs to")
        return
    for target in owners:
        yield from check_includes(tree, path, target)


def check_unused(tree):
    used = {}
    for path in tree.sources:
        for owner in tree.owners(path):
            for _, _, providers in tree.includes(path):
                used.setdefault(owner.name, set()).update(provider.name for provider in providers)
    for target in tree.targets.values():
        for link in target.links:
            other = tree.targets.get(link)
            if other is None or target.is_test or not other.files:
                continue
            if link not in used.get(target.name, ()):
                yield f"{target.listing}: {target.name} links {link} and includes nothing of it; take the link out"


def within(target, place):
    return target.name == place or f"{target.folder}/".startswith(place + "/")


def check_never(tree):
    for target in tree.targets.values():
        reached = tree.reached(target.name)
        if target.name in reached:
            through = sorted(link for link in target.links
                             if link in tree.targets and target.name in {link, *tree.reached(link)})
            yield f"{target.listing}: {target.name} links itself in a circle, through {', '.join(through)}"
        for place, allowed in ONLY.items():
            for other in reached.values() if within(target, place) else ():
                if other.files and not any(within(other, folder) for folder in allowed):
                    yield (f"{target.listing}: {target.name} may not reach {other.name}; targets of {place} "
                           f"link {', '.join(allowed)} only")
        for place, other_place in NEVER:
            if within(target, place) and not target.is_test:
                for other in reached.values():
                    if within(other, other_place):
                        yield f"{target.listing}: {target.name} may not reach {other.name}; {place} never links {other_place}"


def check(listings, sources):
    """Breaches, as lines. `listings`: {path: text} of CMake files, `sources`: of .h and .cc files."""
    tree = Tree(listings, sources)
    for path in sources:
        yield from check_file(tree, path)
    yield from check_unused(tree)
    yield from check_never(tree)

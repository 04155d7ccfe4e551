#!/usr/bin/env python3
"""Checks facts about the project's files that no compiler checks.

 - no source file is longer than 600 lines (a second idea is in it);
 - every C++ file begins with the header that names file and licence;
 - no line of C++ is longer than 80 columns (tests hold IR as text);
 - no file is named after nothing in particular (utils, common, misc, helpers);
 - every .cpp stands in its room's CMakeLists.txt.

Prints each violation as PATH: text; exit 1 if there is one.
"""

import pathlib
import re
import sys

ROOMS = ["frontend", "ir", "passes", "codegen", "runtime", "include", "tests",
         "tools"]
SOURCES = {".cpp", ".h", ".td", ".py"}
VAGUE = re.compile(r"(utils?|common|misc|helpers?)(\.|$)", re.IGNORECASE)


def cmake_lists(path, root):
    """The texts of the CMakeLists.txt files from the file's folder upwards."""
    folder = path.parent
    while True:
        lists = folder / "CMakeLists.txt"
        if lists.exists():
            yield lists.read_text(encoding="utf-8")
        if folder == root:
            return
        folder = folder.parent


def violations_of(path, root):
    lines = path.read_text(encoding="utf-8").splitlines()
    if len(lines) > 600:
        yield f"{len(lines)} lines; 600 at most"
    if VAGUE.search(path.name):
        yield "the name says nothing about what it holds"
    if path.suffix == ".py":
        return
    if not lines or path.name not in lines[0] or "===" not in lines[0]:
        yield "the first line is no header with the file's name"
    for number, line in enumerate(lines, 1):
        if len(line) > 80 and path.suffix != ".td" and "tests" not in path.parts:
            yield f"line {number}: {len(line)} columns; 80 at most"
    if path.suffix == ".cpp" and not any(
            path.name in text for text in cmake_lists(path, root)):
        yield "stands in no CMakeLists.txt"


def violations(root):
    for room in ROOMS:
        for path in sorted((root / room).rglob("*")):
            if path.suffix not in SOURCES or "Inputs" in path.parts:
                continue
            for text in violations_of(path, root):
                yield f"{path.relative_to(root).as_posix()}: {text}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    found = list(violations(root))
    print("\n".join(found) if found else "all files are as they should be")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

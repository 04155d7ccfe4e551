#!/usr/bin/env python3
"""Checks that every #include of a project file enters a room it may enter.

The rule is docs/architecture.md's "who may include whom". Prints each
violation as PATH:LINE: text; exit 1 if there is one.
"""

import pathlib
import re
import sys

# room -> prefixes of project includes it may use, beside its own
ALLOWED = {
    "frontend": ["ir/"],
    "ir": [],
    "passes": ["ir/", "dlcc/abi.h"],
    "codegen": ["ir/Target.h", "ir/Dialect.h", "dlcc/abi.h", "dlcc/runtime.h"],
    "runtime": ["dlcc/"],
    "include": [],
    "tools": ["frontend/", "ir/", "passes/", "codegen/", "runtime/", "dlcc/"],
}

# sub-rooms that may not see each other
SEPARATE = [{"frontend/dlm", "frontend/onnx", "frontend/caffe"},
            {"codegen/cpu", "codegen/gpu"}]

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def sub_room(path):
    return "/".join(pathlib.PurePosixPath(path).parts[:2])


def refusal(source, target):
    """Why file `source` may not include `target`, or None."""
    room, entered = source.split("/")[0], target.split("/")[0]
    if entered == "dlcc":
        entered = "include"
    if entered not in ALLOWED:
        return None
    if entered != room and not any(
            target.startswith(prefix) for prefix in ALLOWED[room]):
        return f"{room} may not include {target}"
    for group in SEPARATE:
        rooms = {sub_room(source), sub_room(target)}
        if len(rooms) == 2 and rooms <= group:
            return f"{sub_room(source)} may not enter {sub_room(target)}"
    return None


def violations(root):
    for room in ALLOWED:
        for path in sorted((root / room).rglob("*")):
            if path.suffix not in (".h", ".cpp", ".c"):
                continue
            source = path.relative_to(root).as_posix()
            lines = path.read_text(encoding="utf-8").splitlines()
            for number, line in enumerate(lines, 1):
                match = INCLUDE.match(line)
                reason = match and refusal(source, match.group(1))
                if reason:
                    yield f"{source}:{number}: {reason}"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    found = list(violations(root))
    print("\n".join(found) if found else "every include enters a room it may")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

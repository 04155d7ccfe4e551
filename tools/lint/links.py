#!/usr/bin/env python3
"""Checks that every relative link of the project's Markdown pages leads to a
file that is there.

    tools/lint/links.py [ROOT]
"""

import pathlib
import re
import sys

LINK = re.compile(r"\]\(([^)#\s]+)(#[^)]*)?\)")


def broken_links(page):
    for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
        for target, _ in LINK.findall(line):
            if "://" not in target and not (page.parent / target).exists():
                yield f"{page}:{number}: '{target}' is not there"


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    pages = [page for page in root.rglob("*.md")
             if not page.relative_to(root).parts[0].startswith("build")]
    broken = [b for page in pages for b in broken_links(page)]
    print("\n".join(broken) or "every link leads somewhere")
    return 1 if broken or not pages else 0


if __name__ == "__main__":
    sys.exit(main())

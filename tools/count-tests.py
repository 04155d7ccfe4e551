#!/usr/bin/env python3
"""Counts the tests in JUnit files.

count-tests.py TITLE FILE    prints each failure with its output, each test that
                             was skipped and why, and one line of numbers
count-tests.py --total FILES prints `N passed, N failed`; exit 1 if any failed,
                             or a file is missing or empty
"""

import sys
import xml.etree.ElementTree as ElementTree


def cases(path):
    """Yields (name, 'passed' | 'failed' | 'skipped', output) for each test."""
    for case in ElementTree.parse(path).iter("testcase"):
        name = f"{case.get('classname', '')} {case.get('name', '')}".strip()
        failure = case.find("failure")
        if failure is None:
            failure = case.find("error")
        skipped = case.find("skipped")
        output = "".join(case.itertext()).strip()
        if failure is not None:
            yield name, "failed", output
        elif skipped is not None or case.get("status") in ("notrun", "disabled"):
            reason = skipped.get("message", "") if skipped is not None else ""
            yield name, "skipped", reason
        else:
            yield name, "passed", output


def count(path):
    """Returns {outcome: [(name, output)]}; a missing file is one failure."""
    outcomes = {"passed": [], "failed": [], "skipped": []}
    try:
        for name, outcome, output in cases(path):
            outcomes[outcome].append((name, output))
    except (OSError, ElementTree.ParseError) as error:
        outcomes["failed"].append((path, f"no test result: {error}"))
    if not any(outcomes.values()):
        outcomes["failed"].append((path, "no test was run"))
    return outcomes


def summary(outcomes):
    return f"{len(outcomes['passed'])} passed, {len(outcomes['failed'])} failed"


def main(arguments):
    if arguments[0] == "--total":
        total = {"passed": [], "failed": [], "skipped": []}
        for path in arguments[1:]:
            for outcome, tests in count(path).items():
                total[outcome] += tests
        print(summary(total))
        return 1 if total["failed"] or not total["passed"] else 0
    title, path = arguments
    outcomes = count(path)
    for name, output in outcomes["failed"]:
        print(f"FAILED {name}\n{output[-4000:]}\n")
    for name, reason in outcomes["skipped"]:
        print(f"skipped {name}: {reason}")
    print(f"{title}: {summary(outcomes)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

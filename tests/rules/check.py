#!/usr/bin/env python3
"""Prints which test shows which rule, and fails when one is missing.

    tests/rules/check.py

A rule of the domain that product.md names is a line of rules.csv; a test that shows it says so in the line above it:

    // Shows 3.2/open-max.
    TEST_F(ReserveNumbers, IsRefusedForTheEleventhOpenReservation) {

So the table is made from the tests: one that is deleted or renamed is seen here.
"""
import csv
import pathlib
import re
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
TESTS = FOLDER.parent
MARK = re.compile(r"^// Shows ([^\n]*)\.\n((?://[^\n]*\n)*)(TEST\w*\()", re.MULTILINE)
TEST = re.compile(r"TEST\w*\(\s*(\w+),\s*(\w+)\)")
ANY_MARK = re.compile(r"^\s*// Shows (?=\d)", re.MULTILINE)


def marks_of(text):
    """(rule, test) for each mark, and how many marks stand above no test."""
    shown = []
    marks = list(MARK.finditer(text))
    for mark in marks:
        test = TEST.match(text, mark.start(3))
        shown += [(rule.strip(), ".".join(test.groups())) for rule in mark.group(1).split(",")]
    return shown, len(ANY_MARK.findall(text)) - len(marks)


def check(rules, sources):
    """Mistakes as sentences, and the tests of each rule; `sources` are (name, text)."""
    tests, mistakes = {rule: [] for rule in rules}, []
    for name, text in sources:
        shown, lost = marks_of(text)
        if lost:
            mistakes.append(f"{name}: {lost} of its marks stand above no test")
        for rule, test in shown:
            if rule in tests:
                tests[rule].append(test)
            else:
                mistakes.append(f"{name}: {test} shows {rule}, which rules.csv does not have")
    mistakes += [f"no test shows {rule}: {rules[rule]['rule']}" for rule in rules if not tests[rule]]
    return mistakes, tests


def self_test():
    """The check notices what it is for."""
    rules = {"1/a": {"rule": "A."}}
    good = "// Shows 1/a.\nTEST(Name, Sentence) {"
    assert check(rules, [("f", good)])[0] == []
    assert check(rules, [("f", "// Shows 1/a.\n// More of it.\nTEST_F(Name, Sentence) {")])[0] == []
    assert check(rules, [("f", "TEST(Name, Sentence) {")])[0] == ["no test shows 1/a: A."]
    assert len(check(rules, [("f", good + "\n// Shows 1/b.\nTEST(Name, Other) {")])[0]) == 1
    assert len(check(rules, [("f", good + "\n// Shows 1/a.\nint x;")])[0]) == 1


def main():
    self_test()
    with open(FOLDER / "rules.csv", encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    rules = {line["id"]: line for line in lines}
    sources = [(str(path.relative_to(TESTS)), path.read_text(encoding="utf-8"))
               for path in sorted(TESTS.rglob("*_test.cc"))]
    mistakes, tests = check(rules, sources)
    if len(rules) != len(lines):
        mistakes.append("rules.csv has an id twice")
    for rule, line in rules.items():
        print(f"{rule:22} step {line['step']:3} {line['rule']}")
        for test in tests[rule]:
            print(f"{'':30} {test}")
    print(f"{len(rules)} rules, {len({test for shown in tests.values() for test in shown})} tests")
    for mistake in mistakes:
        print(mistake, file=sys.stderr)
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())

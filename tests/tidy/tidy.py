#!/usr/bin/env python3
"""Runs the rules of this folder: all of them, or those named; with --trees on the trees that break and keep them.

  tidy.py                  every rule on the project
  tidy.py SENTENCE...      these rules
  tidy.py --trees ...      on their own trees: a rule that misses a breach, or sees one that is none, fails
  tidy.py --list           the sentences, one a line
"""

import argparse
import sys

import arrows, names, prose, refusals, sizes, slices, words  # each enters its rules
from tree import RULES, Rule, Tree, read_project


def breaches_in_project(rule: Rule, project: Tree) -> list[str]:
    return list(rule.check(project))


def faults_of(rule: Rule) -> list[str]:
    """What the rule gets wrong about its own trees."""
    missed = [f"missed the breach in {tree}" for tree in rule.breaks if not list(rule.check(tree))]
    imagined = [f"saw a breach where none is: {found}" for tree in rule.keeps for found in rule.check(tree)]
    untried = [] if rule.breaks and rule.keeps else ["has no trees that break it, or none that keep it"]
    return untried + missed + imagined


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sentences", nargs="*")
    parser.add_argument("--trees", action="store_true")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    if options.list:
        print("\n".join(rule.sentence for rule in RULES))
        return 0
    unknown = set(options.sentences) - {rule.sentence for rule in RULES}
    if unknown:
        parser.error(f"no such rule: {', '.join(sorted(unknown))}")
    chosen = [rule for rule in RULES if not options.sentences or rule.sentence in options.sentences]
    project = {} if options.trees else read_project()
    failed = 0
    for rule in chosen:
        found = faults_of(rule) if options.trees else breaches_in_project(rule, project)
        failed += bool(found)
        print(f"{'broken' if found else 'kept'}: {rule.sentence}")
        for line in found:
            print(f"  {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""The project as the rules see it: a mapping of path to text, and the registry that the rules enter themselves in."""

import pathlib
import re
import subprocess
from dataclasses import dataclass
from typing import Callable, Iterator

Tree = dict[str, str]

ROOT = pathlib.Path(__file__).resolve().parents[2]
SUFFIXES = (".h", ".cc", ".proto", ".py", ".sh", ".ts", ".tsx", ".js", ".go", ".md", ".yaml", ".yml", ".cmake", ".txt")
NOT_OURS = re.compile(r"(^|/)(generated|gen|third_party|node_modules|dist|build)/|^protos/google/|package-lock\.json$")


@dataclass(frozen=True)
class Rule:
    sentence: str
    check: Callable[[Tree], Iterator[str]]
    breaks: list[Tree]
    keeps: list[Tree]


RULES: list[Rule] = []


def rule(sentence: str, *, breaks: list[Tree], keeps: list[Tree]):
    """Registers a rule: `check` yields one line for each breach. Every tree of `breaks` has one, those of `keeps` none."""

    def register(check):
        RULES.append(Rule(sentence, check, breaks, keeps))
        return check

    return register


def read_project() -> Tree:
    """What git tracks, and what it would track: files that are new count before they are committed."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True).stdout
    tree = {}
    for path in sorted(set(listed.split("\0"))):
        name = path.rpartition("/")[2]
        if (path.endswith(SUFFIXES) or "." not in name) and not NOT_OURS.search(path) and (ROOT / path).is_file():
            tree[path] = (ROOT / path).read_text(encoding="utf-8")
    if not tree:
        raise SystemExit("tidy: no file of the project was found")
    return tree


def cpp_files(tree: Tree, *prefixes: str) -> Iterator[tuple[str, str]]:
    for path, text in tree.items():
        if path.endswith((".h", ".cc")) and path.startswith(prefixes or ("",)):
            yield path, text


def line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1

"""What documents must be there, and may not promise."""

import re
from typing import Iterator

from tree import Tree, cpp_files, line_of, rule

PROMISE = re.compile(
    r"\bcoming\s+soon\b|\bnot\s+yet\s+(?:implemented|supported|available|done|there)\b|\bwork\s+in\s+progress\b"
    r"|\bwill\s+be\s+(?:added|supported|implemented)\b|\b(?:is|are)\s+planned\b|\bTBD\b|\bto\s+be\s+(?:done|defined)\b",
    re.IGNORECASE)
ROOM = re.compile(r"(?:controlplane/domain/\w+|controlplane/(?:engine/)?\w+)/")


@rule(
    "Documents tell what is true today",
    breaks=[{"README.md": "Kafka is coming" + " soon.\n"}, {"a/README.md": "This is not\nyet " + "implemented.\n"}],
    keeps=[{"README.md": "A number that is not yet assigned is free.\n"}, {"a.cc": "// coming" + " soon\n"}])
def no_promises(tree: Tree) -> Iterator[str]:
    for path, text in tree.items():
        if path.endswith(".md"):
            for match in PROMISE.finditer(text):
                yield f"{path}:{line_of(text, match.start())}: promises: {' '.join(match.group().split())}"


@rule(
    "Every room and every slice says in its README what it promises",
    breaks=[{"controlplane/kernel/id.h": ""}, {"controlplane/domain/stock/decide.cc": "", "controlplane/domain/README.md": "x"},
            {"controlplane/engine/ledger/filter.h": "", "controlplane/engine/README.md": "x"},
            {"controlplane/kernel/id.h": "", "controlplane/kernel/README.md": " \n"}],
    keeps=[{"controlplane/kernel/id.h": "", "controlplane/kernel/README.md": "Values.\n", "controlplane/adr/0001.md": ""}])
def rooms_speak(tree: Tree) -> Iterator[str]:
    rooms = {match.group() for path, _ in cpp_files(tree, "controlplane/") if (match := ROOM.match(path))}
    for room in sorted(rooms):
        if not tree.get(room + "README.md", "").strip():
            yield f"{room}README.md: is missing or empty"

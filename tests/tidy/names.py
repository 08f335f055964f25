"""A name means one thing: what no compiler sees, for it never has both in view."""

import re
from typing import Iterator

from cpp import closing_of, code_of
from tree import Tree, cpp_files, line_of, rule

NAMESPACE = re.compile(r"^namespace(?: (?P<name>[\w:]+))? \{", re.MULTILINE)
TYPE = re.compile(r"^(?:struct|class|enum class|enum) (?P<name>\w+)(?: final)?(?: :[^;{]*)? \{", re.MULTILINE)


def types_of(text: str) -> Iterator[tuple[str, int]]:
    """The types that a file defines in a namespace with a name, by their whole names, each with its offset."""
    code = code_of(text)
    spaces = [(match.start(), closing_of(code, match.end() - 1), match["name"]) for match in NAMESPACE.finditer(code)]
    for match in TYPE.finditer(code):
        around = [name for first, last, name in spaces if first < match.start() < last]
        if around and None not in around:
            yield "::".join([*around, match["name"]]), match.start()


@rule(
    "A type has one definition: no other file of the product has a type of its name in its namespace",
    breaks=[{"controlplane/edge/rpc/a.h": "namespace d::edge {\n\nstruct Place {\n  int a;\n};\n\n}  // namespace d::edge\n",
             "controlplane/edge/rpc/b.cc": "namespace d::edge {\n\nclass Place final : public A {\n};\n\n}  // namespace d::edge\n"}],
    keeps=[{"controlplane/edge/rpc/a.h": "namespace d::edge {\n\nstruct Place {\n  int a;\n};\n\n}  // namespace d::edge\n",
            "controlplane/edge/rpc/b.h": "namespace d::edge {\n\nstruct Place;\n\n}  // namespace d::edge\n",
            "controlplane/edge/rpc/c.cc": "namespace d::edge {\n\nnamespace {\n\nstruct Place {\n};\n\n}  // namespace\n\n}  // namespace d::edge\n",
            "controlplane/engine/d.h": "namespace d::engine {\n\nstruct Place {\n};\n\n}  // namespace d::engine\n"}])
def one_definition(tree: Tree) -> Iterator[str]:
    first: dict[str, str] = {}
    for path, text in cpp_files(tree, "controlplane/", "projections/", "clients/"):
        for name, offset in types_of(text):
            here = f"{path}:{line_of(text, offset)}"
            if name in first:
                yield f"{here}: {name} is also in {first[name]}"
            first.setdefault(name, here)

"""Refusals as the callers meet them: a reason that is one of a kind and tested, its gRPC code, and what to do about it."""

import re
from typing import Iterator

from cpp import closing_of, code_of, without_comments
from tree import Tree, cpp_files, rule

ENUM = re.compile(r"\benum\s+(\w+Refusal)\s*\{")
VALUE = re.compile(r"\s*(\w+)\s*=\s*(\d+)\s*(\[.*\])?\s*", re.DOTALL)
STATEMENT = re.compile(r'(?:"(?:\\.|[^"\\])*"|[^";])*;', re.DOTALL)
CODE = re.compile(r'\bcode\s*[:=]\s*"(\w+)"')
REMEDY = re.compile(r'\bremedy\s*[:=]\s*((?:"(?:\\.|[^"\\])*"\s*)+)')
CODES = {"INVALID_ARGUMENT", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "UNAUTHENTICATED", "RESOURCE_EXHAUSTED",
         "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "UNAVAILABLE", "DEADLINE_EXCEEDED"}


def refusals(*values: str) -> str:
    return "enum StockRefusal {\n  STOCK_REFUSAL_UNSPECIFIED = 0;\n" + "".join(f"  {value};\n" for value in values) + "}\n"


GOOD = '[(dialtone.type.v1.refusal) = {code: "NOT_FOUND", remedy: "Load the block; then ask again."}]'
STOCK, BILLING = "protos/dialtone/stock/v1/stock_event.proto", "protos/dialtone/billing/v1/billing_event.proto"


def values_of(proto: str) -> Iterator[tuple[str, str, int, str]]:
    """(enum, name, number, options) of each value of each refusal enum."""
    text, code = without_comments(proto), code_of(proto.replace("'", " "))
    for enum in ENUM.finditer(text):
        body = text[enum.end():closing_of(code, enum.end() - 1)]
        for statement in STATEMENT.findall(body):
            if match := VALUE.fullmatch(statement[:-1]):
                yield enum.group(1), match.group(1), int(match.group(2)), match.group(3) or ""


def fault_of(options: str) -> str | None:
    code, remedy = CODE.search(options), REMEDY.search(options)
    if "refusal)" not in options or not code or not remedy:
        return "has no refusal option with code and remedy"
    if code.group(1) not in CODES:
        return f"has a code that no refusal has: {code.group(1)}"
    if not re.search(r'\w.*\."\s*$', remedy.group(1), re.DOTALL):
        return "has a remedy that is no sentence"
    return None


@rule(
    "Every refusal has a gRPC code and a remedy",
    breaks=[
        {STOCK: refusals("NO_BLOCK = 1")},
        {STOCK: refusals('NO_BLOCK = 1 [(refusal) = {code: "NOT_FOUND"}]')},
        {STOCK: refusals('NO_BLOCK = 1 [(refusal) = {remedy: "Load it."}]')},
        {STOCK: refusals('NO_BLOCK = 1 [(refusal) = {code: "NOTFOUND", remedy: "Load it."}]')},
        {STOCK: refusals('NO_BLOCK = 1 [(refusal) = {code: "NOT_FOUND", remedy: ""}]')},
        {STOCK: refusals(f"NO_BLOCK = 1 {GOOD}", "TAKEN = 2")},
    ],
    keeps=[{STOCK: refusals(f"NO_BLOCK = 1 {GOOD}", '// TAKEN = 2;\n  GONE = 3 [(refusal).code = "ABORTED", (refusal).remedy = "Ask again."]')},
           {STOCK: "enum Kind {\n  KIND_UNSPECIFIED = 0;\n  KIND_USER = 1;\n}\n"}])
def refusals_help(tree: Tree) -> Iterator[str]:
    for path, text in tree.items():
        if path.startswith("protos/dialtone/") and path.endswith(".proto"):
            for enum, name, number, options in values_of(text):
                if number != 0 and (fault := fault_of(options)):
                    yield f"{path}: {enum}.{name} {fault}"


@rule(
    "A refusal's reason stands in one slice only",
    breaks=[{STOCK: refusals(f"NO_BLOCK = 1 {GOOD}"), BILLING: refusals(f"NO_BLOCK = 4 {GOOD}")}],
    keeps=[{STOCK: refusals(f"NO_BLOCK = 1 {GOOD}"), BILLING: refusals(f"NO_LOT = 1 {GOOD}").replace("STOCK_", "BILLING_")}])
def reasons_unique(tree: Tree) -> Iterator[str]:
    homes: dict[str, str] = {}
    for path, text in sorted(tree.items()):
        if path.startswith("protos/dialtone/") and path.endswith(".proto"):
            for enum, name, _, _ in values_of(text):
                if name in homes:
                    yield f"{path}: {enum}.{name} stands in {homes[name]} too"
                homes.setdefault(name, f"{path} ({enum})")


TESTED = {STOCK: refusals(f"NO_BLOCK = 1 {GOOD}"), "tests/unit/a_test.cc": "story.When(load).ThenRefused(NO_BLOCK);\n"}


@rule(
    "Every refusal's reason stands in a test",
    breaks=[{STOCK: refusals(f"NO_BLOCK = 1 {GOOD}")},
            {STOCK: refusals(f"NO_BLOCK = 1 {GOOD}"), "tests/unit/a_test.cc": "ThenRefused(NO_BLOCK_LEFT); // not NO_BLOCK\n"},
            {STOCK: refusals(f"NO_BLOCK = 1 {GOOD}"), "controlplane/domain/stock/decide.cc": "Reject(NO_BLOCK);\n"}],
    keeps=[TESTED])
def reasons_tested(tree: Tree) -> Iterator[str]:
    words = {word for path, text in cpp_files(tree, "tests/") for word in re.findall(r"\w+", without_comments(text))}
    for path, text in tree.items():
        if path.startswith("protos/dialtone/") and path.endswith(".proto"):
            for enum, name, number, _ in values_of(text):
                if number != 0 and name not in words:
                    yield f"{path}: {enum}.{name} stands in no test"

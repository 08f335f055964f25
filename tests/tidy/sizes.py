"""A function fits a screen, a file an afternoon."""

import ast
from typing import Iterator

from cpp import functions_of
from tree import Tree, cpp_files, rule

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
SOURCES = (".h", ".cc", ".proto", ".py", ".sh", ".ts", ".tsx", ".js", ".go", ".cmake")

BODY = "  int x = 1;\n"
LONG = BODY * FUNCTION_LINES_MAX
FITTING = BODY * (FUNCTION_LINES_MAX - 2)


@rule(
    f"No file is longer than {FILE_LINES_MAX} lines",
    breaks=[{"a.cc": "int x;\n" * (FILE_LINES_MAX + 1)}, {"a.py": "x = 1\n" * (FILE_LINES_MAX + 1)}],
    keeps=[{"a.cc": "int x;\n" * FILE_LINES_MAX}, {"LICENSE.md": "text\n" * 1000}])
def files_end(tree: Tree) -> Iterator[str]:
    for path, text in tree.items():
        lines = len(text.splitlines())
        if path.endswith(SOURCES) and lines > FILE_LINES_MAX:
            yield f"{path}: {lines} lines"


@rule(
    f"No function is longer than {FUNCTION_LINES_MAX} lines",
    breaks=[
        {"a.cc": "void F() {\n" + LONG + "}\n"},
        {"a.cc": "namespace a::b {\nclass C final : public D<int()> {\n public:\n  void F() const {\n" + LONG + "}\n};\n}\n"},
        {"a.cc": "A::A(int b) : b_{b}, c_(b) {\n" + LONG + "}\n"},
        {"a.cc": "template <class T, class U = std::vector<T>>\nauto F(T t = {}, U u = U{1}) -> std::pair<T, U> {\n" + LONG + "}\n"},
        {"a.cc": "template <class T>\n  requires std::integral<T>\nT F(T t) noexcept {\n" + LONG + "}\n"},
        {"a.cc": "TEST(Thing, Does) {\n" + LONG + "}\n"},
        {"a.cc": "bool operator==(A a, A b) {\n" + LONG + "}\n"},
        {"a.cc": 'const char* brace = "{";\nvoid F() {\n' + LONG + "}\n"},
        {"a.cc": "// } {\n#define OPEN {\nstruct S { int x = 1\'000; };\nS Make(struct S s) {\n" + LONG + "}\n"},
        {"a.py": "def f():\n" + "    x = 1\n" * FUNCTION_LINES_MAX},
    ],
    keeps=[
        {"a.cc": "void F() {\n" + FITTING + "}\n" + "void G() {\n" + FITTING + "}\n"},
        {"a.cc": "class C {\n" + "  int x_{1};\n" * 100 + "};\nenum class E : int {\n" + "  kA,\n" * 100 + "};\n"},
        {"a.cc": "const int kTable[] = {\n" + "  1,\n" * 100 + "};\nnamespace {\n" + "int x;\n" * 100 + "}\n"},
        {"a.py": "def f():\n" + "    x = 1\n" * (FUNCTION_LINES_MAX - 1)},
    ])
def functions_fit(tree: Tree) -> Iterator[str]:
    for path, text in cpp_files(tree):
        for function in functions_of(text):
            if function.lines > FUNCTION_LINES_MAX:
                yield f"{path}:{function.first_line}: {function.name} has {function.lines} lines"
    for path, text in tree.items():
        if path.endswith(".py"):
            yield from long_python(path, text)


def long_python(path: str, text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines = node.end_lineno - node.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                yield f"{path}:{node.lineno}: {node.name} has {lines} lines"

"""What sources may not say."""

import re
from typing import Iterator

from cpp import code_of, without_comments
from tree import Tree, cpp_files, line_of, rule

SLEEP = re.compile(
    r"\bsleep_(?:for|until)\b|\b(?:u|nano)sleep\s*\(|(?<![\w.])sleep\s*\(|\btime\.sleep\b|\bSleepFor\b|\bsetTimeout\s*\(")
SKIP = re.compile(r"\bGTEST_(?:SKIP)\b|\bDISABLED_\w|\.skip\(|\bunittest\.skip|\bpytest\.mark\.skip")
UNFINISHED = re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b")
MARKED = "// TO" + "DO: the rest\n"
SLEEPY = "std::this_thread::sleep" + "_for(std::chrono::seconds(1));\n"


@rule(
    "No test sleeps: it awaits the event instead",
    breaks=[{"tests/unit/a_test.cc": SLEEPY}, {"tests/integration/a.py": "time" + ".sleep(1)\n"},
            {"tests/support/a.h": "absl::Sleep" + "For(x);\n"}, {"tests/unit/a_test.cc": "usleep" + "(100);\n"}],
    keeps=[{"tests/unit/a_test.cc": "cv.wait(lock, [&] { return done; });\n"}, {"clients/cli/wait.cc": SLEEPY},
           {"tests/benchmark/a.py": "time" + ".sleep(1)\n"}])  # measures how much happens in a span of time
def tests_awake(tree: Tree) -> Iterator[str]:
    for path, text in tree.items():
        is_test = path.startswith("tests/") and not path.startswith("tests/benchmark/")
        if is_test and path.endswith((".h", ".cc", ".py", ".ts", ".go")):
            for match in SLEEP.finditer(text):
                yield f"{path}:{line_of(text, match.start())}: {match.group()}"


@rule(
    "No test is skipped or disabled",
    breaks=[{"tests/unit/a_test.cc": "TEST(A, DISABLED" + "_Works) {}\n"}, {"tests/unit/a_test.cc": "GTEST" + "_SKIP();\n"}],
    keeps=[{"tests/unit/a_test.cc": "TEST(A, IsDisabledByPolicy) {}\n"}])
def tests_run(tree: Tree) -> Iterator[str]:
    for path, text in tree.items():
        if path.startswith("tests/") and not path.endswith(".md"):
            for match in SKIP.finditer(text):
                yield f"{path}:{line_of(text, match.start())}: {match.group()}"


@rule(
    "No source carries a mark of unfinished work",
    breaks=[{"controlplane/kernel/id.h": MARKED}, {"deploy/bootstrap": "# FIX" + "ME\n"}],
    keeps=[{"controlplane/kernel/id.h": "// Keeps a todolist of XXXL hackers.\n"}])
def finished(tree: Tree) -> Iterator[str]:
    for path, text in tree.items():
        for match in UNFINISHED.finditer(text):
            yield f"{path}:{line_of(text, match.start())}: {match.group()}"


@rule(
    "A header begins with what it is for, and is read once",
    breaks=[{"controlplane/kernel/id.h": "#pragma once\n"}, {"controlplane/kernel/id.h": "// Ids.\n#include <string>\n"}],
    keeps=[{"controlplane/kernel/id.h": "// Ids of resources.\n#pragma once\n"}, {"controlplane/kernel/id.cc": ""}])
def headers_speak(tree: Tree) -> Iterator[str]:
    for path, text in cpp_files(tree):
        if path.endswith(".h"):
            if not re.match(r"// \w", text):
                yield f"{path}: does not begin with a comment that says what it is for"
            if not re.search(r"^#pragma once$", without_comments(text), re.MULTILINE):
                yield f"{path}: has no #pragma once"


@rule(
    "No code of ours throws",
    breaks=[{"controlplane/kernel/id.cc": 'throw std::runtime_error("x");\n'}],
    keeps=[{"controlplane/kernel/id.cc": '// Never a throw.\nstd::string a = "throw";\n'}])
def nothing_thrown(tree: Tree) -> Iterator[str]:
    for path, text in cpp_files(tree, "controlplane/", "projections/", "clients/"):
        code = code_of(text)
        for match in re.finditer(r"\bthrow\b", code):
            yield f"{path}:{line_of(code, match.start())}: throws"

"""Who may include whom: section 4 of the architecture, as patterns."""

import re
from typing import Iterator

from cpp import without_comments
from tree import Tree, cpp_files, line_of, rule

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^">]+)[">]', re.MULTILINE)
GENERATED = re.compile(r"(dialtone|google)/.*\.pb\.h$")
ROOM = re.compile(r"(controlplane|projections|clients|tests)/")

KERNEL = r"controlplane/(kernel|policy)/"
VALUES = r"controlplane/domain/\w+/(state|rules)\w*\.h$"
AGGREGATES = r"controlplane/domain/aggregates/"
ENGINE = r"controlplane/engine/"

# A file, as the first pattern that fits it, and what of the project it may include. {slice} is the file's own.
ARROWS = [
    (r"controlplane/kernel/", [r"controlplane/kernel/"]),
    (r"controlplane/policy/", [KERNEL]),
    (r"controlplane/domain/aggregates/", [KERNEL, VALUES, AGGREGATES]),
    (r"controlplane/domain/reactions/", [r"controlplane/kernel/", VALUES, r"controlplane/domain/reactions/"]),
    (r"controlplane/domain/\w+/(state|rules)\w*\.(h|cc)$", [KERNEL, VALUES]),
    (r"controlplane/domain/(?P<slice>\w+)/service\w*\.(h|cc)$",
     [KERNEL, AGGREGATES, r"controlplane/domain/{slice}/", r"controlplane/edge/rpc/", r"projections/\w+/\w*queries\.h$"]),
    (r"controlplane/domain/(?P<slice>\w+)/", [KERNEL, VALUES, AGGREGATES, r"controlplane/domain/{slice}/(?!service)"]),
    (r"controlplane/engine/", [r"controlplane/kernel/", ENGINE]),
    (r"controlplane/edge/", [r"controlplane/kernel/", ENGINE, r"controlplane/edge/"]),
    (r"controlplane/server/", [r""]),
    (r"projections/", [r"controlplane/kernel/", r"controlplane/engine/runtime/feed\.h$", r"projections/"]),
    (r"clients/", [r"clients/"]),
    (r"tests/", [r""]),
]

CORE = re.compile(
    r"controlplane/(kernel|policy)/|controlplane/domain/(aggregates|reactions)/|controlplane/domain/\w+/(?!service)")
OUTSIDE_WORLD = re.compile(
    r"(grpc(pp|\+\+)?|librdkafka|rocksdb|prometheus|spdlog|absl/(synchronization|log)|httplib)\b|.*\.grpc\.pb\.h$"
    r"|(thread|mutex|shared_mutex|condition_variable|future|semaphore|latch|barrier|stop_token|ctime|time\.h"
    r"|sys/time\.h|random|iostream|absl/time/clock\.h)$")
CLOCKS = re.compile(
    r"\babsl::Now\b|\b(system|steady|high_resolution)_clock\b|\bclock_gettime\b|\bgettimeofday\b|\bstd::time\b"
    r"|\brandom_device\b|\bstd::rand\b|\bstd::atomic\b|\bgetenv\b")
SLICE_PROTO = re.compile(r"dialtone/(?!type/|ledger/|policy/)\w+/")


def includes_of(text: str) -> Iterator[tuple[int, str, str]]:
    code = without_comments(text)
    for match in INCLUDE.finditer(code):
        yield line_of(code, match.start()), match.group(1), match.group(2)


def allowed_for(path: str) -> list[str] | None:
    for pattern, targets in ARROWS:
        if match := re.match(pattern, path):
            return [target.replace("{slice}", match.groupdict().get("slice") or "-") for target in targets]
    return None


def including(path: str, *includes: str) -> Tree:
    return {path: "".join(f'#include "{name}"\n' for name in includes)}


@rule(
    "Includes follow the arrows of the architecture",
    breaks=[
        including("controlplane/kernel/id.h", "controlplane/policy/policy.h"),
        including("controlplane/kernel/id.h", "controlplane/engine/ledger/ledger.h"),
        including("controlplane/domain/inventory/rules.h", "controlplane/domain/aggregates/organization.h"),
        including("controlplane/domain/inventory/decide.cc", "controlplane/domain/licensing/decide.h"),
        including("controlplane/domain/inventory/decide.cc", "controlplane/domain/inventory/service.h"),
        including("controlplane/domain/inventory/decide.cc", "controlplane/edge/rpc/door.h"),
        including("controlplane/domain/inventory/service.cc", "projections/inventory/inventory_projection.h"),
        including("controlplane/domain/inventory/service.cc", "projections/inventory/inventory_rows.h"),
        including("controlplane/domain/inventory/service.cc", "controlplane/domain/licensing/state.h"),
        including("controlplane/domain/reactions/hold.cc", "controlplane/domain/inventory/decide.h"),
        including("controlplane/domain/reactions/hold.cc", "controlplane/engine/runtime/reaction.h"),
        including("controlplane/engine/runtime/loop.h", "controlplane/domain/aggregates/organization.h"),
        including("controlplane/edge/rpc/door.h", "controlplane/server/config.h"),
        including("projections/stock/projector.cc", "controlplane/domain/stock/state.h"),
        including("projections/stock/projector.cc", "controlplane/engine/runtime/loop.h"),
        including("clients/cli/main.cc", "controlplane/kernel/e164.h"),
        including("examples/main.cc", "controlplane/kernel/e164.h"),
    ],
    keeps=[
        including("controlplane/domain/inventory/rules.h", "controlplane/domain/licensing/state.h",
                  "controlplane/policy/policy.h", "dialtone/inventory/v1/inventory_event.pb.h"),
        including("controlplane/domain/inventory/decide.cc", "controlplane/domain/inventory/decide.h",
                  "controlplane/domain/licensing/rules.h", "controlplane/domain/aggregates/organization.h"),
        including("controlplane/domain/inventory/service.cc", "controlplane/domain/inventory/decide.h",
                  "controlplane/edge/rpc/door.h", "projections/stock/stock_queries.h"),
        including("controlplane/domain/reactions/hold.cc", "controlplane/domain/stock/rules.h"),
        including("controlplane/server/machine.cc", "controlplane/domain/stock/decide.h"),
        including("projections/stock/projector.cc", "controlplane/engine/runtime/feed.h", "projections/kernel/view.h"),
        including("tests/unit/a_test.cc", "controlplane/server/machine.h"),
        {"controlplane/kernel/id.h": '// #include "controlplane/server/main.h"\n'},
    ])
def arrows(tree: Tree) -> Iterator[str]:
    for path, text in cpp_files(tree):
        allowed = allowed_for(path)
        if allowed is None:
            yield f"{path}: C++ outside of the rooms that the arrows know"
            continue
        for line, _, included in includes_of(text):
            if ROOM.match(included) and not any(re.match(target, included) for target in allowed):
                yield f"{path}:{line}: may not include {included}"


@rule(
    "A quoted include is a path from the project's root to a file that is there",
    breaks=[including("controlplane/kernel/id.h", "e164.h"), including("controlplane/kernel/id.h", "../kernel/e164.h"),
            including("controlplane/kernel/id.h", "controlplane/kernel/gone.h")],
    keeps=[including("controlplane/kernel/id.h", "dialtone/type/v1/money.pb.h"),
           {"tests/a_test.cc": '#include "tests/support/b.h"\n', "tests/support/b.h": ""}])
def rooted(tree: Tree) -> Iterator[str]:
    for path, text in cpp_files(tree):
        for line, mark, included in includes_of(text):
            is_known = included in tree or GENERATED.match(included)
            if (mark == '"' or ROOM.match(included)) and not is_known:
                yield f"{path}:{line}: {included} is no file of the project"


@rule(
    "A slice's core knows no network, disk, clock, thread or log",
    breaks=[
        {"controlplane/domain/inventory/decide.cc": "#include <grpcpp/grpcpp.h>\n"},
        {"controlplane/domain/inventory/decide.cc": '#include "dialtone/inventory/v1/inventory_service.grpc.pb.h"\n'},
        {"controlplane/domain/reactions/hold.cc": "#include <rocksdb/db.h>\n"},
        {"controlplane/domain/aggregates/organization.h": "#include <mutex>\n"},
        {"controlplane/kernel/context.h": "auto now = std::chrono::system_clock::now();\n"},
        {"controlplane/policy/limits.cc": "#include <spdlog/spdlog.h>\n"},
        {"controlplane/domain/inventory/rules.cc": "auto now = absl::Now();\n"},
    ],
    keeps=[
        {"controlplane/domain/inventory/service.cc": "#include <grpcpp/grpcpp.h>\n"},
        {"controlplane/engine/runtime/loop.cc": "#include <thread>\n#include <chrono>\n"},
        {"controlplane/domain/inventory/decide.cc": '#include <string>\n// no system_clock here\n'},
    ])
def pure_core(tree: Tree) -> Iterator[str]:
    for path, text in cpp_files(tree):
        if not CORE.match(path):
            continue
        for line, _, included in includes_of(text):
            if OUTSIDE_WORLD.match(included):
                yield f"{path}:{line}: a slice's core may not include {included}"
        code = without_comments(text)
        for match in CLOCKS.finditer(code):
            yield f"{path}:{line_of(code, match.start())}: a slice's core may not use {match.group()}"


@rule(
    "Kernel, engine and edge name no slice",
    breaks=[including("controlplane/engine/runtime/loop.cc", "dialtone/inventory/v1/inventory_event.pb.h"),
            including("controlplane/kernel/decision.h", "dialtone/billing/v1/resources.pb.h")],
    keeps=[including("controlplane/engine/runtime/loop.cc", "dialtone/ledger/v1/record.pb.h"),
           including("projections/inventory/projector.cc", "dialtone/inventory/v1/inventory_event.pb.h")])
def slices_unnamed(tree: Tree) -> Iterator[str]:
    for path, text in cpp_files(tree, "controlplane/kernel/", "controlplane/engine/", "controlplane/edge/"):
        for line, _, included in includes_of(text):
            if SLICE_PROTO.match(included):
                yield f"{path}:{line}: names a slice by {included}"

"""What a slice must look like: the end of the design's page on slices."""

import re
from typing import Iterator

from cpp import closing_of, code_of, without_comments
from tree import Tree, cpp_files, line_of, rule

FOLD = re.compile(r"\b(?:Evolve|Apply)\w*\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
NOT_FOR_A_FOLD = re.compile(r"\b(?:Context|Policy)\b")
MACHINE = re.compile(r"\bconst\s+(?:\w+::)*Machine\s*&|\b(?:\w+::)*Machine\s+const\s*&")
CASE_SWITCH = re.compile(r"\bswitch\s*\([^{}]*\b\w+_case\(\)[^{}]*\)\s*\{")
IMPORT = re.compile(r'^\s*import\s+(?:public\s+|weak\s+)?"([^"]+)"\s*;', re.MULTILINE)
MAP = re.compile(r"\bmap\s*<")
ONEOF = re.compile(r"\boneof\s+(?:event|slice)\s*\{([^{}]*)\}")
FIELD = re.compile(r"\b[\w.]+\s+(\w+)\s*=\s*\d+")

COMMAND = "controlplane/engine/runtime/command.h"
TRACKER = "controlplane/engine/runtime/ack_tracker"
EVENTS = "protos/dialtone/stock/v1/stock_event.proto"
EVOLVE = "controlplane/domain/stock/evolve.cc"
STOCK_ADDED = "message StockEvent { oneof event { StockAdded stock_added = 1; } }\n"


@rule(
    "Evolve sees the event and the moment, nothing else",
    breaks=[{EVOLVE: "void Apply(State& state, const StockAdded& event, Context& context) {}\n"},
            {"controlplane/domain/stock/evolve.h": "void Evolve(State&, const StockEvent&, Moment,\n    const Policy&);\n"}],
    keeps=[{EVOLVE: "void Apply(State& state, const StockAdded& event, Moment at) { Apply(state, F(event), at); }\n"},
           {"controlplane/domain/stock/decide.cc": "Verdict<R> Decide(const Q&, const O&, Context& context) {}\n"}])
def fold_is_blind(tree: Tree) -> Iterator[str]:
    for path, text in cpp_files(tree, "controlplane/"):
        code = code_of(text)
        for match in FOLD.finditer(code):
            if seen := NOT_FOR_A_FOLD.search(match.group(1)):
                yield f"{path}:{line_of(code, match.start())}: sees {seen.group()}"


@rule(
    "A machine is seen by the engine and the server only",
    breaks=[{"controlplane/edge/rpc/door.h": "void Run(const engine::Machine& machine);\n"},
            {"controlplane/domain/stock/decide.cc": "void F(const Machine &m);\n"}],
    keeps=[{"controlplane/server/machine.cc": "void F(const Machine& m);\n", "tests/unit/a.cc": "void F(const Machine& m);\n"},
           {"controlplane/edge/rpc/door.h": "// Takes no const Machine& at all.\n"}])
def machine_hidden(tree: Tree) -> Iterator[str]:
    for path, text in cpp_files(tree, "controlplane/", "projections/", "clients/"):
        if path.startswith(("controlplane/engine/", "controlplane/server/")):
            continue
        code = code_of(text)
        for match in MACHINE.finditer(code):
            yield f"{path}:{line_of(code, match.start())}: names {match.group()}"


def command_class(members: str) -> Tree:
    return {COMMAND: "class Command {\n public:\n  int aggregate;\n" + members + "};\n", TRACKER + ".h": "class AckTracker {};\n"}


@rule(
    "Only the ack tracker can release a reply",
    breaks=[
        command_class("  DoneFunction done_;\n private:\n  friend class AckTracker;\n"),
        command_class(" private:\n  friend class AckTracker;\n  friend class Loop;\n  DoneFunction done_;\n"),
        command_class(" private:\n  friend class AckTracker;\n public:\n  DoneFunction done_;\n"),
        command_class("  void Answer() { done_(1); }\n private:\n  friend class AckTracker;\n  DoneFunction done_;\n"),
        command_class("  auto& done() { return done_; }\n private:\n  friend class AckTracker;\n  DoneFunction done_;\n"),
        {COMMAND: command_class(" private:\n  friend class AckTracker;\n  DoneFunction done_;\n")[COMMAND],
         TRACKER + ".h": "class AckTracker { friend class Loop; };\n"},
        {COMMAND: "struct Command { DoneFunction done; };\n", TRACKER + ".h": "class AckTracker {};\n"},
    ],
    keeps=[command_class(
        "  static Command Of(DoneFunction done) { Command c; c.done_ = std::move(done); return c; }\n"
        " private:\n  friend class AckTracker;\n  DoneFunction done_;\n")])
def replies_guarded(tree: Tree) -> Iterator[str]:
    if not any(path.startswith("controlplane/engine/runtime/") for path in tree):
        return
    match = re.search(r"\bclass\s+Command\b[^{;]*\{", code_of(tree.get(COMMAND, "")))
    if not match:
        yield f"{COMMAND}: has no class Command"
        return
    code = code_of(tree[COMMAND])
    body = code[match.end():closing_of(code, match.end() - 1)]
    member = re.search(r"\bDoneFunction\s+done_\s*;", body)
    sections = re.findall(r"\b(public|protected|private)\s*:(?!:)", body[:member.start()]) if member else []
    if not member or (["private"] + sections)[-1] != "private":
        yield f"{COMMAND}: Command keeps no private DoneFunction done_"
    if re.findall(r"\bfriend\s+(?:class\s+|struct\s+)?([^;]*?)\s*;", body) != ["AckTracker"]:
        yield f"{COMMAND}: Command has other friends than AckTracker"
    uses = re.findall(r"\bdone_\b(?!\s*=[^=])(?!\s*;)", body) + re.findall(r"\breturn[^;]*\bdone_\b", body)
    if uses:
        yield f"{COMMAND}: Command does more with done_ than to take it"
    trackers = [text for path, text in tree.items() if path == TRACKER + ".h"]
    if not trackers or any(re.search(r"\bfriend\b", code_of(text)) for text in trackers):
        yield f"{TRACKER}.h: the ack tracker is missing, or has friends"


def imports_closed(tree: Tree, paths: set[str]) -> set[str]:
    """The protos at these paths, and all of ours that they import."""
    seen: set[str] = set()
    waiting = list(paths)
    while waiting:
        path = waiting.pop()
        if path not in seen and path in tree:
            seen.add(path)
            waiting += ["protos/" + name for name in IMPORT.findall(without_comments(tree[path]))]
    return seen


@rule(
    "Events, rows and the ledger hold no map: its bytes have no one order",
    breaks=[
        {EVENTS: "message StockAdded { map<string, int64> counts = 1; }\n"},
        {"protos/dialtone/stock/v1/number_block.proto": "message NumberBlock { map < string, string > holders = 1; }\n"},
        {EVENTS: 'import "dialtone/stock/v1/stock_service.proto";\n',
         "protos/dialtone/stock/v1/stock_service.proto": "message Load { map<string, string> labels = 1; }\n"},
    ],
    keeps=[{EVENTS: "// No map<> here.\nmessage StockAdded { repeated Count counts = 1; }\n",
            "protos/dialtone/stock/v1/stock_service.proto": "message Load { map<string, string> labels = 1; }\n"}])
def no_maps_stored(tree: Tree) -> Iterator[str]:
    stored = {path for path in tree
              if path.startswith("protos/dialtone/") and path.endswith(".proto") and not path.endswith("_service.proto")}
    for path in sorted(imports_closed(tree, stored)):
        code = without_comments(tree[path])
        for match in MAP.finditer(code):
            yield f"{path}:{line_of(code, match.start())}: a map in what is stored"


def cases_of(proto: str) -> list[str]:
    names = [name for body in ONEOF.findall(without_comments(proto)) for name in FIELD.findall(body)]
    return ["k" + "".join(part[:1].upper() + part[1:] for part in name.split("_")) for name in names]


@rule(
    "Every event of a slice is folded by its evolve.cc, and every slice by the server's machine",
    breaks=[
        {EVENTS: STOCK_ADDED, EVOLVE: "// kStockAdded\ncase StockEvent::kStockGone: break;\n"},
        {EVENTS: STOCK_ADDED},
        {EVENTS: "message StockEvent { oneof other { StockAdded stock_added = 1; } }\n", EVOLVE: ""},
        {"protos/dialtone/ledger/v1/event.proto": "message Event { oneof slice { StockEvent stock = 1; } }\n",
         "controlplane/server/machine.cc": "case Event::kBilling: break;\n"},
    ],
    keeps=[{EVENTS: STOCK_ADDED, EVOLVE: "case StockEvent::kStockAdded: return Apply(state, event, at);\n",
            "protos/dialtone/ledger/v1/event.proto": "message Event { oneof slice { StockEvent stock = 1; } }\n",
            "controlplane/server/machine.cc": "case Event::kStock: break;\n"}])
def events_folded(tree: Tree) -> Iterator[str]:
    folders = {path: f"controlplane/domain/{match.group(1)}/evolve" for path in tree
               if (match := re.fullmatch(r"protos/dialtone/\w+/v1/(\w+)_event\.proto", path))}
    if any(path.startswith("controlplane/server/") for path in tree):
        folders["protos/dialtone/ledger/v1/event.proto"] = "controlplane/server/machine"
    for proto, folder in sorted(folders.items()):
        folding = "".join(code_of(text) for path, text in cpp_files(tree, folder))
        cases = cases_of(tree.get(proto, ""))
        if not cases:
            yield f"{proto}: has no `oneof event` with an event in it"
        for case in cases:
            if not re.search(rf"\bcase\s+[\w:]*\b{case}\b", folding):
                yield f"{proto}: {folder}*.cc has no case {case}"


@rule(
    "A switch over a oneof has no default: a new case must not compile before it is thought of",
    breaks=[{EVOLVE: "switch (event.event_case()) {\n  case StockEvent::kStockAdded: break;\n  default: break;\n}\n"}],
    keeps=[{EVOLVE: "switch (event.event_case()) { case StockEvent::kStockAdded: break; }\nswitch (x) { default: break; }\n"}])
def no_defaults(tree: Tree) -> Iterator[str]:
    for path, text in cpp_files(tree, "controlplane/", "projections/", "clients/"):
        code = code_of(text)
        for match in CASE_SWITCH.finditer(code):
            body = code[match.end():closing_of(code, match.end() - 1)]
            if re.search(r"\bdefault\s*:", body):
                yield f"{path}:{line_of(code, match.start())}: a default in a switch over a oneof"

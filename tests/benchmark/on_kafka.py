"""What `tests/benchmark/run --kafka` measures: appending to a real broker, and one node against two."""
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from servers import IN_MEMORY, ROOT, Server, cpu_seconds_of, fail, filesystem_of, machine_busy, print_table, shown

OUTPUT = ROOT / "build" / "benchmark-kafka.jsonl"
SCRIPT = ROOT / "deploy" / "kafka" / "kafka"
PARTITIONS = 64
OWNED_MAX_S = 60
IDLE_S = 4.0


class Broker:
    """One broker with a folder of its own; ends with the run."""

    def __init__(self, folder):
        self.folder = folder / "broker"
        self.topics = 0
        self.bootstrap, self.pid = None, None

    def start(self):
        told = subprocess.run([SCRIPT, "start", "--data", self.folder], stdout=subprocess.PIPE, text=True, check=False)
        if told.returncode != 0:
            fail("the broker does not start")
        line = json.loads(told.stdout)
        self.bootstrap, self.pid = line["bootstrap"], line["brokers"][0]["pid"]

    def new_topic(self):
        self.topics += 1
        return f"benchmark-{self.topics}"

    def stop(self):
        if self.bootstrap:
            subprocess.run([SCRIPT, "stop", "--data", self.folder], check=False)


class Watch:
    """CPU seconds of some processes, and of all others but our children, between its making and `done`."""

    def __init__(self, pids):
        self.pids = pids
        self.before = [cpu_seconds_of(pid) for pid in pids]
        self.machine, self.children = machine_busy(), os.times()

    def done(self):
        spent = [cpu_seconds_of(pid) - before for pid, before in zip(self.pids, self.before)]
        busy, everything = (now - before for now, before in zip(machine_busy(), self.machine))
        children = os.times()
        own = sum((children.children_user, children.children_system, children.user, children.system,
                   -self.children.children_user, -self.children.children_system, -self.children.user, -self.children.system))
        return spent, max(0.0, (busy - own - sum(spent)) / max(0.01, everything))


def read_line(text, what):
    if not text:
        fail(f"{what} gave no figure")
    return json.loads(text)


class Appends:
    """Events a second into Kafka: the engine makes records; librdkafka alone, and the ledger, produce the very same."""

    def __init__(self, commands):
        self.name, self.commands = f"append-{commands}", commands
        self.rounds = []

    def side(self, bench, side):
        # A node reads all that is there before it owns anything, so the engine's topic is always a new one.
        topic = bench.broker.new_topic() if side == "engine" else side
        watch = Watch([bench.broker.pid])
        records, rows = bench.folder / f"{self.name}.records", bench.folder / "rows"
        command = [bench.bin / "kafka_append", side, bench.broker.bootstrap, str(bench.broker.pid), topic, str(bench.seconds),
                   records]
        ended = subprocess.run(command + ([str(self.commands), rows] if side == "engine" else []), stdout=subprocess.PIPE,
                               text=True, check=False)
        shutil.rmtree(rows, ignore_errors=True)
        line = read_line(ended.stdout, f"kafka_append {side}")
        if ended.returncode != 0:
            bench.failures.append(f"{self.name}: {side}: {line['failed']} failed")
        line["others"] = watch.done()[1]
        return line

    def play(self, bench):
        engine, bare, ledger, bare_again = (self.side(bench, side) for side in ("engine", "bare", "ledger", "bare"))
        self.rounds.append({
            "engine": (engine, bare), "ledger": (ledger, bare_again),
            "others": max(line["others"] for line in (engine, bare, ledger, bare_again))})
        return " ".join(f"{side} {ratio_of(self.rounds[-1][side]):.2f}" for side in ("ledger", "engine"))

    def figures(self):
        return [self.figure("ledger", 0.70, 0.90), self.figure("engine", None, None)]

    def figure(self, side, floor, target):
        pairs = [one[side] for one in self.rounds]
        ratios = [ratio_of(pair) for pair in pairs]
        ratio = statistics.median(ratios)

        def median(which, name):
            return statistics.median(pair[which][name] for pair in pairs)

        return {
            "name": f"{self.name}-{side}", "unit": "events/s", "rounds": len(pairs), "bare": median(1, "value"),
            "dialtone": median(0, "value"), "ratio": round(ratio, 3), "ratio_min": round(min(ratios), 3),
            "ratio_max": round(max(ratios), 3), "floor": floor, "target": target,
            "floor_missed": floor is not None and ratio < floor, "target_missed": target is not None and ratio < target,
            "cpu_ratio": round(statistics.median(map(cpu_ratio_of, pairs)), 3), "in_flight": median(0, "in_flight"), "bare_in_flight": median(1, "in_flight"),
            "record_events": median(0, "record_events"), "record_bytes": median(0, "record_bytes"),
            "bare_cpu_us": median(1, "cpu_us"), "cpu_us": median(0, "cpu_us"),
            "bare_broker_cpu_us": median(1, "broker_cpu_us"), "broker_cpu_us": median(0, "broker_cpu_us"),
            "others": round(statistics.median(one["others"] for one in self.rounds), 2)}


def ratio_of(pair):
    dialtone, bare = pair
    return dialtone["value"] / bare["value"] if bare["value"] else 0.0


def cpu_ratio_of(pair):
    """What the rates would be to each other if CPU were all that counts: bare over Dialtone, program and broker together."""
    dialtone, bare = (line["cpu_us"] + line["broker_cpu_us"] for line in pair)
    return bare / dialtone if dialtone else 0.0


class Cluster:
    """Nodes on one ledger, each with a folder of its own."""

    def __init__(self, bench, name, count):
        self.bin, self.topic, self.nodes = bench.bin, bench.broker.new_topic(), []
        for number in range(count):
            data = bench.folder / f"{name}-{number}"
            if self.nodes:  # all have one master key
                data.mkdir()
                shutil.copy(bench.folder / f"{name}-0" / "master.key", data)
            self.nodes.append(Server(f"{name}-{number}", [
                bench.bin / "dialtoned", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--data", data, "--log-level", "warn",
                "--ledger", f"kafka://{bench.broker.bootstrap}/{self.topic}", "--kafka", "development",
                "--partitions", str(PARTITIONS)], bench.folder, None))
            bench.servers.append(self.nodes[-1])
        self.await_ready()
        subprocess.run([bench.bin / "load", "prepare", self.nodes[0].address], check=True, stdout=subprocess.DEVNULL)
        self.settle()

    def pids(self):
        return [node.child.pid for node in self.nodes]

    def owned(self, node):
        told = subprocess.run([self.bin / "load", "owned", node.address], stdout=subprocess.PIPE, text=True, check=True)
        return json.loads(told.stdout)

    def await_ready(self):
        """Until each node owns its share."""
        deadline = time.monotonic() + OWNED_MAX_S
        while any(self.owned(node)["partitions"] != PARTITIONS / len(self.nodes) for node in self.nodes):
            if time.monotonic() > deadline:
                fail(f"the nodes do not share the partitions after {OWNED_MAX_S} s")
            time.sleep(0.05)

    def settle(self):
        for node in self.nodes:
            node.settle()

    def forwarded(self):
        return sum(sum(node.metrics("dialtone_forwarded_commands_total{")) for node in self.nodes)


class Nodes:
    """One node and two under the same load, from as many clients; and what it costs to follow what another one does."""

    ONE, TWO, FOLLOWED = "one node", "two nodes, half the clients at each", "two nodes, all at the owner of what is asked"

    def __init__(self, in_flight):
        self.name, self.in_flight = f"nodes-{in_flight}", in_flight
        self.clusters, self.idle, self.rounds = None, [], []

    def prepare(self, bench):
        """All nodes run from here on; what they cost when nobody asks them is looked at first, in CPU seconds a second."""
        self.clusters = [Cluster(bench, "one", 1), Cluster(bench, "two", 2)]
        watch = Watch(self.clusters[1].pids())
        time.sleep(IDLE_S)
        self.idle = [spent / IDLE_S for spent in watch.done()[0]]

    def play(self, bench):
        if self.clusters is None:
            self.prepare(bench)
        one, two = self.clusters
        self.rounds.append({
            self.ONE: self.measure(bench, one, "consume", [one.nodes[0]] * 2),
            self.TWO: self.measure(bench, two, "consume", two.nodes),
            self.FOLLOWED: self.measure(bench, two, "consume-here", [two.nodes[0]] * 2)})
        return " ".join(f"{line['value']:,.0f}/s" for line in self.rounds[-1].values())

    def measure(self, bench, cluster, work, targets):
        """Two clients with half of the commands each. The CPU counts until all read models show what was done."""
        before, began = cluster.forwarded(), time.monotonic()
        watch = Watch([*cluster.pids(), bench.broker.pid])
        clients = [subprocess.Popen([bench.bin / "load", work, node.address, str(self.in_flight // 2), str(bench.seconds)],
                                    stdout=subprocess.PIPE, text=True) for node in targets]
        lines = [read_line(client.communicate()[0], work) for client in clients]
        cluster.settle()
        spent, others = watch.done()
        failed = sum(line["failed"] for line in lines)
        if failed or any(client.returncode for client in clients):
            bench.failures.append(f"{self.name}: {work}: {failed} failed")
        commands = max(1, sum(line["items"] for line in lines))
        return {
            "value": sum(line["value"] for line in lines), "nodes_cpu_us": [1e6 * one / commands for one in spent[:-1]],
            "cpu_us": 1e6 * sum(spent[:-1]) / commands, "broker_cpu_us": 1e6 * spent[-1] / commands,
            "hopped": (cluster.forwarded() - before) / commands, "seconds": time.monotonic() - began, "commands": commands,
            "p50_ms": statistics.mean(line["p50_ms"] for line in lines), "p99_ms": max(line["p99_ms"] for line in lines),
            "others": others}

    def following(self, line):
        """What the node that is asked nothing costs beyond what it costs anyway, over what the other one does."""
        owner, follower = line["nodes_cpu_us"]
        idle = 1e6 * self.idle[1] * line["seconds"] / line["commands"]
        return max(0.0, follower - idle), owner

    def figures(self):
        ratios = {
            "throughput": [one[self.TWO]["value"] / max(1, one[self.ONE]["value"]) for one in self.rounds],
            "cpu": [one[self.TWO]["cpu_us"] / one[self.ONE]["cpu_us"] for one in self.rounds],
            "following": [follower / owner for follower, owner in (self.following(one[self.FOLLOWED]) for one in self.rounds)]}
        return [{"name": self.name, "rounds": len(self.rounds), "partitions": PARTITIONS, "idle_cpu": self.idle,
                 "rows": {name: self.median_of(name) for name in self.rounds[0]},
                 **{name: round(statistics.median(values), 3) for name, values in ratios.items()},
                 **{f"{name}_spread": [round(min(values), 3), round(max(values), 3)] for name, values in ratios.items()}}]

    def median_of(self, name):
        lines = [one[name] for one in self.rounds]
        row = {key: statistics.median(line[key] for line in lines) for key in lines[0] if key != "nodes_cpu_us"}
        row["nodes_cpu_us"] = [statistics.median(values) for values in zip(*(line["nodes_cpu_us"] for line in lines))]
        return row


class Bench:
    def __init__(self, arguments, folder):
        self.bin, self.seconds, self.folder = arguments.bin, arguments.seconds, folder
        self.broker, self.servers, self.failures = Broker(folder), [], []

    def stop(self):
        for server in self.servers:
            server.stop()
        self.broker.stop()


def show_appends(figures):
    rows = [("comparison", "bare", "Dialtone", "unit", "ratio", "spread", "floor", "target", "", "by CPU", "in flight", "events a record",
             "CPU µs", "of the broker", "others")]
    for one in figures:
        verdict = "BELOW FLOOR" if one["floor_missed"] else "floor" if one["target_missed"] else "target" if one["target"] else ""
        rows.append((one["name"], shown(one["bare"]), shown(one["dialtone"]), one["unit"], f"{one['ratio']:.2f}",
                     f"{one['ratio_min']:.2f}-{one['ratio_max']:.2f}", *(f"{one[bound]:.2f}" if one[bound] else "-" for bound in
                                                                         ("floor", "target")), verdict, f"{one['cpu_ratio']:.2f}",
                     f"{one['in_flight']:.0f} : {one['bare_in_flight']:.0f}", f"{one['record_events']:.1f}",
                     f"{one['cpu_us']:.1f} : {one['bare_cpu_us']:.1f}", f"{one['broker_cpu_us']:.1f} : {one['bare_broker_cpu_us']:.1f}",
                     f"{100 * one['others']:.0f} %"))
    print_table(rows, left=(0, 3, 8))


def show_nodes(one):
    print(f"\n{one['name']}: {one['partitions']} partitions, ConsumeCredits; nodes, clients and the broker share {os.cpu_count()} cores")
    rows = [("", "commands/s", "CPU µs a command", "node 1", "node 2", "of the broker", "hopped", "p50 ms", "p99 ms", "others")]
    for name, row in one["rows"].items():
        nodes = [f"{cpu:.1f}" for cpu in row["nodes_cpu_us"]]
        rows.append((name, shown(row["value"]), f"{row['cpu_us']:.1f}", *nodes, *["-"] * (2 - len(nodes)),
                     f"{row['broker_cpu_us']:.1f}", f"{100 * row['hopped']:.0f} %", f"{row['p50_ms']:.1f}", f"{row['p99_ms']:.1f}",
                     f"{100 * row['others']:.0f} %"))
    print_table(rows, left=(0,))

    def said(name):
        low, high = one[f"{name}_spread"]
        return f"{one[name]:.2f} ({low:.2f}-{high:.2f})"

    print(f"Two nodes : one node, each with all cores: {said('throughput')} of the commands/s, {said('cpu')} of the CPU a command.")
    print(f"Following what another node decides: {said('following')} of the CPU that it costs that node; idle, taken off:"
          f" {1e3 * one['idle_cpu'][1]:.0f} ms a second.")


def report(arguments, figures):
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    with open(OUTPUT, "w") as output:
        output.writelines(json.dumps(one) + "\n" for one in figures)
    print(f"On one Kafka broker, not synced to disk; {os.cpu_count()} cores, unpinned; medians of {arguments.rounds} rounds of"
          f" {arguments.seconds:g} s; Dialtone : bare")
    appends = [one for one in figures if "floor" in one]
    if appends:
        show_appends(appends)
    for one in figures:
        if "floor" not in one:
            show_nodes(one)
    print(f"Each figure as JSON: {OUTPUT.relative_to(ROOT)}")


def play(bench, chosen, arguments):
    if not arguments.smoke:  # a broker is slow before it was used
        Appends(512).play(bench)
    for number in range(arguments.rounds):
        for one in chosen:
            started = time.monotonic()
            print(f"round {number + 1}/{arguments.rounds} {one.name}: {one.play(bench)} ({time.monotonic() - started:.0f} s)",
                  file=sys.stderr)


def main(arguments):
    chosen = [one for one in (Appends(512), Appends(4096), Nodes(512))
              if not arguments.only or any(re.search(name, one.name) for name in arguments.only)]
    if not chosen:
        fail("no comparison on Kafka has such a name")
    if arguments.pinned:
        fail("on Kafka nothing is pinned: broker, nodes and clients need more than two cores for that")
    arguments.data.mkdir(parents=True, exist_ok=True)
    if filesystem_of(arguments.data.resolve()) in IN_MEMORY:
        fail(f"{arguments.data} is in memory")
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir=arguments.data) as folder:
        bench = Bench(arguments, Path(folder))
        try:
            bench.broker.start()
            play(bench, chosen, arguments)
        finally:
            bench.stop()
    figures = [figure for one in chosen for figure in one.figures()]
    report(arguments, figures)
    for failure in bench.failures:
        print(f"FAILED: {failure}", file=sys.stderr)
    below = [one["name"] for one in figures if one.get("floor_missed")]
    if below and not arguments.smoke:
        print("below their floors: " + ", ".join(below), file=sys.stderr)
    return 1 if bench.failures or (below and not arguments.smoke) else 0

#!/usr/bin/env python3
"""Measures `dialtone user set-up`: people of a CSV, created, licensed and numbered, on a server of its own.

  cmake/build release dialtoned dialtone single_calls
  tests/benchmark/set_up_users.py [--users 10000] [--single 500] [--rounds 3] [--bin build/release/bin] [--data DIR]

First all users with the tool killed in the middle (SIGKILL), and run again. Then, in turns, all users by the tool and some by
single calls, CreateUser and AssignLicenses one after the other over the C++ client library; each round's figure is the ratio
of their rows/s. At last, as often, all users by the tool a second time, each with a number and a place: the licences of the
first time have given the organization its quota of numbers. Exit code 1: something was not set up.
"""
import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from servers import IN_MEMORY, ROOT, Server, filesystem_of

SKUS = ["ENTERPRISEPACK", "MCOEV", "MCOPSTN1"]
HEADER = ["user_id", "display_name", "email", "usage_location", "skus", "number", "location"]
BLOCK = 10000  # numbers that are loaded at once
FIRST_BLOCK = 1206555
RESERVED_MAX = 200  # at once: policy, reservations.numbers_max
ADDRESS = ["--country", "US", "--region", "WA", "--city", "Seattle", "--company", "Contoso", "--house-number", "1",
           "--street", "Main St", "--postal-code", "98101"]


class Bench:
    def __init__(self, options, folder):
        self.bin, self.folder, self.users = Path(options.bin), folder, options.users
        command = [self.bin / "dialtoned", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--data", folder / "data",
                   "--log-level", "warn"]
        self.server = Server("dialtoned", [str(word) for word in command], folder, None)
        self.environment = {**os.environ, "XDG_STATE_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        self.blocks = 0  # that were loaded

    def tool(self, *words):
        return [str(self.bin / "dialtone"), *words, "--server", self.server.address]

    def organization(self, name, licenses):
        """One of its own for each measurement, with so many licences."""
        self.must(self.tool("organization", "create", name, "--display-name", name, "--country", "US"))
        for sku in SKUS:
            self.must(self.tool("license", "buy", sku, str(licenses), "--org", name))

    def must(self, command):
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def told(self, *words):
        return json.loads(self.must(self.tool(*words, "-o", "json")))

    def people(self, name, numbers=(), location=""):
        """A CSV of all users, with a number each if there are some; its path."""
        path = self.folder / f"{name}.csv"
        with open(path, "w", newline="") as file:
            lines = csv.writer(file)
            lines.writerow(HEADER)
            for i in range(self.users):
                lines.writerow([f"user-{i}", f"Person user-{i}", f"user-{i}@contoso.com", "US", "|".join(SKUS),
                                numbers[i] if numbers else "", location])
        return path

    def set_up(self, name, path):
        return self.tool("user", "set-up", "--org", name, "--file", str(path))

    def check(self, name, path):
        """The report has each row once and in its order, and all licences are assigned."""
        with open(report_of(path), newline="") as file:
            rows = list(csv.DictReader(file))
        if [row["user_id"] for row in rows] != [f"user-{i}" for i in range(self.users)]:
            sys.exit(f"{report_of(path)} has not each row once")
        if {row["status"] for row in rows} != {"ok"}:
            sys.exit(f"{report_of(path)}: not all rows were set up")
        pools = json.loads(self.must(self.tool("license-pool", "list", "--org", name, "-o", "json")))
        pools = pools if isinstance(pools, list) else pools.get("licensePools", pools.get("license_pools"))
        assigned = {pool["sku"]: int(pool["assigned"]) for pool in pools}
        if assigned != {sku: self.users for sku in SKUS}:
            sys.exit(f"{name}: assigned are {assigned}")

    def killed_and_resumed(self):
        name = "killed"
        self.organization(name, self.users)
        path = self.people(name)
        began = time.monotonic()
        tool = subprocess.Popen(self.set_up(name, path), env=self.environment, stderr=subprocess.DEVNULL)
        while lines_of(report_of(path)) <= self.users // 2 and tool.poll() is None:
            time.sleep(0.002)
        tool.kill()
        code = tool.wait()
        reported = lines_of(report_of(path)) - 1
        self.must(self.set_up(name, path))
        seconds = time.monotonic() - began
        self.check(name, path)
        print(f"killed ({code}) with {reported} of {self.users} rows reported, and resumed: {seconds:.2f} s, "
              f"{self.users / seconds:,.0f} rows/s, each row once", flush=True)

    def at_once(self, round_index):
        name = f"bulk-{round_index}"
        self.organization(name, self.users)
        path = self.people(name)
        began = time.monotonic()
        self.must(self.set_up(name, path))
        rate = self.users / (time.monotonic() - began)
        self.check(name, path)
        self.server.settle()
        return rate

    def single(self, round_index, count):
        name = f"single-{round_index}"
        self.organization(name, count)
        told = json.loads(self.must([str(self.bin / "single_calls"), self.server.address, f"organizations/{name}", "user-",
                                     str(count), *SKUS]))
        self.server.settle()
        return told["rows"] / told["seconds"]


    def numbers(self, name):
        """As many numbers of the organization's own as there are users, in E.164."""
        for _ in range(-(-self.users // BLOCK)):
            first = (FIRST_BLOCK + self.blocks) * BLOCK
            self.blocks += 1
            self.must(self.tool("number", "load", f"+{first}", f"+{first + BLOCK - 1}", "subscriber", "--country", "US",
                                "--region", "WA", "--city", "Seattle", "--area-code", "206"))
        self.server.settle()
        for taken in range(0, self.users, RESERVED_MAX):
            quantity = min(RESERVED_MAX, self.users - taken)
            reserved = self.told("number", "reserve", "subscriber", "--country", "US", "--area-code", "206", "--quantity",
                                 str(quantity), "--org", name)
            self.must(self.tool("number", "acquire", reserved["name"]))
        return [number["e164"] for number in self.told("number", "list", "--org", name)]

    def location(self, name):
        """Of a validated address."""
        address = self.told("address", "create", "--org", name, *ADDRESS)["name"]
        self.must(self.tool("address", "validate", address))
        answer = self.folder / "answer.json"
        answer.write_text(json.dumps({"name": address, "accepted": {}}))
        self.must(self.tool("authority", "complete", "--file", str(answer)))
        self.must(self.tool("emergency", "accept-disclaimer", "US", "--org", name))
        return address + "/locations/default"

    def numbered(self, round_index):
        """The rows/s of a file whose users are there with their licences, and get their numbers."""
        name = f"numbered-{round_index}"
        self.organization(name, self.users)
        self.must(self.set_up(name, self.people(name)))
        numbers = self.numbers(name)
        path = self.people(f"{name}-again", numbers, self.location(name))
        self.server.settle()
        began = time.monotonic()
        self.must(self.set_up(name, path))
        rate = self.users / (time.monotonic() - began)
        self.check(name, path)
        held = {number["e164"]: number.get("assignee") for number in self.told("number", "list", "--org", name)}
        if held != {number: f"organizations/{name}/users/user-{i}" for i, number in enumerate(numbers)}:
            sys.exit(f"{name}: not each user has the number of its row")
        return rate


def report_of(path):
    return path.with_suffix(".report.csv")


def lines_of(path):
    return path.read_bytes().count(b"\n") if path.exists() else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=10000)
    parser.add_argument("--single", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--bin", default=str(ROOT / "build/release/bin"))
    parser.add_argument("--data", default=str(ROOT / "build"), help="a folder on a disk")
    options = parser.parse_args()
    if filesystem_of(Path(options.data).resolve()) in IN_MEMORY:
        sys.exit(f"{options.data} is in memory: a disk is part of what is measured")
    with tempfile.TemporaryDirectory(dir=options.data) as folder:
        bench = Bench(options, Path(folder))
        bench.killed_and_resumed()
        ratios = []
        for i in range(options.rounds):
            single, at_once = bench.single(i, options.single), bench.at_once(i)
            ratios.append(at_once / single)
            print(f"round {i + 1}: {at_once:,.0f} rows/s by the tool, {single:,.0f} by single calls: {ratios[-1]:.1f}", flush=True)
        if ratios:
            print(f"ratio {statistics.median(ratios):.1f} ({min(ratios):.1f}-{max(ratios):.1f})")
            rates = [bench.numbered(i) for i in range(options.rounds)]
            print(f"numbers for users who are there: {statistics.median(rates):,.0f} rows/s ({min(rates):,.0f}-{max(rates):,.0f})")
        bench.server.stop()


if __name__ == "__main__":
    main()

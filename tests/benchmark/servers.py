"""What every benchmark stands on: servers that run beside it, their CPU, and what else the machine does."""
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETTLE_MAX_S = 120
TICKS = os.sysconf("SC_CLK_TCK")
IN_MEMORY = {"tmpfs", "ramfs"}


def fail(text):
    sys.exit(f"tests/benchmark/run: {text}")


def cpu_seconds_of(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def filesystem_of(folder):
    """The type of the file system that a folder is on."""
    best = ("", "")
    with open("/proc/mounts") as mounts:
        for line in mounts:
            _, point, kind = line.split()[:3]
            if (str(folder) + "/").startswith(point.rstrip("/") + "/") and len(point) >= len(best[0]):
                best = (point, kind)
    return best[1]


class Server:
    """A child that prints a line of JSON with its address; ends with the run."""

    def __init__(self, name, command, folder, core):
        self.log = open(folder / f"{name}.log", "w+")
        self.child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True,
                                      preexec_fn=pin_to(core))
        line = self.child.stdout.readline()
        if not line:
            self.log.seek(0)
            fail(f"{name} did not start: {self.log.read()[-2000:]}")
        told = json.loads(line)
        self.address, self.http = told["listening"], told.get("http")

    def cpu_seconds(self):
        return cpu_seconds_of(self.child.pid)

    def settle(self):
        """Waits until the read models show everything, so that no load pays for the one before; the seconds that it took."""
        started = time.monotonic()
        while self.http and self.lag() > 0:
            if time.monotonic() - started > SETTLE_MAX_S:
                fail(f"the read models are still behind after {SETTLE_MAX_S} s")
            time.sleep(0.02)
        return time.monotonic() - started

    def metrics(self, begin):
        """The values of all series whose names begin so."""
        with urllib.request.urlopen(f"http://{self.http}/metrics", timeout=10) as page:
            lines = page.read().decode().splitlines()
        return [float(line.rpartition(" ")[2]) for line in lines if line.startswith(begin)]

    def lag(self):
        return max(self.metrics("dialtone_projection_lag_seconds{"))

    def stop(self):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
        try:
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


def pin_to(core):
    return None if core is None else lambda: os.sched_setaffinity(0, {core})


def machine_busy():
    """CPU seconds that everybody has used, and those that there were."""
    with open("/proc/stat") as stat:
        user, nice, system, idle, iowait, irq, softirq, steal = (int(x) / TICKS for x in stat.readline().split()[1:9])
    return user + nice + system + irq + softirq + steal, user + nice + system + irq + softirq + steal + idle + iowait


def shown(number):
    return f"{number:,.0f}" if number >= 1000 else f"{number:.3g}"


def print_table(rows, left):
    """The first row is the heading; `left` are the columns of text."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) if i in left else cell.rjust(width)
                        for i, (cell, width) in enumerate(zip(row, widths))).rstrip())

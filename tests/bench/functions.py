"""Each function's own binary, as it is deployed: its size, how soon it answers, what it holds while it waits."""

import http.client
import os
import re
import shutil
import subprocess
import sys
import time

from cold_start import free_port
from machine import ROOT, Trouble, cpu_clock, run, say
from report import Spread, at_most

NAME = "functions"

# Each entry of the file that deploys them begins its line.
FUNCTIONS = sorted(re.findall(r"^([a-z-]+):$", (ROOT / "infra" / "functions.yaml").read_text(), re.MULTILINE))

# Storage is nowhere: clients are built, and connect at their first call.
ENVIRONMENT = {
    "GOOGLE_CLOUD_PROJECT": "demo",
    # of callers it does not know: the coordinator has pages for others, which ask storage
    "AUTH": "oidc",
    "AUDIENCE": "https://function.example",
    "PUSH_INVOKER": "push@example.iam.gserviceaccount.com",
    "TICK_INVOKER": "tick@example.iam.gserviceaccount.com",
    "ARTIFACTS_BUCKET": "artifacts",
    "ACCOUNT_FILES_BUCKET": "account-files",
    "CATALOG_BUCKET": "catalog",
    "STAGING_BUCKET": "staging",
    "BIGQUERY_LOCATION": "EU",
    "FIRESTORE_EMULATOR_HOST": "127.0.0.1:9",
    "PUBSUB_EMULATOR_HOST": "127.0.0.1:9",
    "STORAGE_EMULATOR_HOST": "http://127.0.0.1:9",
    "BIGQUERY_EMULATOR_HOST": "http://127.0.0.1:9",
    "BIGQUERY_STORAGE_EMULATOR_HOST": "127.0.0.1:9",
}


class Started:
    """A function, from its start to its first 200."""

    def __init__(self, program):
        port = free_port()
        begun = time.monotonic()
        self.child = subprocess.Popen(
            [program],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**ENVIRONMENT, "PORT": str(port)},
        )
        while not answers(port):
            if self.child.poll() is not None:
                raise Trouble(f"{program.name} ended before it answered; start it by hand to see why")
            time.sleep(0.0005)
        self.wall = time.monotonic() - begun
        self.cpu = time.clock_gettime(cpu_clock(self.child.pid))

    def resident(self):
        """Resident memory, in millions of bytes."""
        with open(f"/proc/{self.child.pid}/status") as status:
            sizes = dict(line.split(":", 1) for line in status)
        return int(sizes["VmRSS"].split()[0]) * 1024 / 1e6

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.kill()
        self.child.wait()


def answers(port):
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except OSError:
        return False


def measure(bench):
    say("building the functions")
    build = ["cargo", "build", "--release", "--locked", "--quiet", "--bins"]
    packages = [word for name in FUNCTIONS for word in ("-p", name)]
    run([*build, *packages], environment=os.environ, cwd=ROOT, log=sys.stderr)
    rows = []
    for name in FUNCTIONS:
        program = bench.target / "release" / name
        walls, cpus, idle = [], [], []
        for _ in range(3 * bench.rounds):
            with Started(program) as function:
                walls.append(1000 * function.wall)
                cpus.append(1000 * function.cpu)
                if len(idle) < bench.rounds:
                    time.sleep(1)
                    idle.append(function.resident())
        stripped = bench.folder / f"stripped-{name}"
        shutil.copy(program, stripped)
        run(["strip", stripped], environment=os.environ)
        wall = Spread("wall", walls, "ms", digits=1)
        cpu = Spread("CPU until then", cpus, "ms", digits=1)
        memory = Spread("resident a second after the start", idle, "MB", digits=1)
        size = stripped.stat().st_size / 1e6
        rows += [
            at_most(NAME, f"{name}, from its start to the first 200", wall.median, "ms", 50, spreads=[wall, cpu], digits=1),
            at_most(NAME, f"{name}, idle memory", memory.median, "MB", 25, spreads=[memory], digits=1),
            at_most(NAME, f"{name}, stripped", size, "MB", 20, digits=1),
        ]  # fmt: skip
    return rows

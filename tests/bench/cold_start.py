"""How soon `topdown serve` answers, what it holds while it has nothing to do, and how large the program is."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import time

from machine import Sim, Trouble, cpu_clock, run, say
from report import Spread, at_most

NAME = "cold start"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Serve:
    """`topdown serve` on a folder, from its start to its first 200."""

    def __init__(self, bench, data, url):
        self.port = free_port()
        self.token = data / "api.token"
        begun = time.monotonic()
        self.child = subprocess.Popen(
            [bench.program, "serve", "--data", data, "--port", str(self.port)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=bench.own(TOPDOWN_BINANCE_URL=url),
        )
        deadline = begun + 60
        while not self.answers():
            if self.child.poll() is not None:
                raise Trouble("serve ended before it answered")
            if time.monotonic() > deadline:
                raise Trouble("serve answered with nothing but refusals for a minute")
            time.sleep(0.0005)
        self.wall = time.monotonic() - begun
        self.cpu = time.clock_gettime(cpu_clock(self.child.pid))

    def answers(self):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            token = self.token.read_text().strip() if self.token.exists() else ""
            connection.request("GET", "/openapi.json", headers={"Authorization": f"Bearer {token}"})
            return connection.getresponse().status == 200
        except OSError:
            return False

    def resident(self):
        """Resident memory now and at its peak, in millions of bytes."""
        with open(f"/proc/{self.child.pid}/status") as status:
            sizes = dict(line.split(":", 1) for line in status)
        return [int(sizes[name].split()[0]) * 1024 / 1e6 for name in ["VmRSS", "VmHWM"]]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.kill()
        self.child.wait()


def prepare(bench, data, url):
    """A first week: `serve` collects a symbol's history, runs Flow 1 and has nothing left to do."""
    data.mkdir()
    (data / "watchlist.toml").write_text('symbols = ["BTCUSDT"]\n')
    with Serve(bench, data, url) as serve:
        deadline = time.monotonic() + 300
        while True:
            listed = json.loads(run([bench.program, "runs", "--json", "--data", data], bench.own()).output)["runs"]
            if listed and listed[0]["status"] == "done":
                break
            if time.monotonic() > deadline or (listed and listed[0]["status"] == "failed"):
                raise Trouble("the first week's run does not end")
            time.sleep(0.5)
        time.sleep(1)
        return serve.resident()[0]


def measure(bench):
    data = bench.folder / "served"
    with Sim(bench.program) as sim:
        url = sim.url["binance"]
        say("cold start: a first week to start on")
        worked = prepare(bench, data, url)
        walls, cpus, idle = [], [], []
        for _ in range(3 * bench.rounds):
            with Serve(bench, data, url) as serve:
                walls.append(1000 * serve.wall)
                cpus.append(1000 * serve.cpu)
                if len(idle) < bench.rounds:
                    time.sleep(1)
                    idle.append(serve.resident()[0])
    stripped = bench.folder / "stripped"
    shutil.copy(bench.program, stripped)
    run(["strip", stripped], environment=os.environ)
    size = stripped.stat().st_size / 1e6
    wall = Spread("wall", walls, "ms", digits=1)
    cpu = Spread("CPU until then", cpus, "ms", digits=1)
    memory = Spread("resident a second after the start", idle, "MB", digits=1)
    return [
        at_most(NAME, "topdown serve, from its start to the first 200", wall.median, "ms", 50, spreads=[wall, cpu], digits=1),
        at_most(NAME, "topdown serve, idle memory", memory.median, "MB", 25, spreads=[memory],
                notes=[f"after it has collected five years and run Flow 1 in the same process: {worked:.1f} MB"], digits=1),
        at_most(NAME, "topdown, stripped", size, "MB", 20, digits=1),
    ]  # fmt: skip

"""Starting programs and reading the processor's clock of them."""

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent


class Trouble(Exception):
    """Nothing can be measured; the text says what to do."""


def say(text):
    print(f"== {text}", file=sys.stderr, flush=True)


def cpu_clock(pid):
    """The clock of a process's user and system time, all threads."""
    clock = ctypes.c_int()
    if ctypes.CDLL(None).clock_getcpuclockid(pid, ctypes.byref(clock)) != 0:
        raise Trouble("the processor's clock of another process cannot be read; this needs Linux")
    return clock.value


class Finished:
    """What a command took."""

    def __init__(self, wall, usage, output):
        self.wall, self.cpu, self.output = wall, usage.ru_utime + usage.ru_stime, output


def run(command, environment=None, cwd=None, log=None):
    """Runs a command to its end, which must be a success."""
    begun = time.monotonic()
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=log or stderr, env=environment, cwd=cwd
        )
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - begun
        stdout.seek(0)
        stderr.seek(0)
        if child.returncode != 0:
            said = stderr.read().decode(errors="replace").strip()
            raise Trouble(f"{' '.join(map(str, command))} ended with {child.returncode}: {said[-2000:]}")
        return Finished(wall, usage, stdout.read().decode())


class Worker:
    """A program that repeats its work as often as a line on its stdin says, and answers the same line."""

    def __init__(self, command, environment):
        self.child = subprocess.Popen(
            [*map(str, command)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
        )
        self.clock = cpu_clock(self.child.pid)
        self.said = []

    def round(self, times):
        """CPU seconds of one repetition, of so many."""
        begun = time.clock_gettime(self.clock)
        self.child.stdin.write(f"{times}\n")
        self.child.stdin.flush()
        self.said = []
        while (line := self.child.stdout.readline().strip()) != str(times):
            if not line:
                raise Trouble(f"{self.child.args[0]} ended in the middle of a measurement")
            self.said.append(line)
        return (time.clock_gettime(self.clock) - begun) / times

    def close(self):
        self.child.stdin.close()
        self.child.wait()


def in_turn(ours, peer, rounds, lasting=0.4):
    """CPU seconds of a repetition of each, round by round; a round lasts about so many seconds."""
    workers = [worker for worker in (ours, peer) if worker]
    # the first time pays for what is loaded once
    times = [(worker.round(1), worker.round(1))[1] for worker in workers]
    often = [max(1, round(lasting / max(seconds, 1e-6))) for seconds in times]
    found = [[worker.round(count) for worker, count in zip(workers, often)] for _ in range(rounds)]
    for worker in workers:
        worker.close()
    return [list(column) for column in zip(*found)]


class Sim:
    """`topdown sim`, until it is closed."""

    def __init__(self, program, *arguments):
        self.child = subprocess.Popen(
            [program, "sim", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env={}, text=True
        )
        lines = [self.child.stdout.readline().split() for _ in range(4)]
        if any(len(line) != 2 for line in lines):
            raise Trouble("the simulated world does not start")
        self.url = dict(lines)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.kill()
        self.child.wait()


class Bench:
    """The programs that are measured, the peers' interpreters and a folder that is removed in the end."""

    def __init__(self, rounds, newcomer):
        self.rounds, self.newcomer = rounds, newcomer
        self.target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
        self.program = self.target / "release/topdown"
        self.parts = self.target / "release/figures"
        self.folder = Path(tempfile.mkdtemp(prefix="topdown-bench-"))
        self.candles = ROOT / "../shared/data/binance_spot"
        self._peers = {}

    def __enter__(self):
        say("building")
        build = ["cargo", "build", "--release", "--locked", "--quiet"]
        # the program as a newcomer builds it: other packages beside it would add features to its dependencies
        for packages in [[], ["-p", "tests", "--bin", "figures"]]:
            run([*build, *packages], environment=os.environ, cwd=ROOT, log=sys.stderr)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def has_candles(self):
        """Whether the exchange's own candles lie beside the repository."""
        return self.candles.is_dir()

    def peers(self, pins):
        """The interpreter of a list of pins, installed at first use; `None`, and one line, where that cannot be."""
        if pins not in self._peers:
            say("the peers, installed once")
            folder = self.target / "bench" / pins.parent.name
            setup = ["bash", ROOT / "tests/peers/setup.sh", folder, pins]
            made = subprocess.run(setup, stdin=subprocess.DEVNULL, capture_output=True, text=True)
            if made.returncode != 0:
                say(f"left out: {made.stderr.strip()}")
            self._peers[pins] = made.stdout.strip() if made.returncode == 0 else None
        return self._peers[pins]

    def peer(self, script, *arguments, pins=HERE / "requirements.txt"):
        """A peer's script that repeats its work; `None` where the peer cannot be installed."""
        interpreter = self.peers(pins)
        return interpreter and Worker([interpreter, HERE / script, *arguments], self.python())

    def python(self):
        """A peer's environment: nothing of the caller's."""
        return self.own(PYTHONDONTWRITEBYTECODE="1", PYTHONUTF8="1")

    def own(self, **variables):
        """The environment of this program: nothing of the caller's."""
        return {"HOME": str(self.folder), **variables}

"""What a newcomer waits for: a build from an empty target folder, and the demo."""

import os
import shutil

from machine import ROOT, run, say
from report import Spread, at_most, not_yet

NAME = "newcomer"
DEMO = ["cargo", "run", "--release", "--locked", "--quiet", "--", "demo"]


def environment(target):
    """The caller's, with a target folder of one's own."""
    return {**os.environ, "CARGO_TARGET_DIR": str(target)}


def build(bench):
    """Processor and wall seconds of `cargo run --release -- demo` from a clone with an empty target folder."""
    clone = bench.folder / "clone"
    run(["git", "clone", "--quiet", ROOT, clone], os.environ)
    say("newcomer: a build from nothing takes minutes")
    return run([*DEMO, "--data", bench.folder / "first"], environment(clone / "target"), cwd=clone)


def measure(bench):
    rows = []
    if bench.newcomer:
        built = build(bench)
        rows.append(at_most(NAME, "cargo run --release -- demo, empty target: CPU", built.cpu, "s", 400, digits=0))
        rows.append(
            at_most(NAME, "cargo run --release -- demo, empty target: wall", built.wall, "s", 600, digits=0,
                    notes=["committed state; packages that cargo had fetched before were not fetched again"])
        )  # fmt: skip
    else:
        rows.append(not_yet(NAME, "cargo run --release -- demo, empty target", "at most 400 CPU s, 600 s",
                            why="left out: ./bench --newcomer builds a fresh clone"))  # fmt: skip
    firsts, seconds, cpus = [], [], []
    for _ in range(bench.rounds):
        data = bench.folder / "demo"
        shutil.rmtree(data, ignore_errors=True)
        command = [*DEMO, "--data", data]
        first, second = (run(command, environment(bench.target), cwd=ROOT) for _ in range(2))
        firsts.append(first.wall)
        seconds.append(second.wall)
        cpus.append(first.cpu)
    first = Spread("wall, a new data folder", firsts, "s")
    spreads = [first, Spread("wall, again on the same folder", seconds, "s"), Spread("CPU, a new data folder", cpus, "s")]
    rows.append(at_most(NAME, "cargo run --release -- demo, afterwards: wall", first.median, "s", 3, spreads=spreads))
    return rows

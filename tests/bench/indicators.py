"""The standard indicators against TA-Lib's C library, on the same bars."""

import array
import csv
import gzip
import json
import math
import urllib.request

from machine import HERE, Sim, Worker, in_turn, run
from report import Spread, at_most, row

NAME = "indicators"


def measure(bench):
    series = real(bench) if bench.has_candles() else simulated(bench)
    longest = max(series, key=lambda name: len(series[name][0]))
    files = {name: write(bench, name, columns) for name, columns in series.items()}
    peer = bench.peer("peer_talib.py", files[longest])
    if not peer:
        return [row(NAME, "against TA-Lib's C", None, "", "at most 1.5 x", None, notes=["TA-Lib is missing"])]
    ours = Worker([bench.parts, "indicators", files[longest]], bench.own())
    bars = len(series[longest][0])
    times = in_turn(ours, peer, bench.rounds)
    unit = "ns of CPU per bar"
    topdown, c = (
        Spread(name, [seconds / bars * 1e9 for seconds in found], unit, digits=1)
        for name, found in zip(["topdown, 15 values a bar", "TA-Lib's C, the same 15"], times)
    )
    widest = max(((difference(bench, files[name]), name) for name in files), key=lambda found: found[0])
    source = "the exchange's candles" if bench.has_candles() else "simulated candles"
    return [
        at_most(NAME, "CPU time of TA-Lib's C", topdown.median / c.median, "x", 1.5, spreads=[topdown, c],
                notes=[f"{longest}, {bars} bars, {source}"]),
        row(NAME, "largest difference of a value", widest[0], "", "at most 1e-9", widest[0] <= 1e-9,
            notes=[f"{sum(len(columns[0]) for columns in series.values())} bars of {len(files)} series, {source}"]),
    ]  # fmt: skip


def real(bench):
    """High, low, close and volume of every recorded series."""
    series = {}
    for path in sorted(bench.candles.glob("*.csv.gz")):
        with gzip.open(path, "rt") as file:
            rows = list(csv.DictReader(file))
        columns = [array.array("d", (float(row[name]) for row in rows)) for name in ["high", "low", "close", "volume"]]
        series[path.name.removesuffix(".csv.gz")] = columns
    return series


def simulated(bench):
    """The same of the simulated exchange's hours."""
    rows = []
    with Sim(bench.program, "--as-of", "2026-04-30T04:00:00Z") as sim:
        start = 0
        while True:
            url = f"{sim.url['binance']}/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=1000&startTime={start}"
            page = json.load(urllib.request.urlopen(url))
            rows += page
            if len(page) < 1000:
                break
            start = page[-1][0] + 1
    return {"BTCUSDT-1h": [array.array("d", (float(row[index]) for row in rows)) for index in [2, 3, 4, 5]]}


def write(bench, name, columns):
    path = bench.folder / f"{name}.columns"
    with open(path, "wb") as file:
        for column in columns:
            column.tofile(file)
    return path


def difference(bench, path):
    """The largest difference of any value; a value that only one of them has counts as infinite."""
    outs = [path.with_suffix(".topdown"), path.with_suffix(".talib")]
    run([bench.parts, "values", path, outs[0]])
    run([bench.peers(HERE / "requirements.txt"), HERE / "peer_talib.py", path, outs[1]], bench.python())
    columns = []
    for out in outs:
        columns.append(array.array("d"))
        columns[-1].frombytes(out.read_bytes())
    ours, theirs = columns
    if len(ours) != len(theirs):
        return math.inf
    widest = 0.0
    for a, b in zip(ours, theirs):
        if a != b and not (math.isnan(a) and math.isnan(b)):
            widest = max(widest, math.inf if math.isnan(a) or math.isnan(b) else abs(a - b))
    return widest

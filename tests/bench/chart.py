"""The built-in chart against mplfinance: the same bars, lines and panes, 1280x720."""

import json
import struct

from machine import Worker, in_turn, run
from report import Spread, at_least, row

NAME = "built-in chart"


def size(path):
    """Width and height in a PNG's header."""
    return struct.unpack(">II", path.read_bytes()[16:24])


def measure(bench):
    series = bench.folder / "series.json"
    data = bench.folder / "charts"
    candles = ["--candles", bench.candles] if bench.has_candles() else []
    demo = run([bench.program, "demo", "--json", "--data", data, *candles], bench.own())
    step = next(step for step in json.loads(demo.output)["steps"] if step["step_id"] == "1w-ohlcv")
    series.write_text(run([bench.program, "cat", step["series_uri"], "--data", data], bench.own()).output)
    pictures = [bench.folder / name for name in ["topdown.png", "mplfinance.png"]]
    peer = bench.peer("peer_mplfinance.py", series, pictures[1])
    if not peer:
        return [row(NAME, "against mplfinance", None, "", "at least 15 x", None, notes=["mplfinance is missing"])]
    ours = Worker([bench.parts, "chart", series, pictures[0]], bench.own())
    times = in_turn(ours, peer, bench.rounds, lasting=1)
    assert all(size(picture) == (1280, 720) for picture in pictures), "pictures of one size"
    topdown, mplfinance = (
        Spread(name, [1000 * seconds for seconds in found], "ms of CPU", digits=1)
        for name, found in zip(["topdown", "mplfinance"], times)
    )
    bars = len(json.loads(series.read_text())["bars"])
    notes = [f"BTCUSDT 1w, {bars} bars and the one in progress: averages, bands, volume, RSI, MACD; PNG in memory"]
    ratio = mplfinance.median / topdown.median
    return [at_least(NAME, "1280x720, three panes below the price, against mplfinance", ratio, "x", 15,
                     spreads=[topdown, mplfinance], notes=notes, digits=1)]  # fmt: skip

"""The collector against ccxt for Python on one simulated exchange, and against its limits."""

import json
import shutil

from machine import ROOT, Sim, Worker, run, say
from report import Spread, at_least, row

AS_OF = "2026-04-30T04:00:00Z"
SYMBOLS = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBUSDT", "XRPUSDT", "ADAUSDT", "DOGEUSDT"]
NAME = "collector"
CLIENTS = ROOT / "tests/peers/requirements.txt"


def measure(bench):
    return [*against_ccxt(bench), *against_limits(bench)]


def collect(bench, url):
    """CPU seconds per million candles of the program as a whole: start, questions, checks, database."""
    data = bench.folder / "collected"
    shutil.rmtree(data, ignore_errors=True)
    finished = run(
        [bench.program, "collect", *SYMBOLS, "--data", data], bench.own(TOPDOWN_BINANCE_URL=url, RUST_LOG="error")
    )
    return finished.cpu


def against_ccxt(bench):
    target = "at least 10 x fewer than ccxt"
    if not bench.peers(CLIENTS):
        return [row(NAME, "CPU seconds per million candles", None, "", target, None, notes=["ccxt is missing"])]
    whole, ours, peers = [], [], []
    for number in range(bench.rounds):
        # an exchange of its own for each round: the weight of a minute is granted anew
        with Sim(bench.program, "--as-of", AS_OF) as sim:
            url = sim.url["binance"]
            reader = Worker([bench.parts, "read", url, *SYMBOLS], bench.own())
            peer = bench.peer("peer_ccxt.py", url, *SYMBOLS, pins=CLIENTS)
            # it makes up its candles when it is first asked
            reader.round(1)
            taken, candles = reader.round(1), int(reader.said[0])
            ours.append(taken / candles * 1e6)
            taken, count = peer.round(1), int(peer.said[0])
            peers.append(taken / count * 1e6)
            whole.append(collect(bench, url) / candles * 1e6)
            reader.close()
            peer.close()
        say(f"collector, round {number + 1} of {bench.rounds}")
    unit = "CPU s per million"
    ccxt = Spread("ccxt for Python, fetch_ohlcv into memory", peers, unit)
    reading = Spread("topdown, reading into memory", ours, unit)
    keeping = Spread("topdown collect, the whole process with its database", whole, unit)
    return [
        at_least(NAME, "CPU per candle kept, against ccxt, which keeps nothing", ccxt.median / keeping.median, "x", 10,
                 spreads=[keeping, ccxt]),
        at_least(NAME, "CPU per candle read, against ccxt", ccxt.median / reading.median, "x", 10,
                 spreads=[reading, ccxt]),
    ]  # fmt: skip


def against_limits(bench):
    found = [json.loads(line) for line in run([bench.parts, "latency", str(bench.rounds)]).output.splitlines()]
    rows = []
    for key, what in [("one", "one symbol at 50 ms a call"), ("watchlist", "eight symbols at 50 ms a call")]:
        took = Spread("wall", [each[key]["took_s"] for each in found], "s")
        allowed = found[0][key]["allowed_s"]
        share = 100 * allowed / took.median
        notes = [f"the latency alone: {allowed:.2f} s"]
        rows.append(at_least(NAME, f"{what}, of what that allows", share, "%", 90, spreads=[took], notes=notes, digits=0))
    say("collector, the weight limit: up to three minutes")
    used = json.loads(run([bench.parts, "limit", "2"]).output)
    weights, refused = used["weight_by_minute"], used["refused"]
    most = max(weights)
    rows.append(
        row(NAME, "weight used in a minute, of 6000", most, "", "never above 6000", most <= 6000 and refused == 0,
            notes=[f"{refused} requests refused by the exchange"], digits=0)
    )  # fmt: skip
    rows.append(at_least(NAME, "weight used in a whole minute, at the least", 100 * min(weights) / 6000, "%", 90, digits=0))
    return rows

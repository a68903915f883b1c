"""What a run takes beside its model calls and its first export: the model at 2 s a call, charts at 1 s."""

import datetime
import json
import shutil

from machine import Sim, Trouble, run, say
from report import Spread, at_most, not_yet

NAME = "flow overhead"
MODEL_S, CHART_MS = 2.0, 1000


def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def once(bench, sim, flow):
    """Wall time of a run of a flow, its first export and its model calls."""
    data = bench.folder / "flow"
    shutil.rmtree(data, ignore_errors=True)
    exchange = sim.url["binance"]
    environment = bench.own(
        TOPDOWN_BINANCE_URL=exchange,
        TOPDOWN_BINANCE_ACCOUNT_URL=exchange,
        TOPDOWN_BINANCE_FUTURES_URL=exchange,
        BINANCE_API_KEY="sim-key",
        BINANCE_API_SECRET="sim-secret",
        TOPDOWN_CHART_IMG_URL=sim.url["chart-img"],
        CHART_IMG_API_KEY="enterprise-bench",
    )
    model = ["--model", "rule-analyst:slow"]
    finished = run([bench.program, "run", str(flow), "BTCUSDT", *model, "--data", data, "--json"], environment)
    outcome = json.loads(finished.output)
    steps = outcome["steps"]
    charts = [step for step in steps if step["kind"] == "chart"]
    if any(step["chart_provider"] != "chart-img" for step in charts):
        raise Trouble(f"a chart was not drawn by the vendor: {[step.get('reason') for step in charts]}")
    began = min(seconds(step["started_at"]) for step in steps)
    first = [step for step in steps if step["kind"] == "ohlcv" or (step["kind"], step.get("timeframe")) == ("chart", "1M")]
    export = max(seconds(step["ended_at"]) for step in first) - began
    return outcome["wall_ms"] / 1000, export, outcome["model_calls"]


def flow_row(bench, flow):
    walls, exports, overheads, calls = [], [], [], set()
    with Sim(bench.program, "--delay", f"chart-img={CHART_MS}") as sim:
        for number in range(bench.rounds):
            wall, export, model_calls = once(bench, sim, flow)
            walls.append(wall)
            exports.append(export)
            calls.add(model_calls)
            overheads.append(wall / (export + MODEL_S * model_calls))
            say(f"flow overhead, Flow {flow}, round {number + 1} of {bench.rounds}")
    overhead = Spread("wall over first export and model calls", overheads, "x", digits=3)
    notes = [f"model calls a run: {', '.join(map(str, sorted(calls)))}, at {MODEL_S:g} s each; charts at {CHART_MS} ms"]
    spreads = [overhead, Spread("wall", walls, "s"), Spread("first export: candles, and the month's charts", exports, "s")]
    return at_most(NAME, f"Flow {flow}, wall time", overhead.median, "x", 1.05, spreads=spreads, notes=notes, digits=3)


def measure(bench):
    return [
        flow_row(bench, 1),
        flow_row(bench, 4),
        not_yet(NAME, "Google Cloud", "at most 0.7 s a model step"),
    ]

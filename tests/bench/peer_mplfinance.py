"""mplfinance draws what the built-in renderer draws: candles, averages, bands, volume, RSI and MACD.

usage: peer_mplfinance.py SERIES OUT; repeats as often as each line of stdin says and leaves the last picture in OUT
"""

import io
import json
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import mplfinance as mpf
import pandas as pd

with open(sys.argv[1]) as file:
    series = json.load(file)
bars = series["bars"] + ([series["forming"]] if series.get("forming") else [])
columns = {"Open": "o", "High": "h", "Low": "l", "Close": "c", "Volume": "v"}
frame = pd.DataFrame(
    {name: [float(bar[key]) for bar in bars] for name, key in columns.items()},
    index=pd.DatetimeIndex([bar["t"] for bar in bars]),
)
frame = frame.iloc[-105:]


def values(name):
    """The indicator at each bar shown; the bar in progress has none."""
    found = [float("nan") if value is None else value for value in series["indicators"][name]]
    return (found + [float("nan")] * (len(bars) - len(found)))[-len(frame) :]


def draw():
    lines = [mpf.make_addplot(values(name)) for name in ["ema20", "ema50", "ema200", "bb_up", "bb_low"]]
    panes = [
        mpf.make_addplot(values("rsi14"), panel=2, ylabel="RSI"),
        mpf.make_addplot(values("macd_hist"), panel=3, type="bar"),
        mpf.make_addplot(values("macd"), panel=3, ylabel="MACD"),
        mpf.make_addplot(values("macd_signal"), panel=3),
    ]
    figure, _ = mpf.plot(
        frame,
        type="candle",
        volume=True,
        addplot=lines + panes,
        title=f"{series['symbol']} {series['timeframe']}",
        figsize=(12.8, 7.2),
        returnfig=True,
    )
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=100)
    plt.close(figure)
    return out.getvalue()


picture = b""
for line in sys.stdin:
    for _ in range(int(line)):
        picture = draw()
    print(int(line), flush=True)
with open(sys.argv[2], "wb") as file:
    file.write(picture)

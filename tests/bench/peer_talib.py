"""TA-Lib's C library, called without any layer in between: the indicators of an artifact in its order.

usage: peer_talib.py COLUMNS [OUT]; with OUT writes the values, else repeats as often as each line of stdin says
"""

import array
import ctypes
import importlib.metadata
import math
import sys

files = importlib.metadata.files("TA-Lib")
library = next(file for file in files if file.name.startswith("libta-lib"))
c = ctypes.CDLL(str(library.locate()))
assert c.TA_Initialize() == 0

values = array.array("d")
with open(sys.argv[1], "rb") as file:
    values.frombytes(file.read())
bars = len(values) // 4
Column = ctypes.c_double * bars
high, low, close, volume = (Column(*values[i * bars : (i + 1) * bars]) for i in range(4))
last = bars - 1
begin, count = ctypes.c_int(), ctypes.c_int()
real = ctypes.c_double


def call(name, inputs, options, outs):
    """Runs a function over all bars; its values stand at the front of `outs`, from the bar it names."""
    code = getattr(c, f"TA_{name}")(0, last, *inputs, *options, ctypes.byref(begin), ctypes.byref(count), *outs)
    assert code == 0, (name, code)
    return begin.value, count.value


out = [Column() for _ in range(3)]
single = out[:1]


def rvol(n):
    first, found = call("SMA", [volume], [n], single)
    if found == 0:
        return 0, 0
    rest = ctypes.byref(volume, first * 8)
    begin_, count_ = ctypes.byref(begin), ctypes.byref(count)
    assert c.TA_DIV(0, found - 1, rest, out[0], begin_, count_, out[0]) == 0
    return first, found


def steps():
    """Each call, and which of its outputs are wanted."""
    for n in [20, 50, 200]:
        yield call("EMA", [close], [n], single), single
    yield call("RSI", [close], [14], single), single
    yield call("MACD", [close], [12, 26, 9], out), out
    yield call("BBANDS", [close], [20, real(2.0), real(2.0), 0], out), out
    yield call("ATR", [high, low, close], [14], single), single
    yield call("ADX", [high, low, close], [14], single), single
    yield call("PLUS_DI", [high, low, close], [14], single), single
    yield call("MINUS_DI", [high, low, close], [14], single), single
    yield rvol(20), single


if len(sys.argv) > 2:
    with open(sys.argv[2], "wb") as file:
        for (first, found), outs in steps():
            for packed in outs:
                aligned = array.array("d", [math.nan]) * first
                aligned.extend(packed[:found])
                aligned.extend(array.array("d", [math.nan]) * (bars - len(aligned)))
                # a ratio to nothing is no number
                array.array("d", (v if math.isfinite(v) else math.nan for v in aligned)).tofile(file)
else:
    for line in sys.stdin:
        for _ in range(int(line)):
            for _ in steps():
                pass
        print(int(line), flush=True)

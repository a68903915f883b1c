"""ccxt reads the simulated Bybit: only its base URL is changed.

usage: bybit.py URL
"""

import json
import sys
import urllib.parse
import urllib.request

import ccxt

URL = sys.argv[1]
SYMBOL = "BTC/USDT"
INTERVALS = {"1M": "M", "1w": "W", "1d": "D", "4h": "240", "1h": "60"}


def raw(path, **parameters):
    """The result of an answer as it is, without ccxt."""
    query = urllib.parse.urlencode({"category": "spot", **parameters})
    with urllib.request.urlopen(f"{URL}/v5/market/{path}?{query}") as answer:
        return json.load(answer)["result"]


def candles(**parameters):
    """Time, open, high, low, close and volume, oldest first, as ccxt gives them."""
    rows = raw("kline", symbol="BTCUSDT", **parameters)["list"]
    return [[int(row[0]), *map(float, row[1:6])] for row in reversed(rows)]


def raises(error, call):
    try:
        call()
    except error as raised:
        # a subclass would be another thing to do for a caller
        assert type(raised) is error, repr(raised)
        return raised
    raise AssertionError(f"no {error.__name__}")


exchange = ccxt.bybit({"enableRateLimit": False, "options": {"fetchMarkets": {"types": ["spot"]}}})
exchange.urls["api"] = {name: URL for name in exchange.urls["api"]}

# markets: what does not trade is not listed
markets = exchange.load_markets()
bitcoin = markets[SYMBOL]
assert (bitcoin["base"], bitcoin["quote"], bitcoin["spot"], bitcoin["active"]) == ("BTC", "USDT", True, True)
assert (bitcoin["precision"]["price"], bitcoin["precision"]["amount"]) == (0.01, 0.00001), bitcoin["precision"]
assert bitcoin["limits"]["cost"]["min"] == 5.0
assert "LUNA/USDT" not in markets
assert markets["币安人生/USDT"]["id"] == "币安人生USDT"

# time: the world's clock runs on from its start
start = exchange.parse8601("2026-04-30T04:00:00Z")
assert 0 <= exchange.fetch_time() - start < 120_000

# candles, digit for digit those of the raw answer, the newest first in one and last in the other
since = exchange.parse8601("2025-06-01T00:00:00Z")
for timeframe, interval in INTERVALS.items():
    got = exchange.fetch_ohlcv(SYMBOL, timeframe, since=since, limit=4)
    # it asks from the first multiple of a bar's length on, which no month begins at
    sent = urllib.parse.parse_qs(urllib.parse.urlsplit(exchange.last_request_url).query)
    assert got == candles(interval=interval, start=sent["start"][0], limit=4), timeframe
    assert len(got) == 4 and got[0][0] >= since
    newest = exchange.fetch_ohlcv(SYMBOL, timeframe, limit=3)
    assert newest == candles(interval=interval, limit=3), timeframe
    assert newest[-1][0] <= exchange.fetch_time()

# paging as its users do it: from a start, by the last bar that came, to the end
days, cursor = [], exchange.parse8601("2021-05-01T00:00:00Z")
while True:
    page = exchange.fetch_ohlcv(SYMBOL, "1d", since=cursor, limit=1000)
    days += page
    if len(page) < 1000:
        break
    cursor = page[-1][0] + 1
# 2021-05-01 to 2026-04-30
assert len(days) == 1826, len(days)
assert [day[0] for day in days] == list(range(days[0][0], days[-1][0] + 1, 86_400_000))

# ticker
ticker = exchange.fetch_ticker(SYMBOL)
hours = exchange.fetch_ohlcv(SYMBOL, "1h", limit=24)
assert ticker["last"] == hours[-1][4] and ticker["open"] == hours[0][1]
assert (ticker["high"], ticker["low"]) == (max(h[2] for h in hours), min(h[3] for h in hours))
assert ticker["bid"] < ticker["ask"]

# refusals, which come with HTTP 200
kline = exchange.public_get_v5_market_kline
raises(ccxt.BadSymbol, lambda: kline({"category": "spot", "symbol": "NOPEUSDT", "interval": "60"}))
raises(ccxt.BadRequest, lambda: kline({"category": "spot", "symbol": "BTCUSDT", "interval": "1h"}))

"""ccxt reads the simulated exchange: only its base URL is changed.

usage: exchange.py URL
"""

import json
import sys
import urllib.parse
import urllib.request

import ccxt

URL = sys.argv[1]
SYMBOL = "BTC/USDT"


def raw(path, **parameters):
    """An answer as it is, without ccxt."""
    query = urllib.parse.urlencode(parameters)
    with urllib.request.urlopen(f"{URL}/api/v3/{path}?{query}") as answer:
        return json.load(answer)


def candles(**parameters):
    """Time, open, high, low, close and volume of klines, as ccxt gives them."""
    rows = raw("klines", symbol="BTCUSDT", **parameters)
    return [[row[0], *map(float, row[1:6])] for row in rows]


def raises(error, call):
    try:
        call()
    except error as raised:
        # a subclass would be another thing to do for a caller
        assert type(raised) is error, repr(raised)
        return raised
    raise AssertionError(f"no {error.__name__}")


def header(name):
    """A header of the last answer."""
    found = {key.lower(): value for key, value in exchange.last_response_headers.items()}
    return found[name]


# spot alone is there: futures have other hosts
exchange = ccxt.binance({"enableRateLimit": False, "options": {"fetchMarkets": {"types": ["spot"]}}})
exchange.urls["api"]["public"] = f"{URL}/api/v3"

# markets
markets = exchange.load_markets()
bitcoin = markets[SYMBOL]
assert (bitcoin["base"], bitcoin["quote"], bitcoin["spot"], bitcoin["active"]) == ("BTC", "USDT", True, True)
assert (bitcoin["precision"]["price"], bitcoin["precision"]["amount"]) == (0.01, 0.00001), bitcoin["precision"]
assert bitcoin["limits"]["cost"]["min"] == 5.0
assert not markets["LUNA/USDT"]["active"]
assert markets["币安人生/USDT"]["id"] == "币安人生USDT"
assert exchange.price_to_precision(SYMBOL, 12345.678) == "12345.68"

# time: the world's clock runs on from its start
start = exchange.parse8601("2026-04-30T04:00:00Z")
assert 0 <= exchange.fetch_time() - start < 120_000

# candles, digit for digit those of the raw answer
since = exchange.parse8601("2026-01-01T00:00:00Z")
for timeframe in ["1M", "1w", "1d", "4h", "1h"]:
    got = exchange.fetch_ohlcv(SYMBOL, timeframe, since=since, limit=4)
    assert got == candles(interval=timeframe, startTime=since, limit=4), timeframe
    assert len(got) == 4 and got[0][0] >= since
    newest = exchange.fetch_ohlcv(SYMBOL, timeframe, limit=3)
    assert newest == candles(interval=timeframe, limit=3), timeframe
    assert newest[-1][0] <= exchange.fetch_time()

# paging as its users do it: from a start, by the last bar that came, to the end
days, cursor = [], 0
while True:
    page = exchange.fetch_ohlcv(SYMBOL, "1d", since=cursor, limit=1000)
    days += page
    if len(page) < 1000:
        break
    cursor = page[-1][0] + 1
# 2021-05-01 to 2026-04-30
assert len(days) == 1826, len(days)
assert [day[0] for day in days] == list(range(days[0][0], days[-1][0] + 1, 86_400_000))
assert days[0][0] == exchange.parse8601("2021-05-01T00:00:00Z")

# ticker and book
ticker = exchange.fetch_ticker(SYMBOL)
hours = exchange.fetch_ohlcv(SYMBOL, "1h", limit=24)
assert ticker["last"] == hours[-1][4] and ticker["open"] == hours[0][1]
assert (ticker["high"], ticker["low"]) == (max(h[2] for h in hours), min(h[3] for h in hours))
assert ticker["bid"] < ticker["ask"]
assert abs(ticker["percentage"] - 100 * (ticker["last"] / ticker["open"] - 1)) < 1e-6
assert set(exchange.fetch_tickers()) == set(markets)
book = exchange.fetch_order_book(SYMBOL, 20)
bids, asks = [row[0] for row in book["bids"]], [row[0] for row in book["asks"]]
assert len(bids) == len(asks) == 20
assert bids == sorted(bids, reverse=True) and asks == sorted(asks) and bids[0] < asks[0]
assert (bids[0], asks[0]) == (ticker["bid"], ticker["ask"])

# refusals
raises(ccxt.BadSymbol, lambda: exchange.public_get_klines({"symbol": "NOPEUSDT", "interval": "1h"}))
raises(ccxt.BadRequest, lambda: exchange.public_get_klines({"symbol": "BTCUSDT", "interval": "7h"}))
raises(ccxt.BadRequest, lambda: exchange.public_get_klines({"symbol": "BTCUSDT"}))

# weight: 80 for all tickers, 6000 a minute
used = int(header("x-mbx-used-weight-1m"))
for _ in range((6000 - used) // 80):
    exchange.fetch_tickers()
raises(ccxt.DDoSProtection, exchange.fetch_tickers)
assert 1 <= int(header("retry-after")) <= 61

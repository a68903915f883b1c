"""ccxt reads the simulated exchange, page by page, into memory.

usage: peer_ccxt.py URL SYMBOL...; repeats as often as each line of stdin says
"""

import sys

import ccxt

exchange = ccxt.binance({"enableRateLimit": False, "options": {"fetchMarkets": {"types": ["spot"]}}})
exchange.urls["api"]["public"] = f"{sys.argv[1]}/api/v3"
exchange.load_markets()


def read(symbol, timeframe):
    bars, since = 0, 0
    while True:
        page = exchange.fetch_ohlcv(symbol, timeframe, since=since, limit=1000)
        bars += len(page)
        if len(page) < 1000:
            return bars
        since = page[-1][0] + 1


for line in sys.stdin:
    for _ in range(int(line)):
        symbols = [symbol.replace("USDT", "/USDT") for symbol in sys.argv[2:]]
        print(sum(read(symbol, timeframe) for symbol in symbols for timeframe in ["1M", "1w", "1d", "4h", "1h"]))
    print(int(line), flush=True)

"""The clients meet the vendors' faults and know them for what they are.

usage: faults.py EXCHANGE MODEL MESSENGER
The exchange answers its time with 418, 451, 403 and 500 in turn, the model and the messenger with 429.
"""

import asyncio
import sys

import ccxt
import openai
import telegram

exchange_url, model_url, messenger_url = sys.argv[1:]


def raised(call):
    try:
        call()
    except Exception as error:
        return error
    raise AssertionError("no error")


exchange = ccxt.binance({"enableRateLimit": False})
exchange.urls["api"]["public"] = f"{exchange_url}/api/v3"
banned = raised(exchange.fetch_time)
assert isinstance(banned, ccxt.DDoSProtection), repr(banned)
restricted = raised(exchange.fetch_time)
assert isinstance(restricted, ccxt.ExchangeNotAvailable), repr(restricted)
assert "restricted location" in str(restricted)
firewall = raised(exchange.fetch_time)
assert isinstance(firewall, ccxt.ExchangeNotAvailable), repr(firewall)
broken = raised(exchange.fetch_time)
# its word for what may be tried again
assert isinstance(broken, ccxt.OperationFailed), repr(broken)
assert exchange.fetch_time() == exchange.parse8601("2026-04-30T04:00:00Z")

# one fault, and a client that tries again by itself
model = openai.OpenAI(base_url=model_url, api_key="any", max_retries=2)
answer = model.chat.completions.create(model="rule-analyst", messages=[{"role": "user", "content": "x"}])
assert answer.choices[0].finish_reason == "stop"


async def send():
    async with telegram.Bot("42:AbC", base_url=f"{messenger_url}/bot") as bot:
        try:
            await bot.send_message(7, "x")
        except telegram.error.RetryAfter as error:
            seconds = error.retry_after
            return getattr(seconds, "total_seconds", lambda: seconds)()


assert asyncio.run(send()) == 7

"""OpenAI's own client asks the simulated model: only its base URL is changed.

usage: model.py URL OHLCV SCHEMA CHART
Writes the report it was given to stdout.
"""

import base64
import json
import sys

import openai
import pydantic

url, ohlcv, schema, chart = sys.argv[1:]
read = lambda path: open(path, encoding="utf-8").read()

client = openai.OpenAI(base_url=url, api_key="any", max_retries=0)
assert "rule-analyst" in [model.id for model in client.models.list()]

with open(chart, "rb") as file:
    picture = "data:image/png;base64," + base64.b64encode(file.read()).decode()
messages = [
    {"role": "system", "content": "You read a market."},
    {
        "role": "user",
        "content": [
            {"type": "text", "text": f'<data-k7q2 kind="ohlcv">\n{read(ohlcv).strip()}\n</data-k7q2>'},
            {"type": "text", "text": "Chart: trend, shape only"},
            {"type": "image_url", "image_url": {"url": picture, "detail": "high"}},
        ],
    },
]
# json keeps the order of keys, and the order of the schema is that of the answer
strict = {"type": "json_schema", "json_schema": {"name": "report", "strict": True, "schema": json.loads(read(schema))}}


def ask(model="rule-analyst", client=client, **changes):
    sent = {"messages": messages, "response_format": strict, "max_completion_tokens": 8000, **changes}
    return client.chat.completions.create(model=model, **sent)


def raises(error, status, code, call):
    try:
        call()
    except error as raised:
        assert type(raised) is error, repr(raised)
        assert (raised.status_code, raised.code) == (status, code), repr(raised)
        return raised
    raise AssertionError(f"no {error.__name__}")


# a report
answer = ask()
(choice,) = answer.choices
assert (answer.object, choice.finish_reason, choice.message.role) == ("chat.completion", "stop", "assistant")
assert choice.message.refusal is None and not choice.message.tool_calls
usage = answer.usage
assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
details = usage.model_extra.get("prompt_tokens_details") or usage.prompt_tokens_details.model_dump()
assert usage.prompt_tokens > 1000 and details["image_tokens"] > 0
print(choice.message.content)

# the client's own way to a typed answer


class Answer(pydantic.BaseModel):
    verdict: str
    odds: int


typed = client.chat.completions.parse(model="rule-analyst", messages=messages, response_format=Answer)
assert isinstance(typed.choices[0].message.parsed, Answer)

# refused, cut off
assert ask("rule-analyst:refuse").choices[0].message.refusal
assert ask("rule-analyst:truncate").choices[0].finish_reason == "length"
assert ask(max_completion_tokens=10).choices[0].finish_reason == "length"

# tools
tool = {"type": "function", "function": {"name": "candles", "parameters": {"type": "object", "properties": {}}}}
called = ask("rule-analyst:endless_tools", tools=[tool]).choices[0]
assert called.finish_reason == "tool_calls" and called.message.tool_calls[0].function.name == "candles"
assert json.loads(called.message.tool_calls[0].function.arguments) is not None

# errors, each as its class
stranger = openai.OpenAI(base_url=url, api_key="invalid", max_retries=0)
raises(openai.AuthenticationError, 401, "invalid_api_key", lambda: ask(client=stranger))
limited = raises(openai.RateLimitError, 429, "rate_limit_exceeded", lambda: ask("rule-analyst:429"))
assert limited.response.headers["retry-after"] == "1"
raises(openai.InternalServerError, 500, "server_error", lambda: ask("rule-analyst:500"))
raises(openai.InternalServerError, 502, None, lambda: ask("rule-analyst:html"))
raises(openai.NotFoundError, 404, "model_not_found", lambda: ask("nobody"))
raises(openai.BadRequestError, 400, "unsupported_value", lambda: ask(stream=True))
broken = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]}]
raises(openai.BadRequestError, 400, "invalid_image", lambda: ask(messages=broken))
assert raises(openai.BadRequestError, 400, None, lambda: ask(messages=[])).param == "messages"

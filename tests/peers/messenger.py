"""python-telegram-bot sends to the simulated messenger: only its base URL is changed.

usage: messenger.py URL CHART
"""

import asyncio
import sys

import telegram
from telegram.constants import ParseMode

url, chart = sys.argv[1:]


async def raises(error, said, call):
    try:
        await call
    except error as raised:
        assert type(raised) is error and said in raised.message.lower(), repr(raised)
        return
    raise AssertionError(f"no {error.__name__}")


async def main():
    async with telegram.Bot("42:AbC-d_e", base_url=f"{url}/bot") as bot:
        me = await bot.get_me()
        assert (me.id, me.is_bot, me.username) == (42, True, "topdown_sim_bot")

        html = '📈 <b>BTCUSDT</b> 1w &amp; <a href="https://example.org/?a=1&amp;b=2">report</a>, <code>p &lt; 0.3</code>'
        sent = await bot.send_message(
            -100123,
            html,
            parse_mode=ParseMode.HTML,
            link_preview_options=telegram.LinkPreviewOptions(is_disabled=True),
            disable_notification=True,
        )
        assert sent.text == "📈 BTCUSDT 1w & report, p < 0.3", sent.text
        link = next(entity for entity in sent.entities if entity.type == "text_link")
        assert (sent.parse_entity(link), link.url) == ("report", "https://example.org/?a=1&b=2")
        # the client puts the text together again from the entities, but for what it does not escape in links
        assert sent.text_html.replace("1&b", "1&amp;b") == html, sent.text_html
        assert sent.chat.id == -100123 and sent.from_user.id == 42
        assert sent.date.isoformat().startswith("2026-04-30T04:0")

        page = "<p>1</p>\r\n--x\r\n币安人生".encode()
        sent = await bot.send_document(7, page, filename="report.html", caption="<i>1w</i>", parse_mode=ParseMode.HTML)
        assert (sent.document.file_name, sent.document.file_size) == ("report.html", len(page))
        assert sent.document.mime_type == "text/html"
        assert (sent.caption, sent.caption_html) == ("1w", "<i>1w</i>")
        second = await bot.send_message(7, "x")
        assert second.message_id == sent.message_id + 1

        with open(chart, "rb") as file:
            picture = file.read()
        width, height = (int.from_bytes(picture[at : at + 4], "big") for at in (16, 20))
        sent = await bot.send_photo(7, picture)
        assert (sent.photo[-1].width, sent.photo[-1].height) == (width, height)

        refused = telegram.error.BadRequest
        await raises(refused, "parse entities", bot.send_message(7, "<h1>x</h1>", parse_mode=ParseMode.HTML))
        await raises(refused, "parse entities", bot.send_message(7, "<b>x", parse_mode=ParseMode.HTML))
        await raises(refused, "is too long", bot.send_message(7, "x" * 4097))
        await raises(refused, "text is empty", bot.send_message(7, " "))
        await raises(refused, "caption is too long", bot.send_document(7, page, filename="a", caption="x" * 1025))
        await raises(refused, "chat_id is empty", bot.send_message("", "x"))
    await raises(telegram.error.InvalidToken, "", telegram.Bot("42:bad token", base_url=f"{url}/bot").initialize())


asyncio.run(main())

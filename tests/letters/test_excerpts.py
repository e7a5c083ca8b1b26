"""A long answer is cut around what it grants, asks and refuses, never in the middle of an offer, and says so."""

from __future__ import annotations

import pytest

from letters.lettercase import make_whole, write
from monitor.complaints.letters.excerpts import GAP, excerpt_reply
from monitor.complaints.letters.text import render_text

POLITE = (
    "亲，您这边反馈的问题我们已经登记了，这批卡是上游统一发的，我们也在跟上游核实，"
    "这期间请不要重复兑换，也不要把卡密发给别人，"
)


@pytest.mark.parametrize(
    "offer",
    [
        "我们核实以后如果确认是卡的问题，会给您补发同面值的卡或者原路退款",
        "也可以先给您退一半，另一半核实以后再退",
        "给您换一张新的",
        "愿意赔您10元优惠券",
        "这个退不了",
        "如果您提供录屏，可以给您退款",
    ],
)
@pytest.mark.parametrize("most", [60, 100])
def test_what_weighs_is_never_cut_off(offer: str, most: int) -> None:
    for text in (f"{POLITE * 2}{offer}", f"{POLITE}{offer}，{POLITE}", f"{offer}，{POLITE}{POLITE}"):
        told = excerpt_reply(text, most)
        assert offer in told and GAP in told and len(told) <= 3 * most + 2 * len(GAP)


def test_a_short_answer_stays_whole_and_one_that_grants_nothing_is_cut_at_its_room() -> None:
    assert excerpt_reply("不退", 60) == "不退"
    assert excerpt_reply(POLITE * 2, 40) == POLITE[:40] + GAP
    assert excerpt_reply(POLITE * 2, 0) == POLITE * 2


def test_an_answer_that_only_grants_keeps_what_fits_of_it() -> None:
    told = excerpt_reply("可以给您退一半，" * 60, 40)
    assert told.startswith("可以给您退一半") and len(told) <= 3 * 40 + len(GAP)


def test_letters_of_little_room_say_that_the_answer_is_an_excerpt() -> None:
    reply = f"{POLITE * 2}会给您补发同面值的卡或者原路退款"
    for kind in ("payment", "heimao"):
        text = render_text(write(kind, make_whole(seller_reply=reply)))
        assert "（节录）" in text and "会给您补发同面值的卡或者原路退款" in text
    assert "（节录）" not in render_text(write("demand", make_whole(seller_reply=reply)))
    assert render_text(write("payment", make_whole(seller_reply=reply)), 300)

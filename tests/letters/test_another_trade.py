"""A bill that is of another trade backs no sentence of a letter and no line of a cover, though one value in it fits."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from letters.lettercase import make_whole, write
from monitor.complaints.evidence.contradictions import contradicting_items
from monitor.complaints.evidence.exhibits import list_exhibits
from monitor.complaints.letters.text import render_text
from monitor.complaints.model import CaseFile
from monitor.complaints.pack.backing import SAID, Backing

OTHER = "商户全称 深圳另一家科技有限公司 金额 50.00元 交易单号 4200009999202601019999999999 支付时间 2026-01-01 10:00"
OWN = "商户全称 杭州某某网络科技有限公司 金额 50.00元 交易单号 4200002211202611101234567890 支付时间 2026-11-10 14:31"


def with_bill(text: str) -> CaseFile:
    file = make_whole(kinds=("wallet_bill", "failure"))
    bill = replace(file.items[0], text=text, text_source="chat")
    return replace(file, items=(bill, *file.items[1:]))


def test_it_marks_no_sentence_of_a_letter() -> None:
    file = with_bill(OTHER)
    assert contradicting_items(file)
    assert "付款50.00元。" in render_text(write("demand", file))
    assert "付款50.00元（证3-1）" in render_text(write("demand", with_bill(OWN)))


def test_it_backs_no_line_of_the_cover() -> None:
    for text, mark in ((OTHER, SAID), (OWN, "（证3-1）")):
        file = with_bill(text)
        assert Backing(file, list_exhibits(file)).amounts((Decimal("50.00"),)) == mark


@pytest.mark.parametrize("state", ["已全额退款", "状态：支付失败"])
def test_a_bill_whose_payment_does_not_stand_backs_no_line_of_the_cover(state: str) -> None:
    file = with_bill(f"{OWN}\n{state}")
    assert Backing(file, list_exhibits(file)).amounts((Decimal("50.00"),)) == SAID


def test_a_saved_page_backs_no_line_of_the_cover_for_its_style_may_hide_what_it_says() -> None:
    file = with_bill(OWN)
    page = replace(file, items=tuple(replace(one, text_source="html") for one in file.items))
    assert Backing(page, list_exhibits(page)).amounts((Decimal("50.00"),)) == SAID

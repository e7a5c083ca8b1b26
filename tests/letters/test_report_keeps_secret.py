"""A report without a name betrays nobody who paid, names its office, and keeps what touches no article apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from complaints.casefiles import ORDERED

from letters.lettercase import make_page, make_version, make_whole, write
from monitor.complaints.letters.text import render_text
from monitor.complaints.model import CaseFile


def reported(**facts: object) -> CaseFile:
    seen = make_version("c-1", ORDERED - timedelta(days=1), "最终解释权归本站所有。")
    return replace(make_whole(**facts), pages=(make_page(seen, None),))


def test_nothing_in_it_is_known_to_a_payer_only() -> None:
    file = reported(payee="*晓晨", url="https://xh88.test/order?no=XH20261110001&tel=13800138000")
    text = render_text(write("market_report", file))
    for told in ("晓晨", "XH20261110001", "13800138000", "账单", "林小明", "不具名"):
        assert told not in text, told
    assert "https://xh88.test/order" in text
    assert "举报人身份不公开" in text


def test_the_office_is_that_of_the_accused_address_to_be_checked() -> None:
    letter = write("market_report", reported())
    assert "余杭区" in letter.to
    assert any("收件机关" in note for note in letter.notes)

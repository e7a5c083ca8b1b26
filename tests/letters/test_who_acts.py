"""Of a minor the guardian is asked for his own telephone and address, by letters and by channels alike."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from complaints.casefiles import make_item

from letters.lettercase import FIRM, make_whole, write
from monitor.complaints.evidence.exhibits import list_exhibits
from monitor.complaints.filing.filing_blocks import find_blocks
from monitor.complaints.letters.text import render_text
from monitor.complaints.letters.write import find_letter_missing
from monitor.complaints.model import CaseFile
from monitor.config.complaints import ComplaintSettings
from storage.case import Person

SETTINGS = ComplaintSettings()
HOME = "浙江省杭州市西湖区文一路2号3幢401室"
PERSONAL = {"buyer_name", "buyer_own_name", "buyer_phone", "buyer_address", "guardian_name"}


def of_minor(guardian: Person, child: Person) -> CaseFile:
    return make_whole(minor=True, guardian=guardian, buyer=child, respondent=FIRM)


def asked_by_letter(kind: str, file: CaseFile) -> dict[str, str]:
    blocked = find_letter_missing(kind, file, list_exhibits(file), SETTINGS)
    return {one.field: one.mend for one in blocked.missing if one.field in PERSONAL} if blocked else {}


def asked_by_channel(channel: str, file: CaseFile) -> dict[str, str]:
    return {one.field: one.mend for one in find_blocks(file, channel, SETTINGS) if one.field in PERSONAL}


@pytest.mark.parametrize("kind", ["p12315", "market_complaint"])
def test_the_telephone_asked_for_is_the_guardians(kind: str) -> None:
    file = of_minor(Person("林建国"), Person("林小宝", "13800138000", HOME, born_on=date(2013, 5, 1)))
    for asked in (asked_by_letter(kind, file), asked_by_channel(kind, file)):
        assert set(asked) == {"buyer_phone"}  # the child's address is the family's: it is not asked for again
        assert "guardian.phone" in asked["buyer_phone"] and "buyer.phone" not in asked["buyer_phone"]


def test_a_grown_up_is_asked_for_his_own() -> None:
    file = make_whole(buyer=Person("林小明"))
    for asked in (asked_by_letter("p12315", file), asked_by_channel("p12315", file)):
        assert "buyer.phone" in asked["buyer_phone"] and "buyer.address" in asked["buyer_address"]


def test_letters_and_channels_ask_for_the_same_of_a_minor() -> None:
    for name, phone, address, child, home in product(*[("", "林建国"), ("", "13800138001"), ("", HOME),
                                                       ("", "林小宝"), ("", HOME)]):  # fmt: skip
        file = of_minor(Person(name, phone, address), Person(child, "", home))
        letter = {"buyer_name" if one == "buyer_own_name" else one for one in asked_by_letter("p12315", file)}
        assert letter == set(asked_by_channel("p12315", file)), (name, phone, address, child, home)


def test_the_letter_shows_the_guardian_with_the_family_address() -> None:
    file = of_minor(Person("林建国", "13800138001"), Person("林小宝", "", HOME))
    file = type(file)(**{**vars(file), "items": (*file.items, make_item("guardian_relation", text="林建国 林小宝"))})
    text = render_text(write("p12315", file))
    assert "法定代理人（监护人）：林建国" in text and f"通讯地址：{HOME}" in text and "13800138001" in text


def test_a_court_is_told_of_no_rule_that_binds_the_market_regulator() -> None:
    bare = make_whole(buyer=Person(""), what_happened="", kinds=())
    for kind, ruled in (("market_complaint", True), ("lawsuit", False), ("consumer_assoc", False)):
        blocked = find_letter_missing(kind, bare, list_exhibits(bare), SETTINGS)
        assert blocked is not None
        told = [article for one in blocked.missing for article in one.articles]
        assert any(one.startswith("tsjb") for one in told) is ruled, kind

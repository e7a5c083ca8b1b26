"""What an office goes by and only the buyer can say: whose trade, whether it stands, what came back, who has it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from complaints.casefiles import make_file, make_item, make_step
from letters.lettercase import make_whole, write

from monitor.complaints.filing.prefiling import check_before_filing
from monitor.complaints.letters.text import render_text
from monitor.complaints.model import CaseFile
from monitor.config.complaints import ComplaintSettings
from storage.case import Answer, Demand, DemandKind, Respondent

SETTINGS = ComplaintSettings()
SELLER = Respondent("杭州某某网络科技有限公司", "浙江省杭州市西湖区文三路100号")
FACTS = ("own_trade", "still_open", "money_back", "elsewhere")
UNKNOWN = dict.fromkeys(FACTS, Answer.UNKNOWN)
HALF = (Demand(DemandKind.REFUND, Decimal("20.00"), "差额"),)


def case(**facts: object) -> CaseFile:
    return replace(make_file(**{"respondent": SELLER, **facts}), items=(make_item("wallet_bill"),))


def blocks(file: CaseFile, channel: str = "p12315") -> dict[str, str]:
    return {one.field: f"{one.why} {one.mend}" for one in check_before_filing(file, channel, SETTINGS).blocks}


def test_what_was_declared_with_nothing_in_the_way_passes() -> None:
    assert blocks(case()) == {}


@pytest.mark.parametrize("channel", ["p12315", "market_complaint", "consumer_assoc"])
@pytest.mark.parametrize("name", FACTS)
def test_a_complaint_waits_for_every_answer_and_says_how_to_give_it(channel: str, name: str) -> None:
    found = blocks(case(**{name: Answer.UNKNOWN}), channel)
    assert set(found) == {"declared"} and f"{name}=" in found["declared"] and "照实" in found["declared"]
    assert all(f"{other}=" not in found["declared"] for other in FACTS if other != name)


def test_all_four_are_asked_for_in_one() -> None:
    found = blocks(case(**UNKNOWN))
    assert set(found) == {"declared"} and all(f"{name}=" in found["declared"] for name in FACTS)


@pytest.mark.parametrize("channel", ["platform", "heimao", "wechat_pay", "police", "market_report"])
def test_who_is_no_such_body_needs_no_declaration(channel: str) -> None:
    assert "declared" not in blocks(case(**UNKNOWN), channel)


def test_a_court_does_not_ask_who_mediates() -> None:
    assert "elsewhere=" not in blocks(case(**UNKNOWN), "court")["declared"]
    pending = replace(case(elsewhere=Answer.YES), steps=(make_step("p12315"),))
    assert "elsewhere" not in blocks(pending, "court")


def test_what_somebody_had_already_is_named_before_a_suit() -> None:
    assert "不能再诉" in blocks(case(elsewhere=Answer.YES), "court")["elsewhere"]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"own_trade": Answer.NO}, "own_trade"),
        ({"own_trade": Answer.PARTLY}, "own_trade"),
        ({"still_open": Answer.NO}, "story.refunded"),
        ({"still_open": Answer.PARTLY}, "story.refunded"),
        ({"money_back": Answer.YES}, "refunded"),
        ({"money_back": Answer.PARTLY}, "refunded"),
        ({"elsewhere": Answer.YES}, "elsewhere"),
        ({"elsewhere": Answer.PARTLY}, "elsewhere"),
    ],
)
def test_an_answer_that_stands_in_the_way_stops(facts: dict[str, object], field: str) -> None:
    assert set(blocks(case(**facts))) == {field}


@pytest.mark.parametrize("name", ["still_open", "money_back"])
def test_what_was_settled_in_part_passes_where_only_the_rest_is_asked(name: str) -> None:
    assert blocks(case(**{name: Answer.PARTLY}, demands=HALF)) == {}


def test_what_a_recorded_step_says_is_not_asked_again() -> None:
    rejected = make_step("p12315", outcome="rejected")
    file = replace(case(elsewhere=Answer.UNKNOWN), steps=(rejected,))
    assert "declared" not in blocks(file, "market_complaint")
    paid = replace(
        case(money_back=Answer.UNKNOWN, demands=HALF),
        steps=(make_step("platform", outcome="partly", returned=Decimal(30)),),
    )
    assert "declared" not in blocks(paid)


def test_a_letter_declares_only_what_the_buyer_declared() -> None:
    declared = render_text(write("p12315", make_whole()))
    assert "同一争议未被法院" in declared
    letter = write("p12315", make_whole(elsewhere=Answer.UNKNOWN))
    assert "同一争议未被" not in render_text(letter) and any("elsewhere=没有" in note for note in letter.notes)


def test_a_court_is_not_barred_by_a_complaint_that_is_still_pending() -> None:
    file = replace(case(), steps=(make_step("p12315"),))
    check = check_before_filing(file, "court", SETTINGS)
    assert not any(one.field.startswith("steps.") for one in check.blocks)
    assert any("法院不因此不收" in one and "第二十三条" in one for one in check.warnings)

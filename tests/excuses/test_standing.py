"""Where a clause stood around the order: all captures count, a day without a clock time proves no order in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from complaints.casefiles import ORDERED, make_file
from complaints.market import make_market

from excuses.pages import around, seen
from monitor.complaints.excuses import AnsweredExcuse, Standing, answer_excuses, list_cautions
from monitor.complaints.excuses.sights import PageHistory, Sight
from monitor.complaints.model import CaseFile
from monitor.times import SHANGHAI
from scrapers.model import Block, BlockKind, Origin, Role, Source
from scrapers.text import condense
from storage.case import Answer, Demand, DemandKind, Purpose

DAY = timedelta(days=1)
HARSH = "卡密一经售出，概不退换。"
FAIR = "卡密无效的，买家可以在7天内申请补发或退款。"
MIDNIGHT = datetime(2026, 11, 10, tzinfo=SHANGHAI).astimezone(UTC)  # as a day without a clock time is kept


def on(day: int, hour: int = 10) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=SHANGHAI).astimezone(UTC)


def past(*told: tuple[datetime, str]) -> PageHistory:
    sights = tuple(Sight(f"c-{at:%d%H}", at, Origin.OWN, condense(text), condense(text)) for at, text in told)
    return PageHistory(sights, whole=True)


def one(file: CaseFile, excuse: str, history: PageHistory | None = None) -> AnsweredExcuse:
    page = file.pages[0]
    answered = answer_excuses(file, {(page.url, page.vantage): history} if history else None)
    return next(found for found in answered if found.id == excuse)


def day_only_file() -> CaseFile:
    order = replace(make_file().case.facts.orders[0], ordered_at=MIDNIGHT, paid_at=MIDNIGHT)
    return make_file(orders=(order,), seller_reply="一经售出概不退换")


def test_captures_of_the_day_of_an_order_without_a_clock_time_decide_nothing() -> None:
    page = around(seen(FAIR, on(5)), seen(FAIR, on(10, 8)), seen(HARSH, on(10, 12)))
    history = past((on(5), FAIR), (on(10, 8), FAIR), (on(10, 12), HARSH))
    found = one(replace(day_only_file(), pages=(page,)), "no_refund", history)
    (clause,) = found.clauses
    assert clause.standing is Standing.SAME_DAY
    assert "时刻不详" in clause.statement and "不能断定" in clause.statement
    assert "下单以后" not in found.paste
    assert "存证" not in found.paste


def test_a_clause_absent_on_that_whole_day_and_there_later_may_still_be_later() -> None:
    page = around(seen(FAIR, on(5)), seen(FAIR, on(10, 8)), seen(HARSH, on(14)))
    history = past((on(5), FAIR), (on(10, 8), FAIR), (on(12), FAIR), (on(14), HARSH))
    clause = one(replace(day_only_file(), pages=(page,)), "no_refund", history).clauses[0]
    assert clause.standing is Standing.ADDED_AFTER
    unsure = past((on(5), FAIR), (on(10, 8), FAIR), (on(14), HARSH))
    assert one(replace(day_only_file(), pages=(page,)), "no_refund", unsure).clauses[0].standing is Standing.SAME_DAY


def test_a_clause_that_was_there_before_and_comes_back_was_not_added_later() -> None:
    page = around(seen(FAIR, on(9)), seen(FAIR, on(12)), seen(HARSH, on(14)))
    file = replace(make_file(seller_reply="一经售出概不退换"), pages=(page,))
    told = [(on(4), HARSH), (on(5), HARSH), (on(8), FAIR), (on(9), FAIR), (on(12), FAIR), (on(13), HARSH)]
    found = one(file, "no_refund", past(*told, (on(14), HARSH)))
    (clause,) = found.clauses
    assert clause.standing is Standing.ON_AND_OFF
    for part in ("2026-11-09", "2026-11-13", "2026-11-04", "时有时无"):
        assert part in clause.statement
    for word in ("最早见于", "才出现", "下单以后"):
        assert word not in clause.statement + found.paste


def test_a_clause_that_went_again_is_told_to_be_gone_and_the_captures_without_it_are_no_proof_of_it() -> None:
    page = around(seen(FAIR, on(1)), seen(HARSH, on(12)), seen(FAIR, on(21)))
    file = replace(make_file(), pages=(page,))
    told = [(on(1), FAIR), (on(12), HARSH), (on(15), FAIR), (on(17), HARSH), (on(20), FAIR), (on(21), FAIR)]
    (clause,) = one(file, "no_refund", past(*told)).clauses
    for part in ("2026-11-15 10:00未显示", "2026-11-17 10:00显示", "2026-11-20 10:00未显示"):
        assert part in clause.statement
    assert clause.captures == ("c-1202",)
    assert "c-2102" not in (*clause.captures, *clause.absent)


@pytest.mark.parametrize("block", [
    Block(BlockKind.TERMS, HARSH, source=Source.HIDDEN),
    Block(BlockKind.TERMS, HARSH, concealed="display:none"),
])  # fmt: skip
def test_hidden_words_on_both_sides_are_never_said_to_be_shown(block: Block) -> None:
    sides = [seen(HARSH, ORDERED - DAY), seen(HARSH, ORDERED + DAY)]
    hidden = [replace(one, reading=replace(one.reading, blocks=(block,))) for one in sides]
    clause = one(replace(make_file(), pages=(around(*hidden),)), "no_refund").clauses[0]
    assert clause.standing is Standing.CONCEALED
    assert clause.quote == ""
    assert "均显示" not in clause.statement


def test_a_clause_is_quoted_with_the_sentence_that_takes_it_back() -> None:
    text = "卡密一经售出概不退换。但卡密无效、已被使用的，凭录屏全额退款。"
    page = around(seen(text, ORDERED - DAY), seen(text, ORDERED + DAY))
    found = one(replace(make_file(seller_reply="概不退换"), pages=(page,)), "no_refund")
    assert "凭录屏全额退款" in found.clauses[0].but
    assert "存证）同时写明" in found.paste


FEE = "本站点卡为未激活卡，付款后须另付激活费30元方可使用。"


def test_a_fee_that_the_terms_name_is_not_said_to_be_unagreed() -> None:
    page = around(seen(FEE, ORDERED - DAY), seen(FEE, ORDERED + DAY))
    file = make_file(seller_reply="激活费30元请补上", extra_name="激活费")
    found = one(replace(file, pages=(page,)), "fee")
    assert found.clauses[0].standing is Standing.BOTH_SIDES
    assert "激活费30元" in found.clauses[0].quote
    assert "没有约定" not in found.paste
    assert "提示" in found.paste
    assert any("mfd-496" in [law.id for law in reason.articles] for reason in found.why)
    assert not any("约定之外再收费" in reason.says for reason in found.why)
    free = around(seen("本站交易免激活费。", ORDERED - DAY), None)
    assert one(replace(file, pages=(free,)), "fee").clauses == ()
    other = around(seen("提现手续费为百分之一。", ORDERED - DAY), None)
    assert one(replace(file, pages=(other,)), "fee").clauses == ()


def test_no_paste_says_more_than_the_buyer_did() -> None:
    reply = "不退不换，只换不退，最终解释权归本站，超过售后期，余额不退，再投诉就拉黑"
    refund = (Demand(DemandKind.REFUND),)
    for purpose in Purpose:
        for found in answer_excuses(make_file(seller_reply=reply, purpose=purpose, used=Answer.YES, demands=refund)):
            for word in ("依法无效", "与约定不符", "依法应", "我可以接受补发", "条款无效"):
                assert word not in found.paste, (found.id, found.paste)
            if purpose is not Purpose.LIVING:
                assert "消费者" not in found.paste
    swap = (Demand(DemandKind.REPLACE),)
    found = next(
        one for one in answer_excuses(make_file(seller_reply="只换不退", demands=swap)) if one.id == "replace_only"
    )
    assert "可以接受补发" in found.paste


def test_who_says_that_the_buyer_did_it_has_to_prove_it() -> None:
    found = next(one for one in answer_excuses(make_file(seller_reply="是您操作不当")) if one.id == "user_fault")
    proof = next(reason for reason in found.why if "举证" in reason.says)
    assert [law.id for law in proof.articles] == ["msfjs-90"]
    sent = next(one for one in answer_excuses(make_file(seller_reply="系统显示已发货")) if one.id == "sent")
    assert "dsf-20" not in [law.id for reason in sent.why for law in reason.articles]


def test_the_command_looks_at_all_captures_of_the_archive(tmp_path: Path) -> None:
    market, now = make_market(tmp_path), datetime.now(UTC)
    archive = market.open()
    for days, text in ((30, HARSH), (29, HARSH), (20, FAIR), (18, FAIR), (12, FAIR), (6, HARSH), (5, HARSH)):
        url = "https://xh88-shop.com/terms"
        market.visit(archive, "星河卡盟", url, Role.TERMS, f"<p>{text}</p>", now - days * DAY)
    archive.close()
    words = (
        "--platform",
        "星河卡盟",
        "--paid",
        "50 微信商家",
        "--what",
        "卡密无效",
        "--when",
        "15天前",
        "--no-capture",
    )
    case = market.ask("quick", *words)["case"]
    told = market.ask("case", "excuses", case, "--reply", "不退不换")
    (clause,) = next(one for one in told["excuses"] if one["id"] == "no_refund")["clauses"]
    assert clause["standing"] == "on_and_off"
    assert (now - 30 * DAY).astimezone(SHANGHAI).strftime("%Y-%m-%d") in clause["statement"]


def test_an_advertisement_of_the_day_of_an_order_without_a_clock_time_proves_nothing() -> None:
    page = around(seen(FAIR, on(5)), seen(HARSH, on(10, 12)))
    assert page.after is not None
    file = day_only_file()
    facts = replace(file.case.facts, advert_relied_on=page.after.capture)
    cautions = list_cautions(replace(file, case=replace(file.case, facts=facts), pages=(page,)))
    assert any("同一天" in one and "不能断定" in one for one in cautions)
    assert not any("晚于下单" in one for one in cautions)

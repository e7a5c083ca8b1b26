"""What a case lacks: by problem and situation, through items, captures and answers; in order, never scored."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from complaints.casefiles import NOW, ORDERED, make_file, make_item, make_step

from monitor.complaints.evidence.checklist import (
    list_missing,
    list_present,
    list_wanted,
    load_checklist,
    what_to_keep,
)
from monitor.complaints.evidence.evidence_kinds import load_kinds
from monitor.complaints.model import CaseFile, PageAround, SeenVersion
from scrapers.model import Fact, FactKind, Origin, Reading, Role
from storage.case import Answer, Demand, DemandKind, PaymentForm, Person, ProblemKind, Purpose


def missing(file: CaseFile) -> list[str]:
    return [one.field for one in list_missing(file)]


def seen(role: Role, moment: datetime, *kinds: FactKind) -> SeenVersion:
    facts = tuple(Fact("", kind, "7天", "7天") for kind in kinds)
    reading = Reading("generic", 0.5, "2026.11.1", "标题", "卡密无效包换", facts)
    return SeenVersion("c-1", "p-1", "https://xh88.test/buy/12", role, "desktop", moment, Origin.OWN, "标题", reading)


def page(role: Role, *, before: SeenVersion | None = None, after: SeenVersion | None = None) -> PageAround:
    return PageAround("https://xh88.test/buy/12", role, "desktop", before, after, None, "", None, None, None)


@pytest.mark.parametrize("problem", list(ProblemKind))
def test_every_problem_has_a_list_with_reasons_and_ways(problem: ProblemKind) -> None:
    table, kinds = load_checklist(), load_kinds()
    wanted = table.wants[problem]
    assert len(wanted) == len(set(wanted)) >= 10
    assert set(wanted) <= set(kinds)
    assert "order" in wanted and "wallet_bill" in wanted
    for one in list_missing(make_file(problem=problem, contacted_at=None)):
        assert one.why.endswith(("。", "）", "”")) or not one.why.endswith("，")
        assert len(one.why) >= 10 and len(one.mend) >= 10
        assert "\n" not in one.why


def test_the_tables_name_only_kinds_that_are_there() -> None:
    table, kinds = load_checklist(), set(load_kinds())
    assert set(table.why) == kinds
    for situation in table.situations:
        assert {*situation.wants, *situation.why, *situation.how, *situation.more, *situation.drop} <= kinds
        assert situation.place in ("first", "last") or situation.place.partition(":")[2] in kinds
    for kind, others in table.also.items():
        assert {kind, *others} <= kinds
    for problem in ProblemKind:
        assert set(table.why_here[problem]) <= kinds


def test_kinds_cover_all_stages_and_groups() -> None:
    kinds = load_kinds().values()
    assert {kind.stage.value for kind in kinds} == {"before", "during", "after"}
    assert {kind.group.value for kind in kinds} == set("123456")
    assert all(kind.shows and kind.how_to_get for kind in kinds)


def test_an_item_takes_its_line_away_and_so_does_one_that_is_as_good() -> None:
    file = make_file()
    assert {"failure", "wallet_bill", "voucher", "chat"} <= set(missing(file))
    items = (make_item("failure"), make_item("wallet_bill"), make_item("demand_chat"))
    assert not {"failure", "wallet_bill", "voucher", "chat", "first_complaint"} & set(
        missing(replace(file, items=items))
    )
    removed = replace(file, items=(replace(items[0], removed_at=NOW),))
    assert "failure" in missing(removed)


def test_a_capture_before_the_order_stands_for_the_page_and_one_after_does_not() -> None:
    early = seen(Role.PRODUCT, ORDERED - timedelta(days=1), FactKind.SPEC, FactKind.AFTER_SALES, FactKind.VALIDITY)
    file = replace(make_file(problem=ProblemKind.EXPIRED_KEY), pages=(page(Role.PRODUCT, before=early),))
    assert {"product_page", "spec", "after_sales_promise", "validity"} <= list_present(file)
    assert not {"product_page", "validity"} & set(missing(file))
    late = replace(file, pages=(page(Role.PRODUCT, after=replace(early, seen_at=ORDERED + timedelta(days=1))),))
    told = {one.field: one.why for one in list_missing(late)}
    assert "只有下单后2026-11-11 14:30的抓取" in told["product_page"]
    terms = replace(file, pages=(page(Role.TERMS, before=seen(Role.TERMS, ORDERED - timedelta(days=1))),))
    assert list_present(terms) == {"after_sales_promise"}


def test_what_matters_most_comes_first() -> None:
    assert missing(make_file())[:2] == ["failure", "order"]
    assert missing(make_file(problem=ProblemKind.PLATFORM_GONE))[0] == "wallet_bill"
    assert missing(make_file(problem=ProblemKind.BALANCE_FROZEN))[0] == "balance_record"


def test_a_minor_needs_proof_of_the_guardian() -> None:
    found = missing(make_file(minor=True))
    assert found.index("guardian_relation") < found.index("demand_chat")
    assert "guardian_relation" not in missing(make_file())


def test_somebody_who_acts_for_another_needs_his_authority_first() -> None:
    file = make_file(helper=Person("王某"))
    assert missing(file)[0] == "authorisation"
    assert "authorisation" not in missing(make_file(helper=Person("王某"), consent="e-20261123T040000-x"))


def test_the_payment_form_decides_what_shows_the_payment() -> None:
    assert "wallet_bill" not in list_wanted(make_file(payment=PaymentForm.USDT))
    told = {one.field: one for one in list_missing(make_file(payment=PaymentForm.USDT))}
    assert "哈希" in told["voucher"].mend
    personal = {one.field: one for one in list_missing(make_file(payment=PaymentForm.PERSONAL_CODE))}
    assert "个人账户" in personal["wallet_bill"].why
    balance = {one.field: one for one in list_missing(make_file(payment=PaymentForm.BALANCE))}
    assert "充值" in balance["wallet_bill"].why
    assert "balance_record" in balance


def test_use_says_where_the_traces_stand() -> None:
    assert missing(make_file(used=Answer.PARTLY))[0] == "use_trace"
    told = {one.field: one.why for one in list_missing(make_file())}
    assert "自用而不是转卖" in told["use_trace"]
    resale = {one.field: one.why for one in list_missing(make_file(purpose=Purpose.RESALE))}
    assert "自用" not in resale["use_trace"]


def test_what_cannot_be_there_yet_is_not_asked_for() -> None:
    assert not {"refusal", "reply"} & set(missing(make_file(contacted_at=None)))
    assert "reply" in missing(make_file(seller_reply="我们核实一下", replied_at=NOW))
    assert "refusal" in missing(make_file(problem=ProblemKind.REFUSED_AFTER_SALES))


def test_demands_and_steps_ask_for_their_own_proof() -> None:
    fraud = make_file(demands=(Demand(DemandKind.FRAUD, Decimal(500)),))
    assert "advert" in missing(fraud)
    assert "advert" not in missing(make_file(demands=fraud.case.facts.demands, advert_relied_on="c-1"))
    filed = replace(make_file(), steps=(make_step("p12315"),))
    assert missing(filed)[0] == "receipt"
    assert "receipt" not in missing(replace(filed, steps=(make_step("p12315", proof=("e-1",)),)))
    assert "loss" in missing(make_file(extra_asked=Decimal(30)))


def test_nothing_is_scored_and_no_refund_is_promised() -> None:
    every = [make_file(problem=problem) for problem in ProblemKind]
    text = "".join(one.why + one.mend for file in every for one in list_missing(file)) + "".join(what_to_keep())
    for word in ("评分", "分数", "保证退款", "一定能", "必定", "构成诈骗"):
        assert word not in text
    assert any("勿" in one or "不要删除聊天" in one for one in what_to_keep())
    assert any("录屏" in one for one in what_to_keep())


def test_the_same_file_gives_the_same_list() -> None:
    file = make_file(noticed_at=datetime(2026, 11, 10, 8, tzinfo=UTC))
    assert list_missing(file) == list_missing(file)


TALK = "2026-11-10 16:00 我：卡密无效，请退款\n2026-11-10 16:20 客服：虚拟商品一经售出概不退换\n"


def in_chat(text: str, kind: str = "chat") -> frozenset[str]:
    return list_present(replace(make_file(), items=(make_item(kind, text=text),)))


def test_what_stands_in_a_chat_is_not_asked_for_again() -> None:
    assert {"demand_chat", "reply", "refusal"} <= in_chat(TALK)
    file = make_file(seller_reply="概不退换", replied_at=ORDERED + timedelta(hours=2))
    assert {"demand_chat", "refusal"} & set(missing(replace(file, items=(make_item("chat", text="你好"),))))
    assert not {"demand_chat", "reply", "refusal"} & set(missing(replace(file, items=(make_item("chat", text=TALK),))))


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("2026-11-10 16:00 客服：虚拟商品一经售出概不退换\n", set()),  # nobody had asked for anything
        ("2026-11-10 16:00 我：卡密无效，请退款\n", {"demand_chat"}),
        ("请退款\n概不退换\n", set()),  # bubbles without names
        ("2026-11-10 16:00 我：卡密无效，请退款\n2026-11-10 16:01 客服：稍等我核实一下\n", {"demand_chat", "reply"}),
    ],
)
def test_only_words_of_a_known_speaker_count(text: str, there: set[str]) -> None:
    assert in_chat(text) & {"demand_chat", "reply", "refusal"} == there

"""Where a name is known from is said as it is; a payee accuses nobody; what is told of a problem is what was seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from complaints.casefiles import NOW, ORDERED, make_step
from routing.whofiles import FIRM as FOUND
from routing.whofiles import make_who, respondent

from letters.lettercase import FIRM, make_page, make_version, make_whole, write
from letters.test_support import holding, text_of
from monitor.complaints.evidence.exhibits import list_exhibits
from monitor.complaints.letters.text import render_text
from monitor.complaints.letters.write import Extra, write_letter
from monitor.complaints.model import CaseFile, Exhibit, ExhibitGroup
from monitor.config.complaints import ComplaintSettings
from monitor.operators.proofs import ProofRow, Strength
from monitor.operators.respondents import RespondentRole
from monitor.operators.seller_role import SellerRole
from storage.case import Answer, Order, PaymentForm, ProblemKind, Respondent

DAY = timedelta(days=1)


def reported(**facts: object) -> CaseFile:
    seen = make_version("c-1", ORDERED - DAY, "最终解释权归本站所有。")
    kinds = facts.pop("kinds", ("order",))
    return replace(make_whole(kinds=kinds, **facts), pages=(make_page(seen, None),))  # type: ignore[arg-type]


def test_report_says_that_a_typed_name_is_the_reporters_and_unchecked() -> None:
    text = text_of("market_report", reported())
    assert FIRM.name in text
    assert "名称和地址的来源：据举报人了解，未经核实" in text and "公开及登记信息" not in text


def test_a_kept_look_up_is_the_source_that_the_complaint_names_too() -> None:
    row = Exhibit("1-2", ExhibitGroup.SUBJECT, "q-1", "lookup", "subject", "主体", "", FIRM.name, None)
    file = reported()
    letter = write_letter("market_report", file, (*list_exhibits(file), row), ComplaintSettings())
    assert "名称和地址的来源：查得的登记、核验结果；是否即为实际经营者请核查（证1-2）" in render_text(letter)


def test_report_accuses_no_firm_that_only_took_the_money() -> None:
    file = reported(respondent=Respondent())
    for open_name in (True, False):
        text = text_of("market_report", file, Extra(disclose_reporter=open_name))
        assert "名称：杭州某某网络科技有限公司" not in text and "未查明经营者名称" in text


def test_payee_without_a_bill_that_names_him_is_the_writers_word() -> None:
    bare = make_whole(respondent=Respondent("", "浙江省杭州市余杭区某街道2号"), kinds=("order",))
    text = text_of("ask_payee", bare)
    assert "登记信息" not in text
    report = text_of("market_report", replace(bare, pages=reported().pages), Extra(disclose_reporter=True))
    assert "收款方（据付款人所述）" in report


def test_police_read_that_the_seller_called_itself_so_only_where_it_did() -> None:
    assert f"报案人填写的卖家名称 | {FIRM.name}" in text_of("police", make_whole())
    chat = f"2026-11-10 16:40 客服：我们是{FIRM.name}"
    said = text_of("police", holding(make_whole(kinds=("order", "chat")), chat=chat))
    assert f"对方自称 | {FIRM.name}（证5-1）" in said


def test_papers_for_an_office_hold_no_advice_to_their_writer() -> None:
    fee = {"problem": ProblemKind.EXTRA_FEE, "extra_asked": Decimal(30), "extra_name": "激活费"}
    gone = {"problem": ProblemKind.PLATFORM_GONE}
    for facts in (fee, gone):
        text = text_of("police", make_whole(**facts, what_happened="对方要先交解冻金才退，打不开了。"))
        for word in ("不要再付", "您说", "可以不付", "先保全"):
            assert word not in text


def test_site_that_a_later_capture_opened_is_not_told_as_gone_for_good() -> None:
    seen = make_version("c-2", ORDERED + 10 * DAY, "最终解释权归本站所有。")
    file = replace(make_whole(problem=ProblemKind.PLATFORM_GONE), pages=(make_page(None, seen),))
    text = text_of("demand", file)
    assert "本人发现问题；打不开平台或没有人答复" in text
    assert "其后在2026-11-20 14:30:00 +08:00的抓取中，xh88.test的售后条款页面可以打开（证2-1）" in text


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"problem": ProblemKind.USED_KEY, "used": Answer.UNKNOWN}, "收到的卡密兑换时提示已被使用"),
        ({"problem": ProblemKind.USED_KEY, "used": Answer.NO}, "收到的卡密兑换时提示已被使用"),
        ({"problem": ProblemKind.ACCOUNT_LOST}, "兑换到的商品后来被收回或停用"),
        (
            {"problem": ProblemKind.ACCOUNT_LOST, "orders": (Order("XH1", "某游戏成品号", Decimal(50), 1, ORDERED),)},
            "所购账号被找回或停用",
        ),
    ],
)
def test_problem_is_told_as_far_as_the_buyer_knows_it(facts: dict[str, object], told: str) -> None:
    assert told in text_of("demand", make_whole(**facts))


def test_key_that_was_good_when_it_came_is_no_bad_quality() -> None:
    late = {"problem": ProblemKind.EXPIRED_KEY, "valid_until": ORDERED + 10 * DAY}
    letter = write("demand", make_whole(**late))
    assert "第二十三条" not in text_of("demand", make_whole(**late))
    assert any("还在有效期内" in note for note in letter.notes)
    assert "第二十三条" in text_of("demand", make_whole(problem=ProblemKind.EXPIRED_KEY))


def test_payee_of_a_transfer_is_asked_for_as_a_person() -> None:
    text = text_of("ask_payee", make_whole(payment=PaymentForm.PERSONAL_CODE))
    assert "收款账户" in text and "统一社会信用代码" not in text


def test_words_of_a_guardian_are_told_as_his() -> None:
    file = make_whole(minor=True, guardian=make_whole().case.facts.buyer, what_happened="孩子拿我手机买的。")
    assert "监护人陈述：孩子拿我手机买的" in text_of("demand", file)


def test_shop_on_a_platform_is_the_other_party_and_the_platform_is_asked_for_it() -> None:
    shop = Respondent("南昌快充网络科技有限公司", "江西省南昌市红谷滩区某道1号", shop="快充小店")
    who = make_who(respondent(RespondentRole.PLATFORM_OPERATOR), seller=SellerRole.PLATFORM)
    file = replace(make_whole(respondent=shop), who=who)
    text = text_of("demand", file)
    assert "“对方”指在平台上销售该商品的店铺“快充小店”" in text and "提供店铺经营者的真实名称" in text
    assert write("heimao", file).title.startswith("星河卡盟的店铺：")


def test_platform_that_named_no_shop_is_accused_with_the_reason() -> None:
    who = make_who(respondent(RespondentRole.PLATFORM_OPERATOR), seller=SellerRole.PLATFORM)
    step = make_step("platform", outcome="refused", due_at=NOW - DAY)
    file = replace(make_whole(respondent=Respondent(shop="快充小店")), who=who, steps=(step,))
    text = text_of("p12315", file)
    assert "【以平台为被投诉人的理由】" in text and "平台没有提供" in text and "《消费者权益保护法》第四十四条" in text


def test_result_of_a_look_up_is_named_as_one_and_marked() -> None:
    found = replace(respondent(), rows=(looked_up("e-20261120T100000-aaaaaaaa"),))
    file = replace(make_whole(respondent=Respondent(), payee="", kinds=("order",)), who=make_who(found))
    text = text_of("p12315", file)
    assert f"名称：{FOUND}（证1-1）" in text
    assert "名称和地址的来源：查得的登记、核验结果（证1-1）" in text
    assert "没有编入证据" not in text


def looked_up(proof: str) -> ProofRow:
    """What was looked up by hand, with the picture that was kept of it."""
    told = f"2026-11-20在国家企业信用信息公示系统以“{FOUND}”查得名称：{FOUND}"
    return ProofRow(
        Strength.LINKED, "company", FOUND, "xh88.test", "verified", "", ORDERED, ORDERED, (proof,), True, told
    )

"""The first page asks and accuses as the letters do; a report leads nowhere, and a complaint not to the report."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from complaints.casefiles import make_file, make_item, make_step

from monitor.complaints.evidence.exhibits import list_exhibits
from monitor.complaints.letters.kinds import letter_kinds
from monitor.complaints.model import (
    Audience,
    Block,
    BlockKind,
    CaseFile,
    Letter,
    Masking,
    PlannedStep,
    Sentence,
    SentenceKind,
)
from monitor.complaints.pack.backing import Backing
from monitor.complaints.pack.first_page import render_first_page
from monitor.complaints.pack.letter_words import find_requests
from monitor.complaints.pack.masks import Masker
from monitor.complaints.pack.office import find_office
from monitor.complaints.pack.reporter import leave_out_own, leave_out_report
from monitor.complaints.routing.channels import load_channels
from storage.case import Respondent

DAY = date(2026, 11, 23)
COMPLAINT = PlannedStep("p12315", "全国12315平台（投诉）", 2, 1, "", "现在")
REPORT = PlannedStep("market_report", "市场监管 举报", 3, 1, "", "现在")


def letter(kind: str, *blocks: Block) -> Letter:
    return Letter(kind, kind, "受理机关", blocks, DAY)


def asks(title: str, *texts: str) -> Block:
    return Block(BlockKind.ITEMS, title, tuple(Sentence(text, SentenceKind.DEMAND) for text in texts))


def page_of(file: CaseFile, step: PlannedStep, *letters: Letter, anonymous: bool = False) -> str:
    backing = Backing(file, list_exhibits(file))
    html = render_first_page(file, step, backing, ["证据目录"], str, letters=letters, anonymous=anonymous)
    return re.sub(r"<[^>]+>", "", html.replace("</tr>", "\n").replace("</li>", "\n").replace("</p>", "\n"))


def test_the_page_asks_exactly_what_the_main_letter_asks() -> None:
    records = letter("ask_records", asks("请求", "请提供记录"))
    main = letter("p12315", asks("投诉请求", "请求被投诉人将50.00元退至原支付方式"), asks("期限", "请书面答复"))
    assert find_requests([records, main]) == ("请求被投诉人将50.00元退至原支付方式",)
    page = page_of(make_file(), COMPLAINT, records, main)
    asked = page.partition("请求")[2].partition("此前已在何处提出")[0]
    assert "请求被投诉人将50.00元退至原支付方式" in asked
    assert "惩罚性赔偿" not in asked


def test_an_answer_is_marked_as_the_letter_marks_it() -> None:
    told = Block(BlockKind.PARAGRAPH, "协商经过", (Sentence("对方答复：“概不退换”", marks=("5-1",)),))
    page = page_of(make_file(seller_reply="概不退换"), COMPLAINT, letter("p12315", told))
    assert "“概不退换”（证5-1）" in page
    bare = replace(told, sentences=(Sentence("对方答复：“概不退换”"),))
    assert "“概不退换”（据本人陈述）" in page_of(make_file(seller_reply="概不退换"), COMPLAINT, letter("p12315", bare))


def test_a_reports_page_names_no_buyer_no_payee_and_speaks_of_a_reporter() -> None:
    accused = Block(BlockKind.FIELDS, "被举报人", rows=((Sentence("平台或网站"), Sentence("xh88.test")),))
    acts = Block(
        BlockKind.TABLE, "涉嫌违法的行为", rows=((Sentence("1"), Sentence("格式条款：最终解释权：该页面写明")),)
    )
    file = make_file()
    page = page_of(file, REPORT, letter("market_report", accused, acts), anonymous=True)
    assert "可能涉及：格式条款：最终解释权" in page
    assert "xh88.test" in page
    for word in ("投诉人", "据本人陈述", "收款方", file.case.facts.payee or "收款方", file.case.facts.buyer.name):
        assert word not in page, word


def test_the_cover_of_a_report_names_whom_its_letter_names_though_a_bill_does_too() -> None:
    file = make_file()
    named = (Sentence("名称"), Sentence(file.case.facts.payee))
    accused = Block(BlockKind.FIELDS, "被举报人", rows=(named, (Sentence("平台或网站"), Sentence("xh88.test"))))
    assert f"名称：{file.case.facts.payee}" in page_of(file, REPORT, letter("market_report", accused), anonymous=True)


def test_the_cover_says_of_a_child_that_he_used_nothing_not_of_his_guardian() -> None:
    assert "购买人未使用该商品" in page_of(make_file(minor=True), COMPLAINT, letter("p12315"))
    assert "本人未使用该商品" in page_of(make_file(), COMPLAINT, letter("p12315"))


def test_a_complaint_leaves_out_the_report_and_its_receipt() -> None:
    own, other = make_item("receipt"), make_item("receipt", id="i-2", evidence="e-20261123T040000-two")
    steps = (
        make_step("market_report", receipt_no="A1", proof=(own.evidence,)),
        make_step("platform", proof=(other.evidence,)),
    )
    file: CaseFile = replace(make_file(), items=(own, other), steps=steps)
    left = leave_out_report(file, "p12315", disclose=False)
    assert [step.channel for step in left.steps] == ["platform"]
    assert [item.id for item in left.items] == ["i-2"]
    assert own.evidence not in [one.id for one in list_exhibits(left)]
    assert "A1" not in page_of(left, COMPLAINT)
    assert leave_out_report(file, "p12315", disclose=True) == file
    assert leave_out_report(file, "market_report", disclose=False) == file


def test_a_receipt_that_proves_another_filing_too_stays() -> None:
    both = make_item("receipt")
    steps = (make_step("market_report", proof=(both.evidence,)), make_step("p12315", proof=(both.evidence,)))
    file: CaseFile = replace(make_file(), items=(both,), steps=steps)
    assert leave_out_report(file, "court", disclose=False).items == (both,)


def test_a_report_has_accused_and_none_complained_of() -> None:
    exhibit = replace(
        next(iter(list_exhibits(replace(make_file(), items=(make_item("subject"),))))),
        kind="subject",
        form="lookup",
        name="被投诉人主体材料（2026-11-10查询）",
    )
    [told] = leave_out_own([exhibit])
    assert told.name == "被举报人主体材料（2026-11-10查询）"


def test_an_office_is_not_spoken_to_as_the_writer() -> None:
    file = make_file(respondent=Respondent("杭州某某网络科技有限公司", "浙江省杭州市西湖区文三路1号", "", ""))
    why = find_office(file, load_channels()["p12315"]).why
    assert "您" not in why
    assert "西湖区" in why
    assert "第十三条" in why
    assert "第十二条" not in why


def test_a_letter_without_secrets_counts_nothing_masked_whatever_its_kind_is_called() -> None:
    for kind in letter_kinds():
        masker = Masker(Masking(Audience.AUTHORITY))
        made = letter(kind, asks("请求", "请退回50元"))
        made = replace(made, title="投诉")
        assert masker.value(made, "文书") == made and masker.counts == ()
    masker = Masker(Masking(Audience.AUTHORITY))
    told = masker.value(letter("p12315", asks("请求", "请退到 13800138000")), "文书")
    assert "13800138000" not in str(told) and masker.counts

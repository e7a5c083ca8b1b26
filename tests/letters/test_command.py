"""`case letter`: on the screen, to files, as JSON, and what it says when something is missing."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pypdf
import pytest
from complaints.casefiles import NOW, ORDERED, make_facts
from complaints.market import Market, make_market
from PIL import Image

from letters.lettercase import BUYER, FIRM
from monitor.cli.case_letter import DRAFT, NOTES_LINE
from scrapers.model import Role
from storage.case import Case, Respondent
from storage.cases import keep_case

_TERMS = "<h1>售后规则</h1><p>一、卡密无效的，7天内包换或者全额退款。</p><p>二、最终解释权归本站所有。</p>"


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Market:
    folder = tmp_path_factory.mktemp("letters") / "market"
    made = make_market(folder)
    with closing(made.open()) as archive:
        for days in (-1, 1):
            made.visit(
                archive, "星河卡盟", "https://xh88.test/help", Role.TERMS, _TERMS, ORDERED + timedelta(days=days)
            )
        with archive.database.writing() as session:
            keep_case(session, Case("k-20261123T040000-aaaaaaaa", NOW, NOW, make_facts(respondent=FIRM, buyer=BUYER)))
            bare = make_facts(respondent=Respondent(), payee="", platform="无名站", url="")
            keep_case(session, Case("k-20261124T040000-bbbbbbbb", NOW, NOW, bare))
    for place, kind in enumerate(("order", "wallet_bill")):
        Image.effect_noise((200, 300), 40 + place * 20).save(folder / f"{kind}.png")
        assert made.run("case", "add", "k-20261123", str(folder / f"{kind}.png"), "--kind", kind).exit_code == 0
    bill = folder / "bill.txt"
    bill.write_text("交易单号 4200002211202611101234567890\n金额 50.00\n", encoding="utf-8")
    assert made.run("case", "add", "k-20261123", str(bill), "--kind", "wallet_bill").exit_code == 0
    return made


def test_letter_on_the_screen_quotes_what_was_captured(market: Market) -> None:
    result = market.run("case", "letter", "k-20261123", "p12315")
    assert result.exit_code == 0, result.output
    assert "写明“最终解释权归本站所有" in result.stdout
    assert "两次抓取中均显示，间隔期间未观察（证2-1、2-2）" in result.stdout
    assert "草稿" not in result.stdout
    assert "注意：草稿，提交前请核对现行法规" in result.stderr


def test_what_is_missing_is_told_with_the_way_to_get_it(market: Market) -> None:
    result = market.run("case", "letter", "k-20261124", "p12315")
    assert result.exit_code == 6
    assert "还不能写" in result.output
    assert "怎么补：" in result.output
    assert "《市场监督管理投诉举报处理办法》第十条" in result.output


def test_unknown_kind_leads_to_the_list(market: Market) -> None:
    result = market.run("case", "letter", "k-20261123", "poem")
    assert result.exit_code == 2
    assert "case letter --list" in result.output


def test_list_says_which_letters_of_a_case_can_be_written(market: Market) -> None:
    rows = {row["kind"]: row for row in market.ask("case", "letter", "k-20261123", "--list")["letters"]}
    assert rows["demand"]["missing"] == []
    assert "受托人的姓名" in rows["authorisation"]["missing"]
    assert rows["demand_chat"]["length"] == 100


def test_json_has_every_sentence_with_its_marks(market: Market) -> None:
    data = market.ask("case", "letter", "k-20261123", "demand")
    sentences = [one for block in data["blocks"] for one in block["sentences"]]
    assert {"fact", "demand", "law"} <= {one["kind"] for one in sentences}
    assert any(one["marks"] for one in sentences)
    assert data["text"].startswith("关于订单问题的限期处理函")


def test_files_of_every_form_hold_the_letter(market: Market, tmp_path: Path) -> None:
    for ending in ("txt", "html", "docx", "pdf"):
        result = market.run("case", "letter", "k-20261123", "demand", "--out", str(tmp_path / f"letter.{ending}"))
        assert result.exit_code == 0, result.output
    text = (tmp_path / "letter.txt").read_text(encoding="utf-8")
    assert "限期处理函" in text.partition(NOTES_LINE)[0]
    assert "草稿" in text.partition(NOTES_LINE)[2]
    assert "限期处理函" in (tmp_path / "letter.html").read_text(encoding="utf-8")
    pages = pypdf.PdfReader(tmp_path / "letter.pdf").pages
    assert "限期处理函" in "".join("".join(page.extract_text() for page in pages).split())


def test_file_that_is_there_is_never_overwritten(market: Market, tmp_path: Path) -> None:
    out = tmp_path / "letter.txt"
    out.write_text("mine", encoding="utf-8")
    result = market.run("case", "letter", "k-20261123", "demand", "--out", str(out))
    assert result.exit_code == 2
    assert out.read_text(encoding="utf-8") == "mine"


def test_what_would_be_sent_back_stands_before_the_text_and_marks_it_a_draft(market: Market, tmp_path: Path) -> None:
    with closing(market.open()) as archive, archive.database.writing() as session:
        story = "卡密兑换时提示无效。我进了十张准备放到自己店里卖。"
        facts = make_facts(respondent=FIRM, buyer=BUYER, what_happened=story)
        keep_case(session, Case("k-20261125T040000-cccccccc", NOW, NOW, facts))
    bill = market.folder / "other.txt"
    bill.write_text("交易单号 4200002211202611101234567890\n实付 50.00\n", encoding="utf-8")
    assert market.run("case", "add", "k-20261125", str(bill), "--kind", "wallet_bill").exit_code == 0
    shown = market.run("case", "letter", "k-20261125", "p12315")
    assert shown.exit_code == 6, shown.output  # as `pack` ends
    assert shown.stdout.startswith(DRAFT)
    assert shown.output.index("先补正再提交") < shown.output.index(DRAFT) < shown.output.index("【投诉请求】")
    data = json.loads(market.run("case", "letter", "k-20261125", "p12315", "--json").stdout)
    assert data["text"].startswith(DRAFT) and data["filing_blocks"]
    for ending in ("txt", "html"):
        out = tmp_path / f"draft.{ending}"
        assert market.run("case", "letter", "k-20261125", "p12315", "--out", str(out)).exit_code == 6
        assert DRAFT in out.read_text(encoding="utf-8")
    assert DRAFT not in market.run("case", "letter", "k-20261125", "evidence_list").output


def test_a_complaint_lists_no_receipt_of_the_report(tmp_path: Path) -> None:
    made = make_market(tmp_path / "market")
    with closing(made.open()) as archive, archive.database.writing() as session:
        keep_case(session, Case("k-20261123T040000-cccccccc", NOW, NOW, make_facts(respondent=FIRM, buyer=BUYER)))
    for name, text in (
        ("bill", "交易单号 4200002211202611101234567890\n金额 50.00\n"),
        ("receipt", "举报已提交 编号 J1"),
    ):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    added = made.run("case", "add", "k-20261123", str(tmp_path / "bill.txt"), "--kind", "wallet_bill")
    assert added.exit_code == 0, added.output
    filed = made.run("case", "file", "k-20261123", "market_report", "--filed-at", "2026-11-15 10:00",
                     "--proof", str(tmp_path / "receipt.txt"), "--receipt-no", "J1")  # fmt: skip
    assert filed.exit_code == 0, filed.output
    for kind in ("p12315", "market_complaint", "consumer_assoc"):
        told = made.run("case", "letter", "k-20261123", kind)
        assert told.exit_code == 0, told.output
        assert "账单详情" in told.stdout and "提交回执" not in told.stdout and "举报" not in told.stdout
    assert "提交回执" in made.run("case", "letter", "k-20261123", "p12315", "--disclose").stdout

"""Letters as text within a bound, as HTML, and as Word files."""

from __future__ import annotations

import io
import os
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import docx
import pytest
from complaints.casefiles import NOW
from conftest import run_async
from pypdf import PdfReader

from letters.lettercase import make_whole, write
from monitor.complaints.evidence.exhibits import list_exhibits
from monitor.complaints.letters.docx import render_docx
from monitor.complaints.letters.html import render_html
from monitor.complaints.letters.short import write_short
from monitor.complaints.letters.text import TextTooLong, render_text, shorten
from scrapers.browser import find_browser
from scrapers.printing import Document, print_documents
from storage.case import Demand, DemandKind, Order

_FILE = make_whole()


def test_shortened_text_keeps_every_demand_and_says_how_much_is_left_out() -> None:
    letter = write("p12315", _FILE)
    whole = render_text(letter)
    short = shorten(letter, 900)
    assert len(whole) > 900 >= len(short.text)
    assert f"限于篇幅略去{len(short.left_out)}句" in short.text
    for kept in ("将50.00元退至原支付方式", "名称：", "真实性负责"):
        assert kept in short.text


def test_shortened_text_is_made_of_whole_sentences_only() -> None:
    letter = write("p12315", _FILE)
    whole = {line for line in re.split("[。\n]", re.sub(r"(?m)^\d+\. ", "", render_text(letter))) if line}
    for limit in range(600, 1300, 50):
        try:
            short = render_text(letter, limit)
        except TextTooLong:
            continue
        lines = {line for line in re.split("[。\n]", re.sub(r"(?m)^\d+\. ", "", short)) if line}
        assert {line for line in lines - whole if "篇幅" not in line} == set()


def test_text_that_cannot_fit_is_refused_with_the_least_length() -> None:
    with pytest.raises(TextTooLong) as error:
        render_text(write("p12315", _FILE), 100)
    assert error.value.least > 100


def test_chat_message_and_payment_dispute_fit_their_boxes() -> None:
    demands = (Demand(DemandKind.REPLACE), Demand(DemandKind.REFUND, Decimal(50)))
    file = make_whole(what_happened="卡密提示无效。" * 25, demands=demands)
    chat = write_short("demand_chat", file, list_exhibits(file), most=100)
    assert len(chat) <= 100
    assert "换同面值商品，或原路退款50.00元" in chat
    payment = write_short("payment", file, list_exhibits(file), most=300)
    assert len(payment) <= 300
    assert "50.00元" in payment
    assert "证" not in chat + payment


def test_payment_marks_stand_in_the_captions() -> None:
    letter = write("payment", _FILE)
    captions = next(block for block in letter.blocks if block.title == "图片说明")
    assert [one.text[:4] for one in captions.sentences][:2] == ["证2-1", "证3-1"]


def test_hostile_words_are_escaped_in_html() -> None:
    order = Order("<b>1</b>", "<script>alert(1)</script>", Decimal(50), 1, NOW, NOW, "1&2", "")
    file = make_whole(
        orders=(order,), platform='"><img src=x>', what_happened="点<a href=javascript:x>这里</a>无效\x07\u202e。"
    )
    page = render_html(write("p12315", file))
    assert "<script" not in page
    assert "<img" not in page
    assert "<a " not in page
    assert "&lt;script&gt;" in page
    assert "\x07" not in page
    assert "\u202e" not in page


def test_html_needs_nothing_from_outside() -> None:
    page = render_html(write("lawsuit", _FILE))
    assert not re.search(r"(?:src|href|url\()\s*=?", page)
    assert "草稿，提交前请核对现行法规" in page
    assert "草稿" not in render_html(write("lawsuit", _FILE), head=False)


@pytest.mark.parametrize("kind", ["demand", "p12315", "lawsuit", "evidence_list"])
def test_word_file_is_the_same_bytes_again_and_holds_the_whole_letter(kind: str) -> None:
    letter = write(kind, _FILE)
    data = render_docx(letter, NOW)
    assert data == render_docx(letter, NOW)
    document = docx.Document(io.BytesIO(data))
    told = [one.text for one in document.paragraphs]
    told += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    shown = "".join(told)
    for block in letter.blocks:
        for one in (*block.sentences, *(cell for row in block.rows for cell in row)):
            assert one.text in shown
    assert document.core_properties.created == datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    assert document.core_properties.author == ""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(2026, 11, 23, 4, 0, 0)}


def test_word_file_takes_what_xml_cannot_hold() -> None:
    file = make_whole(what_happened="提示\x00无效\ufffe\ud800。")
    render_docx(write("demand", file), NOW)


def test_other_day_makes_other_bytes() -> None:
    letter = write("demand", _FILE)
    assert render_docx(letter, NOW) != render_docx(replace(letter, title="另一份"), NOW)


def test_no_signature_stands_on_a_page_of_its_own() -> None:
    found = find_browser(os.environ)
    if found is None:
        pytest.skip("no browser on this machine (see `cardwatch doctor`)")
    letters = [
        write("preserve_property", make_whole(what_happened="卡密提示无效。" + "客服让等两天，之后没有答复。" * more))
        for more in range(0, 40, 3)
    ]
    printed = run_async(print_documents(found, [Document(render_html(one)) for one in letters]))
    for pdf in printed:
        last = PdfReader(io.BytesIO(pdf)).pages[-1].extract_text()
        assert "（签名）" in last and len(last[: last.index("此致")].split("\n")) > 2, last


def test_a_word_file_keeps_the_signature_with_what_stands_before_it() -> None:
    document = docx.Document(io.BytesIO(render_docx(write("preserve_property", _FILE), at=NOW)))
    lines = document.paragraphs
    place = next(number for number, one in enumerate(lines) if one.text.startswith("此致"))
    assert lines[place - 1].text.strip() and lines[place - 1].paragraph_format.keep_with_next
    assert not lines[-1].paragraph_format.keep_with_next

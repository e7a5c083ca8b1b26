"""Facts without evidence are called the writer's own word once, where the facts stand, in every layout of a letter."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import docx
import pytest
from complaints.casefiles import NOW

from letters.lettercase import make_whole, write
from monitor.complaints.letters.data import letter_data
from monitor.complaints.letters.docx import render_docx
from monitor.complaints.letters.html import render_html
from monitor.complaints.letters.text import LEGEND, render_text

KINDS = ("demand", "p12315", "p12315_compact", "market_complaint", "lawsuit", "police", "ask_payee")


def words_of_docx(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_said_once_in_text_page_and_word_file(kind: str) -> None:
    letter = write(kind, make_whole())
    text = render_text(letter)
    assert text.count(LEGEND) == 1 and "据本人陈述" not in text
    for shown in (re.sub("<[^>]+>", "", render_html(letter)), words_of_docx(render_docx(letter, NOW))):
        assert shown.count(LEGEND) == 1


def test_it_stands_with_the_facts_that_are_pasted() -> None:
    facts = render_text(write("p12315", make_whole())).partition("【交易经过】")[2].partition("【")[0]
    assert LEGEND in facts


def test_it_stays_when_a_text_is_shortened() -> None:
    long = make_whole(what_happened="。".join(f"卡密第{place}次在官方页面兑换时提示无效" for place in range(30)))
    letter = write("p12315_compact", long)
    assert len(render_text(letter)) > 1000
    assert render_text(letter, 1000).count(LEGEND) == 1


def test_who_writes_needs_no_mark_and_a_letter_of_his_particulars_no_line() -> None:
    letter = write("market_complaint", make_whole())
    particulars = replace(letter, blocks=tuple(one for one in letter.blocks if one.title == "投诉人"))
    assert "林小明" in render_text(particulars) and LEGEND not in render_text(particulars)


def test_an_attached_picture_that_nobody_could_read_is_said_to_prove_nothing() -> None:
    file = make_whole()
    blank = replace(
        file, items=tuple(replace(one, text="", text_source="") if one.kind == "failure" else one for one in file.items)
    )
    assert "附证4-1（据本人陈述）" in render_text(write("demand", blank))


def test_a_sentence_given_alone_says_whose_word_it_is() -> None:
    data = letter_data(write("demand", make_whole()))
    assert data["legend"] == LEGEND
    blocks = data["blocks"]
    assert isinstance(blocks, list)
    facts = [one for block in blocks for one in block["sentences"] if one["kind"] == "fact"]
    alone = [one["written"] for one in facts if not one["marks"]]
    assert alone and all(one.endswith("（据本人陈述）") for one in alone)

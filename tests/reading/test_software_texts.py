"""Texts that ship with shop software are nobody's promise."""

from __future__ import annotations

import re

from scrapers.extract import read_page
from scrapers.model import Author, BlockKind, PageContent, Role
from scrapers.software_texts import fingerprint, is_software_text, software_of

SIGNATURE = "Powered by：@独角数卡"


def test_a_shipped_text_is_known_with_its_software_whatever_its_punctuation() -> None:
    assert software_of(SIGNATURE) == "dujiaoka"
    assert software_of("3、powered by 独角数卡!") == "dujiaoka"
    assert software_of("2 Powered by @独角数卡") == "dujiaoka"


def test_what_an_operator_changed_is_his_own_word() -> None:
    assert not is_software_text("Powered by：@独角数卡 与本店")
    assert not is_software_text("") and not is_software_text("1.")


def test_only_digests_are_kept() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", fingerprint("任何文字"))


def test_a_shipped_line_of_a_notice_is_parted_from_the_operators_lines() -> None:
    html = f"""<h3>公告</h3><div><p>{SIGNATURE}</p><p>本店售出的卡密不退不换。</p></div>"""
    reading = read_page(PageContent("http://x.test/", html), role=Role.NOTICE)
    notices = {block.text: block.author for block in reading.blocks if block.kind is BlockKind.NOTICE}
    assert notices[SIGNATURE] is Author.SOFTWARE
    assert notices["本店售出的卡密不退不换。"] is not Author.SOFTWARE

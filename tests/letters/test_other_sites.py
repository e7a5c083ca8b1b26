"""A report answers for the site that was bought from: pages of a site that nobody knows the owner of accuse nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from complaints.casefiles import ORDERED

from letters.lettercase import make_page, make_version, make_whole, write
from monitor.complaints.letters.text import render_text
from monitor.complaints.model import CaseFile, LetterBlocked, PageAround
from monitor.complaints.routing.report_parties import keep_own_site

DAY = timedelta(days=1)
CLAUSE = "最终解释权归本站所有。"


def elsewhere(host: str, text: str = CLAUSE) -> PageAround:
    seen = replace(make_version("c-9", ORDERED + DAY, text), url=f"https://{host}/help")
    return replace(make_page(None, seen), url=f"https://{host}/help")


def case_of(*pages: PageAround) -> CaseFile:
    return replace(make_whole(), pages=pages)


def test_a_clause_of_another_site_accuses_nobody() -> None:
    with pytest.raises(LetterBlocked) as stopped:
        write("market_report", case_of(elsewhere("xh89.test")))
    assert [one.field for one in stopped.value.missing] == ["acts"]


def test_beside_a_clause_of_its_own_site_the_other_site_is_left_out_with_a_note() -> None:
    own = make_page(make_version("c-1", ORDERED - DAY, CLAUSE), None)
    letter = write("market_report", case_of(own, elsewhere("xh89.test", "本站概不负责任何损失。")))
    text = render_text(letter)
    assert "最终解释权" in text and "xh89.test" not in text and "网址见上" not in text
    assert any("xh89.test" in note and "没有写入举报" in note for note in letter.notes)


def test_hosts_of_one_domain_are_one_site() -> None:
    file = case_of(elsewhere("help.xh88.test"))
    assert keep_own_site(file) == file
    assert "最终解释权" in render_text(write("market_report", file))

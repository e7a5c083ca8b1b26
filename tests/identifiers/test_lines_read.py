"""Reading pieces of pages: every spelling gives its value, and what only looks alike gives none."""

from __future__ import annotations

import pytest

from identifiers.line_answers import COMPANIES, CONTACTS, LINKS, PAYMENTS
from scrapers.identifiers.checks import problem_of
from scrapers.identifiers.text import find_identifiers
from scrapers.model import PageContent


@pytest.mark.parametrize(("markup", "expected"), CONTACTS + LINKS + COMPANIES + PAYMENTS)
def test_a_piece_of_a_page_gives_what_a_person_reads(markup: str, expected: set[tuple[str, str, str]]) -> None:
    content = PageContent("https://www.mumianka.com/", f"<body>{markup}</body>")
    assert {(each.kind, each.value, str(each.place)) for each in find_identifiers(content)} == expected


def test_an_icp_number_of_six_digits_is_none_that_was_given() -> None:
    assert "6" in problem_of("icp", "沪ICP备556693号")
    assert problem_of("icp", "沪ICP备20556693号") == ""

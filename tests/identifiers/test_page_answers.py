"""Reading identifiers from whole pages: exactly what a person reads there, each at its place."""

from __future__ import annotations

import pytest

from identifiers.answered_pages import AnsweredPage, answered_pages
from scrapers.identifiers.text import find_identifiers

_PAGES = answered_pages()


@pytest.mark.parametrize("page", _PAGES, ids=[page.name for page in _PAGES])
def test_a_page_gives_its_identifiers_and_no_others(page: AnsweredPage) -> None:
    found = {(each.kind, each.value, each.place): each.role for each in find_identifiers(page.content)}
    assert sorted(found) == sorted(page.expected)
    for key, role in page.expected.items():
        assert not role or found[key] == role, key


def test_there_are_enough_pages_to_say_anything() -> None:
    assert len(_PAGES) >= 40

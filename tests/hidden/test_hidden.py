"""Every rule that a page hides is found under a right mark, or named as out of reach."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hidden.cases import Case, make_pages
from hidden.suite import Result, draw_text, find_font, make_table, run_suite
from scrapers.browser import find_browser
from scrapers.ocr import engine_release

CASES = [case for page in make_pages("http://other.test", lambda _text, _style: b"") for case in page.cases]
DOC = Path(__file__).parents[2] / "docs" / "hidden-text.md"


@pytest.fixture(scope="module")
def results() -> dict[str, Result]:
    found = find_browser(os.environ)
    if found is None:
        pytest.skip("no browser on this machine (see `cardwatch doctor`)")
    if not engine_release() or not find_font():
        pytest.skip("pictures cannot be drawn and read here (the extra `ocr`, a Chinese font)")
    return {result.case.name: result for result in run_suite(found)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_rule_is_found_where_it_is_hidden_or_named_as_out_of_reach(case: Case, results: dict[str, Result]) -> None:
    result = results[case.name]
    told = f"found as {result.found}, expected {case.marks}; problems {result.problems}; missing {result.missing}"
    assert result.right, told


def test_what_is_shown_is_told_from_what_is_not(results: dict[str, Result]) -> None:
    shown = {name for name, result in results.items() if set(result.found) & {"text", "popup"}}
    assert not [name for name in shown if any(word in name for word in ("white", "opacity", "off screen", "covered"))]


def test_the_page_for_readers_is_current(results: dict[str, Result]) -> None:
    table = make_table(list(results.values()))
    assert table in DOC.read_text("utf-8"), "write it anew: python -m bench.hidden --write"


def test_each_case_has_a_sentence_of_its_own() -> None:
    assert len({case.rule for case in CASES}) == len({case.name for case in CASES}) == len(CASES) >= 60
    assert draw_text("", "wall")[:4] == b"\x89PNG"

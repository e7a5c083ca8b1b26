"""Shops of unknown make are read by the generic reader alone: at least nine of ten fields right."""

from __future__ import annotations

from pathlib import Path

import pytest

from .unknown import judge, read_unknown, unknown_pages


def test_nine_of_ten_fields_of_unknown_shops_are_right() -> None:
    judged = [field for page in unknown_pages() for field in judge(*read_unknown(page))]
    right = sum(ok for _, ok, _ in judged)
    assert right >= 0.9 * len(judged), [(key, read) for key, ok, read in judged if not ok]


@pytest.mark.parametrize("page", unknown_pages(), ids=lambda page: page.stem)
def test_no_page_of_an_unknown_shop_is_read_badly(page: Path) -> None:
    judged = judge(*read_unknown(page))
    assert sum(ok for _, ok, _ in judged) >= 0.6 * len(judged), [(key, read) for key, ok, read in judged if not ok]

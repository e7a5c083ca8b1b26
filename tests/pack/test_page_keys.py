"""A key or number that stands on a captured page goes to nobody; the small numbers of goods stay."""

from __future__ import annotations

from monitor.complaints.pack.captures import _is_live


def test_live_numbers_go_whatever_page_they_stand_on() -> None:
    assert _is_live("card_key", "WXYZ-9A8B-7C6D-5E4F")
    assert _is_live("id_number", "330106199003078817")
    assert not _is_live("password", "1025"), "the number of a product"
    assert not _is_live("qq", "392817465"), "what a shop shows to everybody"

"""Articles are cited by the day they were in force; a repealed rule never is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from monitor.review.laws import find_articles, load_articles
from monitor.review.patterns import load_patterns


def test_every_cited_article_exists() -> None:
    known = load_articles()
    missing = [
        (kind.id, law) for kind in load_patterns().kinds.values() for law in kind.laws if law not in known
    ]  # fmt: skip
    assert missing == []


def test_replaced_rule_ends_the_day_before_its_successor_begins() -> None:
    old, new = load_articles()["tsjb_old-15"], load_articles()["tsjb-16"]
    assert old.valid_to == date(2026, 4, 14)
    assert new.valid_from == date(2026, 4, 15)
    assert [law.id for law in find_articles(["tsjb_old-15", "tsjb-16"], at=date(2026, 4, 14))] == ["tsjb_old-15"]
    assert [law.id for law in find_articles(["tsjb_old-15", "tsjb-16"], at=date(2026, 4, 15))] == ["tsjb-16"]


@pytest.mark.parametrize("law", load_articles().values(), ids=lambda law: law.id)
def test_no_article_is_given_outside_its_time(law: object) -> None:
    known = load_articles()[law.id]  # type: ignore[attr-defined]
    assert find_articles([known.id], at=known.valid_from - timedelta(days=1)) == ()
    assert find_articles([known.id], at=known.valid_from) == (known,)
    if known.valid_to is not None:
        assert find_articles([known.id], at=known.valid_to + timedelta(days=1)) == ()


def test_what_was_not_seen_in_a_public_copy_is_marked() -> None:
    assert {law.id for law in load_articles().values() if not law.confirmed} == {
        "ptgz-12", "xf266", "mfd-22", "mfd-27", "hlwgx", "67ys", "zafl", "ssf",
    }  # fmt: skip


def test_articles_name_source_and_day_of_checking() -> None:
    assert [law.id for law in load_articles().values() if not law.source or law.checked < date(2026, 1, 1)] == []

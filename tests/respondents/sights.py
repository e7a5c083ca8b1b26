"""Statements, look-ups and numbers of invented firms for the respondents' tests."""

from __future__ import annotations

from datetime import UTC, date, datetime

from scrapers.identifiers.checksums import organisation_check_character, uscc_check_character
from storage.identity import Statement, VerifiedRecord

ORDER = datetime(2026, 6, 1, 4, tzinfo=UTC)
SINCE = datetime(2026, 5, 1, tzinfo=UTC)
UNTIL = datetime(2026, 7, 1, tzinfo=UTC)
SITE = "xinghe.cn"
FIRM = "深圳市星河数码科技有限公司"


def make_uscc(division: str = "440305", body: str = "MA5ABCDE", kind: str = "91") -> str:
    """A credit code that passes every check, of nobody."""
    text = f"{kind}{division}{body}"
    text += organisation_check_character(body)
    return text + uscc_check_character(text)


USCC = make_uscc()


def statement(
    kind: str,
    value: str,
    place: str = "visible",
    *,
    site: str = SITE,
    block: str = "footer",
    role: str = "",
    since: datetime = SINCE,
    until: datetime = UNTIL,
    problem: str = "",
) -> Statement:
    """A statement seen before and after the order."""
    return Statement(
        site, kind, value, place, since, until, "c-first", "c-last", role=role, block=block, problem=problem
    )


def footer(site: str = SITE) -> list[Statement]:
    """What a footer says of the firm: all of it can be copied."""
    return [
        statement("uscc", USCC, site=site),
        statement("company", FIRM, site=site, role="版权所有"),
        statement("address", "广东省深圳市南山区科技园一路1号", site=site),
        statement("icp", "粤ICP备19283746号-3", site=site),
    ]


def looked_up(
    source: str, asked: str, *, on: date = date(2026, 6, 3), site: str = SITE, **fields: str
) -> VerifiedRecord:
    """An answer that a person looked up."""
    return VerifiedRecord("w-1", site, source, asked, tuple(fields.items()), on, UNTIL, "tester", "e-1")

"""Small scenes of sites for the tests of attribution: statements in a line each."""

from __future__ import annotations

from datetime import UTC, datetime

from storage.identity import Statement

PLACES = {
    "alipay_static": "image_ocr", "baidu_tongji": "script", "ip": "dns", "ns": "dns", "registrant": "registry",
    "redirect": "redirect", "registered_on": "registry", "tls_spki": "tls", "tls_san": "tls", "verification_dns": "dns",
}  # fmt: skip


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def show(
    site: str, kind: str, value: str, first: str = "2025-01-01", last: str = "2025-06-01", place: str = ""
) -> Statement:
    return Statement(site, kind, value, place or PLACES.get(kind, "visible"), day(first), day(last))


def shop(site: str, first: str = "2025-01-01", last: str = "2025-06-01", **shown: str) -> list[Statement]:
    """A site that shows one value of each kind."""
    return [show(site, kind, value, first, last) for kind, value in shown.items()]


TONGJI = "3f8a1c97e2b64d05a9178c3e5b0d2f64"
"""A counter as no template ships it."""

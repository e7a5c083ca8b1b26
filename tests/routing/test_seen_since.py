"""A platform that the buyer found gone: seen since on the same site, or only on another of which nobody knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from complaints.casefiles import ORDERED
from letters.lettercase import make_page, make_version, make_whole, write

from monitor.complaints.letters.text import render_text
from monitor.complaints.model import CaseFile
from monitor.complaints.routing.fraud_signs import find_signs
from storage.case import Answer, ProblemKind

NOTICED = ORDERED + timedelta(days=1)
KINDS = ("demand", "police", "payment", "heimao")


def gone(url: str) -> CaseFile:
    """A case of a platform that could not be opened, and a page at this address that was captured five days later."""
    seen = replace(make_version("c-9", NOTICED + timedelta(days=5), "一、卡密无效包换。"), url=url)
    facts = {"problem": ProblemKind.PLATFORM_GONE, "noticed_at": NOTICED, "delivered": Answer.NO, "received_at": None}
    file = make_whole(url="https://xh88.test/buy/12", what_happened="付款后网站打不开。", **facts)
    page = replace(make_page(None, seen), url=url)
    return replace(file, pages=(page,))


def signs(file: CaseFile) -> dict[str, str]:
    return {one.id: one.sentence for one in find_signs(file)}


def test_the_same_site_seen_again_is_not_called_a_new_address() -> None:
    file = gone("https://xh88.test/help")
    assert "moved" in signs(file) and "elsewhere" not in signs(file)
    assert "换了网址" not in signs(file)["moved"]
    for kind in KINDS:
        told = render_text(write(kind, file))
        assert "的抓取中，xh88.test的售后条款页面可以打开" in told, kind
        assert "另一网站" not in told


def test_another_site_is_named_as_another_and_nobody_is_sent_there() -> None:
    file = gone("https://xh89.test/help")
    assert "elsewhere" in signs(file) and "moved" not in signs(file)
    assert "不要向另一网站付款" in signs(file)["elsewhere"]
    assert not any("向现在的网址提出" in one for one in signs(file).values())
    for kind in ("demand", "police", "payment"):
        told = render_text(write(kind, file))
        assert "另一网站xh89.test的售后条款页面可以打开，该网站与上述平台的关系未查明" in told, kind
    assert "仍抓取到它的页面" not in render_text(write("police", file))


@pytest.mark.parametrize("host", ["xh89.test", "xh87.test"])
def test_a_public_post_names_no_site_that_may_be_of_somebody_else(host: str) -> None:
    assert host not in render_text(write("heimao", gone(f"https://{host}/help")))

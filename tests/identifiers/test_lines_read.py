"""Reading pieces of pages: every spelling gives its value, and what only looks alike gives none."""

from __future__ import annotations

import time

import pytest

from identifiers.line_answers import COMPANIES, CONTACTS, LINKS, PAYMENTS, STRUCTURED
from scrapers.identifiers.checks import problem_of
from scrapers.identifiers.notices import find_notices
from scrapers.identifiers.text import find_identifiers
from scrapers.model import PageContent


@pytest.mark.parametrize(("markup", "expected"), CONTACTS + LINKS + COMPANIES + PAYMENTS + STRUCTURED)
def test_a_piece_of_a_page_gives_what_a_person_reads(markup: str, expected: set[tuple[str, str, str]]) -> None:
    content = PageContent("https://www.mumianka.com/", f"<body>{markup}</body>")
    assert {(each.kind, each.value, str(each.place)) for each in find_identifiers(content)} == expected


def test_an_icp_number_of_six_digits_is_none_that_was_given() -> None:
    assert "6" in problem_of("icp", "沪ICP备556693号")
    assert problem_of("icp", "沪ICP备20556693号") == ""


def roles_of(markup: str) -> dict[str, str]:
    found = find_identifiers(PageContent("https://www.mumianka.com/", f"<body>{markup}</body>"))
    return {each.value: each.role for each in found if each.kind == "company"}


@pytest.mark.parametrize(
    "words",
    [
        "服务器由海南云舟网络有限公司提供",
        "技术支持：海南云舟网络有限公司",
        "主机托管：海南云舟网络有限公司",
        "海南云舟网络有限公司提供CDN加速",
        "SDK名称：云舟；公司：海南云舟网络有限公司",
        "第三方主体：海南云舟网络有限公司",
    ],
)
def test_who_serves_the_site_is_not_who_runs_it(words: str) -> None:
    roles = roles_of(f"<footer>© 2026 海南木棉信息科技有限公司 {words}</footer>")
    assert roles["海南云舟网络有限公司"] == "third_party"
    assert roles["海南木棉信息科技有限公司"] != "third_party"


def test_a_filing_of_yunnan_beside_a_name_is_no_cloud() -> None:
    assert roles_of("<p>©2026 昆明木棉软件有限公司 云ICP备20431765号</p>") == {"昆明木棉软件有限公司": "©"}
    assert roles_of("<p>©2026 昆明木棉软件有限公司 云服务</p>") == {"昆明木棉软件有限公司": "third_party"}


def test_a_number_that_was_seen_is_visible_though_its_label_was_not() -> None:
    dom = "<p><b style='font-size:0'>客服QQ：</b></p><p>客服QQ：28837461</p>"
    found = find_identifiers(PageContent("https://www.mumianka.com/", dom, "联系 28837461"))
    assert {(each.value, each.place) for each in found} == {("28837461", "visible")}
    hidden = find_identifiers(PageContent("https://www.mumianka.com/", dom, "联系我们"))
    assert {(each.value, each.place) for each in hidden} == {("28837461", "hidden")}


@pytest.mark.parametrize(
    "text",
    [
        "电话" * 40_000,
        "电话1 5" * 30_000,
        "QQ：28 37 " * 20_000,
        "4 0 0 - " * 20_000,
        "骗子QQ：28837461" * 5_000,
        "微信（夜" * 30_000,
        "a 9 . " * 30_000,
        "[.]com" * 30_000,
    ],
)
def test_hostile_lines_are_read_in_bounded_time(text: str) -> None:
    start = time.process_time()
    find_identifiers(PageContent("https://www.mumianka.com/", f"<p>{text}</p>"))
    find_notices(PageContent("https://www.mumianka.com/", "", text))
    assert time.process_time() - start < 3

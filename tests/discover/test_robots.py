"""robots.txt and sitemaps, hostile ones among them (RFC 9309)."""

from __future__ import annotations

import time

import pytest

from scrapers.robots import read_robots, read_sitemap

TEXT = """
User-agent: otherbot
Disallow: /

User-agent: *
Disallow: /private/
Allow: /private/terms
Disallow: /*.asp$
Disallow: /list?sort=
Crawl-delay: 3
Disallow:
Sitemap: https://shop.test/map.xml
"""


@pytest.mark.parametrize(
    ("path", "closed"),
    [
        ("/", False),
        ("/private/a", True),
        ("/private/terms", False),
        ("/goods.asp", True),
        ("/goods.asp?id=1", False),
        ("/list?sort=price", True),
        ("/list?cate=1", False),
    ],
)
def test_the_longest_rule_decides(path: str, closed: bool) -> None:
    assert bool(read_robots(TEXT).explain_refusal(f"https://shop.test{path}")) is closed


def test_our_own_group_comes_before_the_group_of_all() -> None:
    robots = read_robots("User-agent: *\nDisallow: /\nUser-agent: CardWatch\nDisallow: /x\nCrawl-delay: 5")
    assert not robots.explain_refusal("https://shop.test/terms")
    assert robots.explain_refusal("https://shop.test/x/1") == "robots.txt: Disallow: /x"
    assert robots.delay == 5


def test_two_agents_above_one_rule_share_it() -> None:
    assert read_robots("User-agent: a\nUser-agent: *\nDisallow: /").explain_refusal("https://shop.test/x")


def test_delay_and_sitemaps_are_read_and_bounded() -> None:
    robots = read_robots(TEXT)
    assert robots.delay == 3
    assert robots.sitemaps == ("https://shop.test/map.xml",)
    assert read_robots("User-agent: *\nCrawl-delay: 1e9").delay == 60
    assert read_robots("User-agent: *\nCrawl-delay: nan").delay == 0
    assert len(read_robots("Sitemap: /x\n" * 1000).sitemaps) == 20


def test_patterns_made_to_be_slow_are_not() -> None:
    robots = read_robots("User-agent: *\n" + f"Disallow: /{'*a' * 240}b$\n" * 2000)
    started = time.process_time()
    assert not robots.explain_refusal("https://shop.test/" + "a" * 1900)
    assert time.process_time() - started < 3


def test_a_page_in_place_of_the_file_gives_no_rules() -> None:
    assert not read_robots("<html><body>Disallow</body></html>\x00\xff").explain_refusal("https://shop.test/x")


def test_a_sitemap_gives_addresses_once_and_no_more_than_it_may() -> None:
    entry = "<url><loc> https://shop.test/a?x=1&amp;y=2 </loc></url>"
    assert read_sitemap(f"<urlset>{entry}{entry}</urlset>") == ("https://shop.test/a?x=1&y=2",)
    many = "".join(f"<loc>https://shop.test/{number}</loc>" for number in range(20_000))
    assert len(read_sitemap(many)) == 5000
    assert read_sitemap("<loc>" * 200_000) == ()


def test_a_path_is_the_same_however_it_is_spelt() -> None:
    robots = read_robots("User-agent: *\nDisallow: /用户\nDisallow: /%61dmin\nDisallow: /a%2Fb\nDisallow: /x%e5\n")
    for path in ("/%E7%94%A8%E6%88%B7/1", "/%e7%94%a8%e6%88%b7", "/用户", "/admin", "/%61%64min", "/a%2fb", "/x%E5"):
        assert robots.explain_refusal(f"https://shop.test{path}"), path
    assert not robots.explain_refusal("https://shop.test/a/b")


def test_rules_for_others_take_no_room_from_ours() -> None:
    text = "User-agent: otherbot\n" + "Disallow: /x\n" * 5000 + "User-agent: *\nDisallow: /private\n"
    assert read_robots(text).explain_refusal("https://shop.test/private")


def test_a_version_behind_our_name_changes_nothing() -> None:
    text = "User-agent: Cardwatch/1.0\nDisallow: /private\n\nUser-agent: *\nAllow: /\n"
    assert read_robots(text).explain_refusal("https://shop.test/private")

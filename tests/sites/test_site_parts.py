"""The parts under the states of sites: parking pages, looks from captures and lookups, siblings, release pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config.problems import ConfigError
from monitor.config.settings import read_settings
from monitor.operators.parking import is_sinkhole, recognise_nameservers, recognise_page, recognise_target
from monitor.operators.release_pages import find_release_pages
from monitor.operators.siblings import sibling_names
from monitor.operators.site_looks import ContentPart, HttpPart, Network, SiteLook
from monitor.operators.site_memory import SiteMemory, dump_memory, load_memory
from monitor.operators.site_reading import Answer, SeenPage, build_look, recognises
from monitor.operators.site_state import advance, trace
from monitor.sites.follow import move_address
from scrapers.lookups.model import DnsFacts, DnsRecord, HttpFacts, LookupAnswer, LookupOutcome, RegistryFacts
from scrapers.model import Origin, Outcome, Reason, Role
from storage.identity import SiteState, Statement
from storage.model import StoredCapture, WatchedPage

START = datetime(2026, 1, 1, tzinfo=UTC)
SITE = "xinglan88.com"


def capture(url: str = f"https://{SITE}/", role: Role = Role.HOME, **parts: object) -> StoredCapture:
    stored = StoredCapture(
        "c-1", WatchedPage("p-1", "星岚", url, role, "desktop"), START, START, Outcome.COMPLETE, "", "", (), 200, url,
        "商城", "", 0, "", "", True, Origin.OWN, None, "", "",
    )  # fmt: skip
    return replace(stored, **parts)  # type: ignore[arg-type]


def failed(reason: str, status: int | None = None, **parts: object) -> StoredCapture:
    return replace(capture(**parts), outcome=Outcome.FAILED, reason=reason, status=status, final_url="")  # type: ignore[arg-type]


def dns(server: str, outcome: LookupOutcome = LookupOutcome.OK, *records: tuple[str, str]) -> Answer:
    facts = DnsFacts(tuple(DnsRecord(SITE, kind, value) for kind, value in records))
    return Answer(LookupAnswer(SITE, "dns", server, START, outcome, facts=facts), f"q-{server}")


def rdap(kind: str = "rdap", **parts: object) -> Answer:
    facts = RegistryFacts(SITE, **parts)  # type: ignore[arg-type]
    return Answer(LookupAnswer(SITE, kind, "registry", START, LookupOutcome.OK, facts=facts), f"q-{kind}")


def http(final: str = f"https://{SITE}/", status: int = 200, title: str = "", html: str = "") -> Answer:
    facts = HttpFacts((), final, status, title, html)
    return Answer(LookupAnswer(SITE, "http", SITE, START, LookupOutcome.OK, facts=facts), "q-http")


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("本域名出售 联系 QQ", SiteState.PARKED),
        ("This domain is for sale! Make an offer on this domain", SiteState.PARKED),
        ("您访问的域 名 已 过 期，请尽快续费", SiteState.EXPIRED),
        ("该网站涉嫌诈骗，已被国家反诈中心拦截", SiteState.FILTERED),
        ("网站未备案，根据工信部要求暂停访问", SiteState.FILTERED),
        ("没有找到站点：您的请求在web服务器中没有找到对应的站点！", SiteState.DEAD),
    ],
)
def test_what_stands_in_place_of_a_site(words: str, state: SiteState) -> None:
    found = recognise_page("", words)
    assert found is not None and found.state is state


@pytest.mark.parametrize(
    "words",
    [
        "域名出售专区 商品 ¥9.9 库存 30 立即购买",
        "售后条款：" + "域名已过期的不在质保范围内，" * 400,
        "星岚卡盟 首页 公告 联系客服",
    ],
)
def test_a_shop_is_never_called_parked(words: str) -> None:
    assert recognise_page("", words) is None


def test_name_servers_targets_and_addresses() -> None:
    assert recognise_nameservers(["ns1.sedoparking.com", "ns2.sedoparking.com"]) is not None
    assert recognise_nameservers(["ns1.sedoparking.com", "dns9.hichina.com"]) is None
    assert recognise_nameservers([]) is None
    assert recognise_target("http://ww25.xinglan88.com/?usid=1") is not None
    assert recognise_target("https://www.sedo.com/search/details") is not None
    assert recognise_target(f"https://{SITE}/lander.html") is None
    assert is_sinkhole("127.0.0.1") and not is_sinkhole("47.92.1.2") and not is_sinkhole("no address")


def test_captures_become_one_look_that_says_most() -> None:
    look = build_look(
        SITE, START, pages=[SeenPage(failed("http_404", 404, url=f"https://{SITE}/a", role=Role.PRODUCT)),
                            SeenPage(capture())], network=Network.OK,
    )  # fmt: skip
    assert (look.http, look.content) == (HttpPart.OK, ContentPart.OWN)


@pytest.mark.parametrize(
    ("page", "http_part", "content"),
    [
        (capture(), HttpPart.OK, ContentPart.OWN),
        (capture(final_url="https://xinglan89.com/"), HttpPart.REDIRECT, ContentPart.UNSEEN),
        (capture(final_url="https://sedo.com/"), HttpPart.OK, ContentPart.PARKED),
        (failed("http_502", 502), HttpPart.ERROR, ContentPart.UNSEEN),
        (failed("http_403", 403), HttpPart.LOCKED, ContentPart.UNSEEN),
        (failed(Reason.REFUSED), HttpPart.REFUSED, ContentPart.UNSEEN),
        (capture(outcome=Outcome.BLOCKED, reason=Reason.CAPTCHA), HttpPart.LOCKED, ContentPart.UNSEEN),
        (
            capture(outcome=Outcome.BLOCKED, reason=Reason.SUSPENDED, detail="域名已过期"),
            HttpPart.OK,
            ContentPart.EXPIRED,
        ),
        (failed(Reason.OWN_NETWORK), HttpPart.UNASKED, ContentPart.UNSEEN),
        (failed("http_404", 404, role=Role.PRODUCT), HttpPart.OK, ContentPart.UNSEEN),
        (failed("http_404", 404), HttpPart.ERROR, ContentPart.UNSEEN),
    ],
)
def test_what_a_capture_says_of_its_site(page: StoredCapture, http_part: HttpPart, content: ContentPart) -> None:
    look = build_look(SITE, START, pages=[SeenPage(page)], network=Network.OK)
    assert (look.http, look.content) == (http_part, content)


def test_known_values_tell_whether_it_is_still_the_site() -> None:
    assert recognises({"1", "2"}, {"2", "3"}) is True
    assert recognises({"1", "2"}, {"3"}) is False
    assert recognises({"1"}, {"3"}) is None
    look = build_look(SITE, START, pages=[SeenPage(capture(), recognised=False)])
    assert look.content is ContentPart.CHANGED


def test_resolvers_that_contradict_each_other_are_seen() -> None:
    gone = dns("9.9.9.9", LookupOutcome.NO_SUCH_NAME)
    there = dns("1.1.1.1", LookupOutcome.OK, ("A", "47.92.1.2"))
    assert build_look(SITE, START, answers=[gone, there]).split == "9.9.9.9: 查无此名"
    sunk = dns("9.9.9.9", LookupOutcome.OK, ("A", "0.0.0.0"))
    assert "0.0.0.0" in build_look(SITE, START, answers=[sunk, there]).split
    assert build_look(SITE, START, answers=[sunk]).split == ""
    assert build_look(SITE, START, answers=[gone, there], silent_resolvers=["9.9.9.9"]).split == ""


def test_the_register_is_read_with_who_says_so() -> None:
    day = datetime(2026, 3, 1, tzinfo=UTC)
    one = rdap(registered_at=day, status=("clientHold",), expires_at=day + timedelta(days=365))
    look = build_look(SITE, START, answers=[one, rdap("whois", registered_at=day)])
    assert (look.registered_on, look.registered_by) == (date(2026, 3, 1), frozenset({"rdap", "whois"}))
    assert (look.statuses, look.expires_on) == (("clientHold",), date(2027, 3, 1))


def test_a_plain_look_never_says_that_content_is_other() -> None:
    known = frozenset({"2846109375", "粤ICP备2021048137号"})
    assert build_look(SITE, START, answers=[http(html="<p>QQ 2846109375</p>")], known_values=known).content == "own"
    assert build_look(SITE, START, answers=[http(html="<div id=app></div>")], known_values=known).content == ""
    assert build_look(SITE, START, answers=[http(html="<p>本域名出售</p>")]).content is ContentPart.PARKED
    assert build_look(SITE, START, answers=[http(final="https://xinglan89.com/")]).target == "xinglan89.com"


def test_siblings_begin_with_the_next_number() -> None:
    assert sibling_names("xh88.com")[:4] == ("xh89.com", "xh90.com", "xh91.com", "xh92.com")
    assert "xh88.net" in sibling_names("xh88.com") and "xh88.com" not in sibling_names("xh88.com")
    assert sibling_names("k07shop.com.cn")[0] == "k08shop.com.cn"
    assert sibling_names("xinglan.com")[0] == "xinglan2.com"
    assert len(sibling_names("xh88.com", most=6)) == 6
    for none in ("192.0.2.1", "localhost", "com.cn", "", "a" * 300 + ".com"):
        assert sibling_names(none) == ()


def test_a_release_page_has_current_mirrors_and_dropped() -> None:
    page = "xl-fabu.github.io"

    def row(site: str, kind: str, value: str, first: int, last: int, role: str = "") -> Statement:
        begin, end = START + timedelta(days=first), START + timedelta(days=last)
        return Statement(site, kind, value, "visible", begin, end, "c-1", "c-2", role=role)

    (found,) = find_release_pages(
        [
            row(SITE, "release_page", f"{page}/go", 0, 50),
            row(page, "notice_successor", SITE, 0, 40),
            row(page, "notice_successor", "xinglan89.com", 45, 90),
            row(page, "notice_successor", "xl-bak.com", 0, 90, "mirror"),
            row(page, "notice_successor", "fake-xl.com", 0, 90, "warned_against"),
        ]
    )
    assert (found.site, found.named_by, found.current) == (page, (SITE,), ("xinglan89.com",))
    assert {one.site: one.part for one in found.listed} == {
        "xinglan89.com": "current", "xl-bak.com": "mirror", SITE: "dropped",
    }  # fmt: skip


def test_memory_goes_to_text_and_back() -> None:
    memory = SiteMemory(SITE)
    looks = [
        SiteLook(SITE, START, Network.OK, http=HttpPart.OK, content=ContentPart.OWN, proof=("c-1",)),
        SiteLook(SITE, START + timedelta(days=1), Network.OK, (("1.1.1.1", "no_such_name"),), proof=("q-1",)),
        SiteLook(
            SITE, START + timedelta(days=60), Network.OK, registered_on=date(2026, 2, 1),
            registered_by=frozenset({"rdap"}),
        ),
        SiteLook(SITE, START + timedelta(days=61), Network.DOWN),
    ]  # fmt: skip
    for look in looks:
        memory = advance(memory, look).memory
        assert load_memory(SITE, dump_memory(memory)) == memory
    for broken in (None, "", "{", "[]", '{"release": 1}', '{"release": 99, "site": "xinglan88.com"}', "null"):
        assert load_memory(SITE, broken) == SiteMemory(SITE)


def test_a_page_keeps_its_path_on_the_new_site() -> None:
    assert move_address("https://www.xinglan88.com/buy/12?a=1", SITE, "xinglan89.com") == (
        "https://www.xinglan89.com/buy/12?a=1"
    )
    assert move_address("http://xinglan88.com/", SITE, "xinglan89.com") == "https://xinglan89.com/"


def test_ninety_days_of_one_name() -> None:
    """Open, our outage, a hold, back, parked, open again, sold to a stranger: each period by its own days."""
    own = {"http": HttpPart.OK, "status": 200, "content": ContentPart.OWN, "answers": (("a", "ok"), ("b", "ok"))}
    gone: dict[str, object] = {"answers": (("a", "no_such_name"), ("b", "no_such_name"))}
    days: list[tuple[range, dict[str, object]]] = [
        (range(20), own),
        (range(20, 24), {**gone, "network": Network.DOWN}),
        (range(24, 30), own),
        (range(30, 40), {**gone, "statuses": ("clientHold",)}),
        (range(40, 50), own),
        (range(50, 60), {"http": HttpPart.OK, "content": ContentPart.PARKED, "words": "域名出售"}),
        (range(60, 70), own),
        (range(70, 80), gone),
        (range(80, 90), {**own, "content": ContentPart.CHANGED, "registered_on": date(2026, 3, 20)}),
    ]
    looks = [
        replace(SiteLook(SITE, START + timedelta(days=day, hours=half * 12), Network.OK), **parts)  # type: ignore[arg-type]
        for span, parts in days
        for day in span
        for half in (0, 1)
    ]
    found = trace(SITE, looks)
    earlier = f"{SITE}@2026-01-01"
    assert [(period.site, period.state.value, (period.since - START).days) for period in found] == [
        (earlier, "active", 0),
        (earlier, "unknown", 20),
        (earlier, "active", 24),
        (earlier, "held", 30),
        (earlier, "active", 40),
        (earlier, "parked", 50),
        (earlier, "active", 60),
        (earlier, "dead", 70),
        (earlier, "reregistered", 78),
        (SITE, "active", 80),
    ]
    assert found[-1].content == "changed"


def test_the_section_of_sites_is_read_and_checked(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    read = read_settings('[sites]\nfollow = "take"\nsiblings = 0\ncheck = false\n', path, {}).sites
    assert (read.follow, read.siblings, read.check) == ("take", 0, False)
    assert read_settings("", path, {}).sites.follow == "propose"
    with pytest.raises(ConfigError, match="follow"):
        read_settings('[sites]\nfollow = "always"\n', path, {})


def test_a_connection_cut_after_it_stood_is_told_apart_from_one_that_never_did() -> None:
    both = [dns("one"), dns("two")]
    cut = replace(failed(Reason.RESET), detail=f"{SITE}: ERR_CONNECTION_RESET")
    refused = replace(failed(Reason.RESET), detail=f"{SITE} reset the connection")
    looks = [build_look(SITE, START, pages=[SeenPage(one)], answers=both, network=Network.OK) for one in (cut, refused)]
    assert [look.http for look in looks] == [HttpPart.RESET, HttpPart.FAILED]
    alive = build_look(SITE, START, pages=[SeenPage(capture())], answers=both, network=Network.OK)
    days = [alive, *(replace(looks[0], at=START + timedelta(days=number)) for number in (1, 2))]
    assert trace(SITE, days)[-1].state is SiteState.FILTERED

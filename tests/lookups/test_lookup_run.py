from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from capture.site import Answer, Site
from conftest import run_async

from lookups.servers import AT, Whois, Zone, datagram_server, free_port, name_server, open_gate, stream_server
from lookups.test_dns import SHOP
from lookups.test_rdap import REDACTED
from lookups.test_whois import CNNIC, REGISTRY
from monitor.config.settings import Settings, load_settings
from monitor.lookups.asker import Asker
from monitor.lookups.run import LookupRun, lookup_domains
from scrapers.lookups.canary import Reach
from scrapers.lookups.model import LookupAnswer, LookupOutcome
from storage.archive import Archive, open_archive
from storage.evidence import list_evidence
from storage.identity import LookupKind
from storage.lookups import list_lookups, load_answer
from storage.statements import statements_of

BASE = "[lookups]\npace_seconds = 0\ndns_pace_seconds = 0\ndns_seconds = 1\nseconds = 2\nrdap_bootstrap = ''\n"


class Clock:
    def __init__(self) -> None:
        self.now = AT

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = open_archive(tmp_path / "archive", f"sqlite:///{tmp_path / 'archive/cardwatch.db'}", at=AT)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def configure(tmp_path: Path) -> Callable[..., Settings]:
    def make(text: str = "", *, before: str = "") -> Settings:
        path = tmp_path / "config.toml"
        path.write_text(f"{before}{BASE}{text}", "utf-8")
        return load_settings(path, {})

    return make


def look(
    settings: Settings,
    archive: Archive,
    clock: Clock,
    *domains: str,
    kinds: tuple[LookupKind, ...] = (LookupKind.DNS,),
    refresh: bool = False,
) -> LookupRun:
    return run_async(lookup_domains(settings, archive, domains, clock, kinds=kinds, refresh=refresh))


def outcomes(run: LookupRun) -> list[str]:
    return [str(known.answer.outcome) for known in run.known]


def test_answers_become_evidence_in_the_log_and_statements_of_the_site(
    archive: Archive, clock: Clock, configure: Callable[..., Settings]
) -> None:
    whois = Whois({"kashop.cn": CNNIC})
    with name_server(Zone(SHOP)) as resolver, stream_server(whois.talk) as port43:
        settings = configure(f'resolvers = ["{resolver}"]\nwhois = {{ "cn" = "{port43}" }}\n')
        run = look(settings, archive, clock, "kashop.cn", kinds=(LookupKind.DNS, LookupKind.WHOIS))
    assert outcomes(run) == ["ok", "ok"] and run.asked == 2
    kept = {item.id: item for item in list_evidence(archive)}
    for known in run.known:
        assert kept[known.evidence].log_index >= 0
    with archive.database.reading() as session:
        statements = statements_of(session, ["kashop.cn"])
        (stored,) = list_lookups(session, "kashop.cn", kind=LookupKind.WHOIS)
    assert load_answer(archive, stored) == CNNIC.encode()
    told = {(one.kind, one.value): one for one in statements}
    registrant = told["registrant", "杭州晚枫网络科技有限公司"]
    assert (registrant.place, registrant.first_seen, registrant.first_capture) == ("registry", AT, stored.id)
    assert told["ns", "ns1.kadns.net"].site == "kashop.cn"
    assert ("verification_dns", "baidu-site-verification=codeva-Kx81") in told


def test_a_young_answer_comes_from_the_archive_and_reads_as_when_it_came(
    archive: Archive, clock: Clock, configure: Callable[..., Settings]
) -> None:
    zone = Zone(SHOP)
    with name_server(zone) as resolver:
        settings = configure(f'resolvers = ["{resolver}"]\ndns_hours = 6\n')
        first = look(settings, archive, clock, "kashop.cn")
        asked = len(zone.asked)
        clock.now += timedelta(hours=5)
        second = look(settings, archive, clock, "kashop.cn")
        assert len(zone.asked) == asked and second.asked == 0
        assert second.known[0].cached and second.known[0].answer == first.known[0].answer
        refreshed = look(settings, archive, clock, "kashop.cn", refresh=True)
        assert len(zone.asked) == 2 * asked and not refreshed.known[0].cached
        clock.now += timedelta(hours=7)
        look(settings, archive, clock, "kashop.cn")
        assert len(zone.asked) == 3 * asked
    assert len({known.evidence for run in (first, refreshed) for known in run.known}) == 1, "an equal answer"
    with archive.database.reading() as session:
        assert len(list_lookups(session, "kashop.cn")) == 3, "and yet each asking is on record"


def test_a_failure_holds_for_an_hour_only(archive: Archive, clock: Clock, configure: Callable[..., Settings]) -> None:
    zone = Zone({}, rcode="SERVFAIL")
    with name_server(zone) as resolver:
        settings = configure(f'resolvers = ["{resolver}"]\n')
        assert outcomes(look(settings, archive, clock, "kashop.cn")) == ["server_failure"]
        zone.rcode, zone.names = "", SHOP
        assert outcomes(look(settings, archive, clock, "kashop.cn")) == ["server_failure"]
        clock.now += timedelta(hours=2)
        assert outcomes(look(settings, archive, clock, "kashop.cn")) == ["ok"]


def test_resolvers_stay_apart_and_their_split_is_seen(
    archive: Archive, clock: Clock, configure: Callable[..., Settings]
) -> None:
    with name_server(Zone(SHOP)) as one, name_server(Zone({})) as two:
        run = look(configure(f'resolvers = ["{one}", "{two}"]\n'), archive, clock, "kashop.cn")
    assert outcomes(run) == ["ok", "no_such_name"]
    assert {known.answer.server for known in run.known} == {one, two}
    (split,) = run.split("kashop.cn")
    assert "no such name" in split
    again = look(configure(f'resolvers = ["{one}", "{two}"]\n'), archive, clock, "kashop.cn")
    assert sorted(outcomes(again)) == ["no_such_name", "ok"] and again.split("kashop.cn")


def test_offline_asks_nobody_and_keeps_nothing(
    archive: Archive, clock: Clock, configure: Callable[..., Settings]
) -> None:
    zone = Zone(SHOP)
    with name_server(zone) as resolver:
        settings = configure(f'resolvers = ["{resolver}"]\noffline = true\ncanaries = ["127.0.0.1:9"]\n')
        run = look(settings, archive, clock, "kashop.cn", kinds=tuple(LookupKind))
    assert set(outcomes(run)) == {"offline"} and len(run.known) == len(LookupKind)
    assert zone.asked == [] and list_evidence(archive) == ()


def test_while_our_own_network_is_down_nothing_is_asked_or_noted(
    archive: Archive, clock: Clock, configure: Callable[..., Settings]
) -> None:
    zone = Zone({})
    with name_server(zone) as resolver:
        settings = configure(f'resolvers = ["{resolver}"]\ncanaries = ["127.0.0.1:{free_port()}"]\n')
        run = look(settings, archive, clock, "kashop.cn")
    assert run.network.reach is Reach.DOWN and outcomes(run) == ["offline"]
    assert "own network is down" in run.known[0].answer.detail
    with archive.database.reading() as session:
        assert list_lookups(session, "kashop.cn") == ()


def test_a_resolver_that_fails_the_canaries_is_left_out(
    archive: Archive, clock: Clock, configure: Callable[..., Settings]
) -> None:
    names = {**SHOP, "canary.example": [("A", "203.0.113.1")]}
    with (
        name_server(Zone(names)) as good,
        name_server(Zone({}, rcode="SERVFAIL")) as bad,
        stream_server(lambda channel: None) as there,
    ):
        before = f'[network]\nresolve = {{ "canary.example" = "{there}" }}\n'
        settings = configure(f'resolvers = ["{good}", "{bad}"]\ncanaries = ["canary.example"]\n', before=before)
        run = look(settings, archive, clock, "kashop.cn")
    assert run.network.reach is Reach.PARTIAL
    assert [known.answer.server for known in run.known] == [good]


def test_a_resolver_that_waits_for_a_dead_server_is_not_called_silent(
    archive: Archive, clock: Clock, configure: Callable[..., Settings]
) -> None:
    root_only = bytes.fromhex("8180") + b"\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x01"

    def answer(question: bytes) -> bytes | None:
        return question[:2] + root_only if question[12] == 0 else None

    with datagram_server(answer) as resolver:
        settings = configure(f'resolvers = ["{resolver}"]\n')
        settings = replace(settings, lookups=replace(settings.lookups, dns_seconds=0.3))
        run = look(settings, archive, clock, "one.cn", "two.cn", "three.cn")
    assert outcomes(run) == ["server_failure"] * 3
    again = look(settings, archive, clock, "one.cn")
    assert again.known[0].cached and outcomes(again) == ["server_failure"], "what was concluded then stands"
    assert "the resolver works" in run.known[0].answer.detail


def test_a_run_is_bounded_and_says_what_is_left(
    archive: Archive, clock: Clock, configure: Callable[..., Settings]
) -> None:
    with name_server(Zone(SHOP)) as resolver:
        settings = configure(f'resolvers = ["{resolver}"]\nmost_each_run = 1\n')
        run = look(settings, archive, clock, "kashop.cn", "two.cn", "three.cn")
        assert run.left == (("two.cn", LookupKind.DNS), ("three.cn", LookupKind.DNS))
        run = look(settings, archive, clock, "kashop.cn", "two.cn", "three.cn")
    assert run.left == (("three.cn", LookupKind.DNS),), "what was answered comes from the archive"
    assert sorted(outcomes(run)) == ["no_such_name", "ok"]


def test_a_registry_that_asks_for_patience_is_left_alone_for_the_run(
    archive: Archive, clock: Clock, configure: Callable[..., Settings]
) -> None:
    whois = Whois({}, usual="Queried interval is too short.\n")
    with stream_server(whois.talk) as port43:
        settings = configure(f'whois = {{ "cn" = "{port43}" }}\nconcurrency = 1\n')
        run = look(settings, archive, clock, "one.cn", "two.cn", "three.cn", kinds=(LookupKind.WHOIS,))
    assert outcomes(run) == ["rate_limited"] * 3
    assert whois.asked == ["one.cn"]


def test_a_registrar_that_asks_for_patience_is_left_alone_too(
    archive: Archive, clock: Clock, configure: Callable[..., Settings]
) -> None:
    registry = Whois({name: REGISTRY.replace("KASHOP.COM", name) for name in ("one.com", "two.com", "three.com")})
    seller = Whois({}, usual="Query rate limit exceeded\n")
    with stream_server(registry.talk) as port43, stream_server(seller.talk) as second:
        before = f'[network]\nresolve = {{ "whois.seller.example.net:43" = "{second}" }}\n'
        settings = configure(f'whois = {{ "com" = "{port43}" }}\nconcurrency = 1\n', before=before)
        run = look(settings, archive, clock, "one.com", "two.com", "three.com", kinds=(LookupKind.WHOIS,))
    assert outcomes(run) == ["ok", "rate_limited", "ok", "ok"]
    assert seller.asked == ["one.com"]


def test_a_name_and_its_subdomain_cost_one_question_to_the_registry(
    archive: Archive, clock: Clock, configure: Callable[..., Settings]
) -> None:
    whois = Whois({"kashop.cn": CNNIC})
    with stream_server(whois.talk) as port43:
        settings = configure(f'whois = {{ "cn" = "{port43}" }}\n')
        run = look(settings, archive, clock, "kashop.cn", "fen.kashop.cn", kinds=(LookupKind.WHOIS,))
    assert whois.asked == ["kashop.cn"]
    assert run.answers("fen.kashop.cn", LookupKind.WHOIS) == run.answers("kashop.cn", LookupKind.WHOIS) != ()


def test_questions_to_one_registry_keep_their_distance(
    archive: Archive, clock: Clock, configure: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    import asyncio

    real = asyncio.sleep

    async def note(seconds: float) -> None:
        waits.append(seconds)
        await real(0)

    monkeypatch.setattr("monitor.lookups.turns.asyncio.sleep", note)
    with stream_server(Whois({}).talk) as port43:
        settings = configure(f'whois = {{ "cn" = "{port43}" }}\n')
        settings = replace(settings, lookups=replace(settings.lookups, pace_seconds=50))
        look(settings, archive, clock, "one.cn", "two.cn", "three.cn", kinds=(LookupKind.WHOIS,))
    assert [round(wait / 50) for wait in sorted(waits) if wait > 1] == [1, 2]


def test_rdap_finds_its_server_by_the_table_which_is_kept_for_a_month(
    archive: Archive, clock: Clock, configure: Callable[..., Settings]
) -> None:
    site = Site()
    try:
        table = {"services": [[["top"], [f"{site.url}/"]]]}
        site.answers["/dns.json"] = Answer(json.dumps(table), media_type="application/json")
        site.answers["/domain/kashop.top"] = Answer(json.dumps(REDACTED), media_type="application/rdap+json")
        settings = configure()
        settings = replace(settings, lookups=replace(settings.lookups, rdap_bootstrap=f"{site.url}/dns.json"))
        run = look(settings, archive, clock, "kashop.top", "kashop.cn", kinds=(LookupKind.RDAP,))
        assert outcomes(run) == ["ok", "not_supported"]
        assert run.answers("kashop.cn")[0].detail.startswith("no RDAP server is known for .cn")
        clock.now += timedelta(days=20)
        look(settings, archive, clock, "kashop.top", kinds=(LookupKind.RDAP,), refresh=True)
        assert site.seen.count("GET /dns.json") == 1
        clock.now += timedelta(days=20)
        look(settings, archive, clock, "kashop.top", kinds=(LookupKind.RDAP,), refresh=True)
        assert site.seen.count("GET /dns.json") == 2
    finally:
        site.close()


def test_a_subdomain_is_registered_under_its_domain_and_a_private_suffix_under_nothing(
    archive: Archive, clock: Clock, configure: Callable[..., Settings]
) -> None:
    whois = Whois({"kashop.cn": CNNIC})
    with stream_server(whois.talk) as port43:
        settings = configure(f'whois = {{ "cn" = "{port43}", "io" = "{port43}" }}\n')
        kinds = (LookupKind.WHOIS,)
        run = look(settings, archive, clock, "fen.kashop.cn", "my.github.io", "192.0.2.9", "a.test", kinds=kinds)
        cached = look(settings, archive, clock, "fen.kashop.cn", kinds=kinds)
    assert outcomes(run) == ["ok", "not_supported", "not_supported", "not_supported"]
    assert whois.asked == ["kashop.cn"] and cached.known[0].cached
    assert "handed out privately" in run.answers("my.github.io")[0].detail
    with archive.database.reading() as session:
        assert statements_of(session, ["fen.kashop.cn"]) == ()
        assert statements_of(session, ["kashop.cn"])


def test_www_is_the_site_itself(archive: Archive, clock: Clock, configure: Callable[..., Settings]) -> None:
    with name_server(Zone({"www.kashop.cn": [("A", "203.0.113.4")]})) as resolver:
        look(configure(f'resolvers = ["{resolver}"]\n'), archive, clock, "www.kashop.cn")
    with archive.database.reading() as session:
        assert [one.value for one in statements_of(session, ["kashop.cn"])] == ["203.0.113.4"]


def test_reserved_names_are_asked_of_servers_that_the_user_named_only(
    archive: Archive, clock: Clock, configure: Callable[..., Settings]
) -> None:
    run = look(configure(), archive, clock, "shop.test")
    assert outcomes(run) == ["not_supported"], "the usual resolvers are not asked"
    with name_server(Zone({"shop.test": [("A", "203.0.113.5")]})) as resolver:
        settings = configure(before=f'[network]\nnameserver = "{resolver}"\n')
        assert outcomes(look(settings, archive, clock, "shop.test", refresh=True)) == ["ok"]


def test_tls_and_http_look_at_the_site_itself(
    archive: Archive, clock: Clock, configure: Callable[..., Settings]
) -> None:
    site = Site()
    site.page("/", "<title>甲铺")
    try:
        closed = f"127.0.0.1:{free_port()}"
        before = f'[network]\nresolve = {{ "shop.test:80" = "{site.endpoint}", "shop.test:443" = "{closed}" }}\n'
        run = look(
            configure(before=before), archive, clock, "http://shop.test/index", kinds=(LookupKind.TLS, LookupKind.HTTP)
        )
    finally:
        site.close()
    assert outcomes(run) == ["refused", "ok"]
    assert [known.answer.outcome for known in run.known if not known.lookup] == []


def test_behind_a_proxy_every_question_goes_through_it(
    archive: Archive, clock: Clock, configure: Callable[..., Settings]
) -> None:
    whois = Whois({"kashop.cn": CNNIC})

    async def ask(resolver: str, port43: str) -> tuple[LookupRun, list[str]]:
        lane = await open_gate().open_lane(1_000_000)
        before = f'[network]\nproxy = "socks5://127.0.0.1:{lane.port}"\n'
        settings = configure(f'resolvers = ["system", "{resolver}"]\nwhois = {{ "cn" = "{port43}" }}\n', before=before)
        kinds = (LookupKind.DNS, LookupKind.WHOIS)
        run = await lookup_domains(settings, archive, ["kashop.cn"], clock, kinds=kinds)
        reached = [f"{host}:{port}" for host, port in lane.remotes]
        await lane.close()
        return run, reached

    with name_server(Zone(SHOP), udp=False, tcp=True) as resolver, stream_server(whois.talk) as port43:
        run, reached = run_async(ask(resolver, port43))
    assert outcomes(run) == ["ok", "ok"], "the resolver takes no datagrams, and that of this machine is left alone"
    assert sorted(reached) == sorted([resolver, port43])


def test_progress_counts_questions(archive: Archive, clock: Clock, configure: Callable[..., Settings]) -> None:
    told: list[tuple[int, int, str]] = []
    with name_server(Zone(SHOP)) as resolver:
        settings = configure(f'resolvers = ["{resolver}"]\n')
        run_async(
            lookup_domains(
                settings, archive, ["kashop.cn", "two.cn"], clock, kinds=(LookupKind.DNS,),
                progress=lambda done, whole, what: told.append((done, whole, what)),
            )
        )  # fmt: skip
    assert [(done, whole) for done, whole, _ in told] == [(1, 2), (2, 2)]
    assert {what for *_, what in told} == {"dns kashop.cn", "dns two.cn"}


def test_an_outcome_of_ours_is_no_word_about_the_domain() -> None:
    from scrapers.lookups.model import TELLING

    assert {LookupOutcome.OK, LookupOutcome.NO_SUCH_NAME} == TELLING


def test_an_answer_that_breaks_its_reader_is_named_and_ends_no_run(
    archive: Archive, clock: Clock, configure: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Asker.ask

    async def ask(self: Asker, name: str, kind: LookupKind) -> tuple[LookupAnswer, ...]:
        if name == "evil.cn":
            raise RuntimeError("bytes that nobody thought of")
        return await asked(self, name, kind)

    monkeypatch.setattr(Asker, "ask", ask)
    with name_server(Zone(SHOP)) as resolver:
        settings = configure(f'resolvers = ["{resolver}"]\n')
        run = look(settings, archive, clock, "evil.cn", "kashop.cn")
    broken, good = run.answers("evil.cn"), run.answers("kashop.cn")
    assert [one.outcome for one in broken] == [LookupOutcome.ERROR] and "nobody thought of" in broken[0].detail
    assert [one.outcome for one in good] == [LookupOutcome.OK]
    with archive.database.reading() as session:
        assert list_lookups(session, "evil.cn") == (), "of our own fault nothing is kept"

from __future__ import annotations

import time

import pytest
from conftest import run_async

from lookups.servers import AT, Zone, clock, datagram_server, free_port, name_server, open_gate
from scrapers.identity import IdentifierKind, Place
from scrapers.lookups.dns import ask_dns, find_split
from scrapers.lookups.dns_reading import read_dns
from scrapers.lookups.model import DnsFacts, LookupAnswer, LookupOutcome

SHOP = {
    "kashop.cn": [
        ("SOA", "ns1.kadns.net"),
        ("A", "203.0.113.9"),
        ("A", "198.51.100.7"),
        ("NS", "ns1.kadns.net"),
        ("NS", "NS2.kadns.net"),
        ("MX", "10 Mail.kashop.cn"),
        ("TXT", "v=spf1 include:spf.kadns.net -all"),
        ("TXT", "baidu-site-verification=codeva-Kx81"),
    ],
    "www.kashop.cn": [("CNAME", "kashop.cn.cdn.example.net")],
}


def ask(resolver: str, domain: str = "kashop.cn", seconds: float = 2.0, **more: object) -> LookupAnswer:
    return run_async(ask_dns(domain, resolver, clock=clock, seconds=seconds, label="cwprobe1", **more))  # type: ignore[arg-type]


def values(answer: LookupAnswer, kind: IdentifierKind) -> list[str]:
    return sorted(one.value for one in answer.identifiers if one.kind == kind)


def facts_of(answer: LookupAnswer) -> DnsFacts:
    assert isinstance(answer.facts, DnsFacts)
    return answer.facts


def test_every_record_becomes_an_identifier_with_its_place_and_record() -> None:
    with name_server(Zone(SHOP)) as resolver:
        answer = ask(resolver)
    assert (answer.outcome, answer.server, answer.asked_at) == (LookupOutcome.OK, resolver, AT)
    assert values(answer, IdentifierKind.IP) == ["198.51.100.7", "203.0.113.9"]
    assert values(answer, IdentifierKind.NS) == ["ns1.kadns.net", "ns2.kadns.net"]
    assert values(answer, IdentifierKind.MX) == ["mail.kashop.cn"]
    assert values(answer, IdentifierKind.CNAME) == ["kashop.cn.cdn.example.net"]
    assert values(answer, IdentifierKind.VERIFICATION_DNS) == ["baidu-site-verification=codeva-Kx81"]
    assert values(answer, IdentifierKind.TXT) == ["v=spf1 include:spf.kadns.net -all"]
    assert {one.place for one in answer.identifiers} == {Place.DNS}
    assert next(one.where for one in answer.identifiers if one.kind == IdentifierKind.MX) == "kashop.cn MX"


def test_an_address_that_is_not_public_is_named_as_such() -> None:
    with name_server(Zone({"kashop.cn": [("A", "127.0.0.1")]})) as resolver:
        answer = ask(resolver)
    (found,) = (one for one in answer.identifiers if one.kind == IdentifierKind.IP)
    assert found.problem == "loopback address"


def test_a_random_label_shows_a_wildcard() -> None:
    with name_server(Zone(SHOP)) as plain, name_server(Zone(SHOP, wildcard="203.0.113.80")) as wild:
        assert facts_of(ask(plain)).wildcard is False
        answer = ask(wild)
    assert facts_of(answer).wildcard is True
    assert "203.0.113.80" not in values(answer, IdentifierKind.IP), "what answers any name is no address of the site"


def test_a_name_that_is_gone_costs_two_questions() -> None:
    zone = Zone({})
    with name_server(zone) as resolver:
        answer = ask(resolver)
    assert answer.outcome is LookupOutcome.NO_SUCH_NAME
    assert zone.asked == [("kashop.cn", "SOA"), ("kashop.cn", "A")]
    assert answer.identifiers == ()


@pytest.mark.parametrize(
    ("code", "outcome"), [("SERVFAIL", LookupOutcome.SERVER_FAILURE), ("REFUSED", LookupOutcome.REFUSED)]
)
def test_a_failing_server_says_nothing_of_the_name(code: str, outcome: LookupOutcome) -> None:
    with name_server(Zone({}, rcode=code)) as resolver:
        answer = ask(resolver)
    assert answer.outcome is outcome
    assert code in answer.detail


def test_a_silent_resolver_is_asked_once_and_ends_in_time() -> None:
    asked: list[bytes] = []
    started = time.monotonic()
    with datagram_server(lambda data: asked.append(data)) as resolver:  # type: ignore[func-returns-value]
        answer = ask(resolver, seconds=0.4)
    assert answer.outcome is LookupOutcome.TIMEOUT
    assert len(asked) == 2, "one question, sent twice because datagrams get lost"
    assert time.monotonic() - started < 3


def test_a_closed_port_is_a_refusal_not_a_missing_name() -> None:
    assert ask(f"127.0.0.1:{free_port()}", seconds=0.3).outcome in (LookupOutcome.REFUSED, LookupOutcome.TIMEOUT)


def test_a_malformed_answer_is_an_error_of_the_asking() -> None:
    with datagram_server(lambda data: data[:2] + b"\x81\x80\x00\x01\x00\x09\x00\x00\x00\x00\xc0\x0c" * 3) as resolver:
        answer = ask(resolver)
    assert answer.outcome is LookupOutcome.ERROR
    assert "malformed" in answer.detail


def test_an_answer_to_another_question_is_not_taken() -> None:
    def another(data: bytes) -> bytes:
        return data[:2] + b"\x81\x83\x00\x01\x00\x00\x00\x00\x00\x00\x05other\x02cn\x00\x00\x01\x00\x01"

    with datagram_server(another) as resolver:
        assert ask(resolver).outcome is LookupOutcome.ERROR


def test_equal_answers_are_equal_bytes_whatever_their_order_number_and_lifetime() -> None:
    turned = {"kashop.cn": list(reversed(SHOP["kashop.cn"])), "www.kashop.cn": SHOP["www.kashop.cn"]}
    zone = Zone(SHOP)
    with name_server(zone) as resolver:
        first = ask(resolver)
        zone.names = turned
        second = run_async(ask_dns("kashop.cn", resolver, clock=clock, seconds=2, label="cwother2"))
        zone.names = {**SHOP, "kashop.cn": [*SHOP["kashop.cn"], ("A", "203.0.113.10")]}
        third = ask(resolver)
    assert first.raw == second.raw
    assert first.raw != third.raw


def test_a_wildcard_zone_answers_with_equal_bytes_too() -> None:
    with name_server(Zone(SHOP, wildcard="203.0.113.80")) as resolver:
        first = ask(resolver)
        second = run_async(ask_dns("kashop.cn", resolver, clock=clock, seconds=2, label="cwother2"))
    assert first.raw == second.raw and facts_of(second).wildcard


def test_the_kept_answer_reads_as_the_one_that_came() -> None:
    with name_server(Zone(SHOP)) as resolver:
        answer = ask(resolver)
    assert read_dns(answer.raw, AT) == answer
    with pytest.raises(ValueError, match="no kept DNS answers"):
        read_dns(b'{"format": "cardwatch-dns-1", "questions": 3}', AT)


def test_two_resolvers_that_disagree_are_told_apart() -> None:
    other = {"kashop.cn": [("A", "203.0.113.200")]}
    with name_server(Zone(SHOP)) as one, name_server(Zone({})) as two, name_server(Zone(other)) as three:
        answers = [ask(one), ask(two), ask(three)]
        (gone, apart) = find_split(answers)
        assert "no such name" in gone and two in gone.partition(":")[0] + gone
        assert "203.0.113.200" in apart
        assert find_split([answers[0], ask(one)]) == ()


def test_resolvers_that_share_an_address_do_not_contradict_each_other() -> None:
    some = {"kashop.cn": [("A", "203.0.113.9"), ("A", "203.0.113.77")]}
    with name_server(Zone(SHOP)) as one, name_server(Zone(some)) as two:
        assert find_split([ask(one), ask(two)]) == ()


def test_through_a_gate_the_questions_go_by_stream() -> None:
    zone = Zone(SHOP)
    with name_server(zone, tcp=True) as resolver:
        answer = ask(resolver, gate=open_gate())
        refused = ask(resolver, gate=open_gate(allow=()))
    assert answer.outcome is LookupOutcome.OK
    assert values(answer, IdentifierKind.NS) == ["ns1.kadns.net", "ns2.kadns.net"]
    assert refused.outcome is LookupOutcome.ERROR and "allow_private" in refused.detail


def test_a_name_that_dns_cannot_hold_is_asked_of_nobody() -> None:
    zone = Zone({})
    with name_server(zone) as resolver:
        answer = ask(resolver, domain="a" * 70 + ".cn")
    assert answer.outcome is LookupOutcome.ERROR
    assert zone.asked == []

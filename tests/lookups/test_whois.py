from __future__ import annotations

import socket
import time

import pytest
from asyncwhois.parse import TLDBaseKeys
from asyncwhois.parse_tld import DomainParser
from conftest import run_async

from lookups.servers import AT, Whois, clock, drip, open_gate, stream_server
from scrapers.identity import IdentifierKind
from scrapers.lookups.model import LookupAnswer, LookupFailed, LookupOutcome, RegistryFacts
from scrapers.lookups.whois import ask_whois, find_whois_server, read_whois
from scrapers.lookups.whois_text import read_whois_text

CNNIC = """Domain Name: kashop.cn
ROID: 20190301s10001s12345678-cn
Domain Status: clientTransferProhibited
Domain Status: clientHold
Registrant: 杭州晚枫网络科技有限公司
Registrant Contact Email: owner@wanfeng.example
Sponsoring Registrar: 某某云计算有限公司
Name Server: ns1.kadns.net
Name Server: ns2.kadns.net
Registration Time: 2019-03-01 00:30:05
Expiration Time: 2027-03-01 00:30:05
DNSSEC: unsigned
"""
REGISTRY = """   Domain Name: KASHOP.COM
   Registry Domain ID: 2345_DOMAIN_COM-VRSN
   Registrar WHOIS Server: whois.seller.example.net
   Registrar URL: http://www.seller.example.net
   Updated Date: 2025-01-02T03:04:05Z
   Creation Date: 2021-06-30T20:00:00Z
   Registry Expiry Date: 2027-06-30T20:00:00Z
   Registrar: Seller of Names, Inc.
   Registrar IANA ID: 1599
   Domain Status: clientTransferProhibited https://icann.org/epp#clientTransferProhibited
   Name Server: NS1.KADNS.NET
   DNSSEC: unsigned
>>> Last update of whois database: 2026-11-01T00:00:00Z <<<

NOTICE: The expiration date displayed in this record is the date the registration ends.
TERMS OF USE: You are not authorized to use high volume queries; too many requests are rate limited.
"""
SELLER = """Domain Name: KASHOP.COM
Registrar WHOIS Server: whois.seller.example.net
Creation Date: 2021-06-30T20:00:00Z
Registrar Registration Expiration Date: 2027-06-30T20:00:00Z
Registrar: Seller of Names, Inc.
Registrar IANA ID: 1599
Registrant Name: Zhang Wei
Registrant Organization: Wanfeng Network Technology Co., Ltd.
Registrant State/Province: zhe jiang
Registrant Country: CN
Registrant Email: owner@wanfeng.example
Name Server: NS1.KADNS.NET
"""
PRIVATE = """Domain Name: kashop.top
Registry Expiry Date: 2027-01-01T00:00:00Z
Registrar: Some Registrar
Registrant Name: REDACTED FOR PRIVACY
Registrant Organization: Privacy service provided by Withheld
Registrant Email: Please query the RDDS service of the Registrar
Registrant Country: CN
"""


def facts_of(answer: LookupAnswer) -> RegistryFacts:
    assert isinstance(answer.facts, RegistryFacts)
    return answer.facts


def values(answer: LookupAnswer, kind: IdentifierKind) -> list[str]:
    return [one.value for one in answer.identifiers if one.kind == kind]


def ask(
    texts: dict[str, str | bytes], domain: str, *, host: str = "whois.cnnic.cn", seconds: float = 3
) -> LookupAnswer:
    with stream_server(Whois(texts).talk) as endpoint:
        gate = open_gate(resolve={f"{host}:43": endpoint})
        return run_async(ask_whois(domain, host, gate, clock=clock, seconds=seconds))[0]


def test_a_cnnic_answer_gives_registrant_registrar_dates_and_states() -> None:
    answer = ask({"kashop.cn": CNNIC}, "kashop.cn")
    facts = facts_of(answer)
    assert (answer.outcome, answer.server, answer.asked_at) == (LookupOutcome.OK, "whois.cnnic.cn", AT)
    assert facts.registrant == "杭州晚枫网络科技有限公司" and not facts.registrant_is_person
    assert facts.status == ("clientTransferProhibited", "clientHold")
    assert facts.registered_on == "2019-03-01"
    assert facts.registered_at is not None and facts.registered_at.isoformat() == "2019-02-28T16:30:05+00:00"
    assert values(answer, IdentifierKind.REGISTRANT) == ["杭州晚枫网络科技有限公司"]
    assert values(answer, IdentifierKind.REGISTRAR) == ["某某云计算有限公司"]
    assert values(answer, IdentifierKind.NS) == ["ns1.kadns.net", "ns2.kadns.net"]
    assert values(answer, IdentifierKind.EXPIRES_ON) == ["2027-03-01"]
    assert answer.raw == CNNIC.encode()


def test_a_text_in_gbk_reads_as_one_in_utf8() -> None:
    answer = ask({"kashop.cn": CNNIC.encode("gb18030")}, "kashop.cn")
    assert facts_of(answer).registrant == "杭州晚枫网络科技有限公司"


def test_a_person_keeps_the_role_and_shows_a_masked_name() -> None:
    answer = ask({"kashop.cn": CNNIC.replace("杭州晚枫网络科技有限公司", "欧阳晚枫")}, "kashop.cn")
    (registrant,) = (one for one in answer.identifiers if one.kind == IdentifierKind.REGISTRANT)
    (mail,) = (one for one in answer.identifiers if one.kind == IdentifierKind.EMAIL)
    assert (registrant.role, registrant.shown) == ("person", "欧***")
    assert mail.role == "person"


def test_the_registrar_is_asked_once_where_the_registry_names_no_registrant() -> None:
    registry, seller = Whois({"kashop.com": REGISTRY, "domain kashop.com": REGISTRY}), Whois({"kashop.com": SELLER})
    with stream_server(registry.talk) as first, stream_server(seller.talk) as second:
        gate = open_gate(resolve={"whois.verisign-grs.com:43": first, "whois.seller.example.net:43": second})
        answers = run_async(ask_whois("kashop.com", "whois.verisign-grs.com", gate, clock=clock, seconds=3))
    assert [answer.server for answer in answers] == ["whois.verisign-grs.com", "whois.seller.example.net"]
    assert registry.asked == ["domain kashop.com"] and seller.asked == ["kashop.com"]
    assert facts_of(answers[0]).registrar_id == "1599" and facts_of(answers[0]).registrant == ""
    assert facts_of(answers[1]).registrant == "Wanfeng Network Technology Co., Ltd."
    assert values(answers[0], IdentifierKind.REGISTRAR) == ["1599"]


def test_a_registrar_that_does_not_know_the_name_does_not_unregister_it() -> None:
    registry, seller = Whois({"kashop.com": REGISTRY}), Whois({}, usual="No match for that domain\n")
    with stream_server(registry.talk) as first, stream_server(seller.talk) as second:
        gate = open_gate(resolve={"whois.nic.test:43": first, "whois.seller.example.net:43": second})
        held, lost = run_async(ask_whois("kashop.com", "whois.nic.test", gate, clock=clock, seconds=3))
    assert held.outcome is LookupOutcome.OK
    assert lost.outcome is LookupOutcome.ERROR and "the registry holds" in lost.detail and lost.raw


def test_a_short_text_that_ends_in_gbk_loses_nothing() -> None:
    text = "Domain Name: kashop.cn\nRegistration Time: 2019-03-01 00:30:05\nRegistrant: 张伟"
    assert read_whois_text(text.encode("gb18030"), "kashop.cn").registrant == "张伟"
    long = (CNNIC + "备" * 40_000).encode("gb18030")
    assert read_whois_text(long, "kashop.cn").registrant == "杭州晚枫网络科技有限公司"


def test_a_referral_to_an_inner_address_leads_nowhere() -> None:
    for where in ("127.0.0.1", "localhost", "router.lan"):
        text = REGISTRY.replace("whois.seller.example.net", where)
        with stream_server(Whois({"kashop.com": text}).talk) as first:
            gate = open_gate(resolve={"whois.nic.test:43": first}, allow=())
            answers = run_async(ask_whois("kashop.com", "whois.nic.test", gate, clock=clock, seconds=3))
        assert len(answers) == 1 or answers[1].outcome is LookupOutcome.ERROR, where


def test_withheld_values_are_no_registrant() -> None:
    facts = read_whois_text(PRIVATE.encode(), "kashop.top")
    assert facts.registrant == "" and facts.registrant_email == ""
    assert facts.redacted == ("organisation", "name", "email")
    assert facts.country == "CN"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("No matching record.\n", LookupOutcome.NO_SUCH_NAME),
        ('No match for "KASHOP.CN".\r\n>>> Last update <<<\r\nTERMS OF USE: quota', LookupOutcome.NO_SUCH_NAME),
        ("The queried object does not exist: DOMAIN NOT FOUND\n", LookupOutcome.NO_SUCH_NAME),
        ("Domain not found.\n", LookupOutcome.NO_SUCH_NAME),
        ("Domain: kashop.cn\nStatus: free\n", LookupOutcome.NO_SUCH_NAME),
        ("% No entries found in the database\n", LookupOutcome.NO_SUCH_NAME),
        ("NOT FOUND\n", LookupOutcome.NO_SUCH_NAME),
        ("kashop.cn is available for registration\n", LookupOutcome.NO_SUCH_NAME),
        ("Domain kashop.cn not found\n", LookupOutcome.NO_SUCH_NAME),
        ("Backend not found\n", LookupOutcome.ERROR),
        ("." * 3000 + " lost\n", LookupOutcome.ERROR),
        ("Queried interval is too short.\n", LookupOutcome.RATE_LIMITED),
        ("Your connection limit exceeded. Please slow down and try again later.\n", LookupOutcome.RATE_LIMITED),
        ("查询过于频繁，请稍后再试\n", LookupOutcome.RATE_LIMITED),
        ("% access denied for 192.0.2.1\nAccess denied\n", LookupOutcome.REFUSED),
        ("This TLD is not supported here: zone kashop.cn not supported\n", LookupOutcome.NOT_SUPPORTED),
        ("The domain you want to register is reserved by the registry\n", LookupOutcome.ERROR),
        ("Welcome to our fine service\n", LookupOutcome.ERROR),
        ("", LookupOutcome.ERROR),
    ],
)
def test_texts_without_a_record_are_told_apart(text: str, outcome: LookupOutcome) -> None:
    with pytest.raises(LookupFailed) as failed:
        read_whois_text(text.encode(), "kashop.cn")
    assert failed.value.outcome is outcome, failed.value.detail


def test_a_record_of_another_name_is_not_taken_for_this_one() -> None:
    with pytest.raises(LookupFailed) as failed:
        read_whois_text(CNNIC.encode(), "other.cn")
    assert failed.value.outcome is LookupOutcome.ERROR


def test_bracketed_and_indented_forms_are_read() -> None:
    bracketed = "[Domain Name]  KASHOP.JP\n[Registrant]  Wanfeng K.K.\n[Created on] 2020/05/06\n[Status] Active\n"
    facts = read_whois_text(bracketed.encode(), "kashop.jp")
    assert (facts.registrant, facts.registered_on, facts.status) == ("Wanfeng K.K.", "2020-05-06", ("ok",))
    indented = "Domain name:\n    kashop.uk\n\nRegistrar:\n    Seller Ltd\n\nRegistered on: 06-May-2020\n"
    facts = read_whois_text(indented.encode(), "kashop.uk")
    assert (facts.registrar, facts.registered_on) == ("Seller Ltd", "2020-05-06")


def test_the_reader_agrees_with_asyncwhois_on_what_both_read() -> None:
    parsed = DomainParser().parse(CNNIC, "cn")
    facts = read_whois_text(CNNIC.encode(), "kashop.cn")
    assert facts.registrant == parsed[TLDBaseKeys.REGISTRANT_NAME]
    assert facts.registrar == parsed[TLDBaseKeys.REGISTRAR]
    assert facts.registrant_email == parsed[TLDBaseKeys.REGISTRANT_EMAIL]
    assert list(facts.nameservers) == parsed[TLDBaseKeys.NAME_SERVERS]


def test_a_flood_ends_at_its_bound_and_keeps_what_came() -> None:
    with stream_server(drip(b"x" * 4000 + b"\n", 0, CNNIC.encode())) as endpoint:
        gate = open_gate(resolve={"whois.cnnic.cn": endpoint})
        (answer,) = run_async(ask_whois("kashop.cn", "whois.cnnic.cn", gate, clock=clock, seconds=5))
    assert answer.outcome is LookupOutcome.OK and len(answer.raw) == 65_536
    assert "cut after" in answer.detail


def test_a_drip_ends_in_time() -> None:
    started = time.monotonic()
    with stream_server(drip(b"a", 0.02)) as endpoint:
        gate = open_gate(resolve={"whois.cnnic.cn": endpoint})
        (answer,) = run_async(ask_whois("kashop.cn", "whois.cnnic.cn", gate, clock=clock, seconds=0.5))
    assert answer.outcome is LookupOutcome.TIMEOUT
    assert answer.raw.startswith(b"aa") and time.monotonic() - started < 3


def test_a_server_that_cannot_be_reached_says_nothing_of_the_domain() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, never listened on
        gate = open_gate(resolve={"whois.cnnic.cn": f"127.0.0.1:{taken.getsockname()[1]}"})
        (answer,) = run_async(ask_whois("kashop.cn", "whois.cnnic.cn", gate, clock=clock, seconds=3))
    assert answer.outcome is LookupOutcome.REFUSED and answer.raw == b""


def test_iana_is_asked_for_a_suffix_that_nobody_knows() -> None:
    iana = Whois({"zuixin": "domain: ZUIXIN\nwhois: whois.nic.zuixin.example.net\nstatus: ACTIVE\n"})
    nic = Whois({"kashop.zuixin": "Domain Name: kashop.zuixin\nCreation Date: 2024-01-01T00:00:00Z\n"})
    assert find_whois_server("kashop.zuixin", {}) == ""
    with stream_server(iana.talk) as first, stream_server(nic.talk) as second:
        gate = open_gate(resolve={"whois.iana.org:43": first, "whois.nic.zuixin.example.net:43": second})
        (answer,) = run_async(ask_whois("kashop.zuixin", "", gate, clock=clock, seconds=3))
    assert facts_of(answer).registered_on == "2024-01-01"


def test_the_server_of_a_suffix_is_the_configured_one_then_the_known_one() -> None:
    assert find_whois_server("kashop.cn", {}) == "whois.cnnic.cn"
    assert find_whois_server("kashop.com.cn", {"cn": "a.example", "com.cn": "b.example:4343"}) == "b.example:4343"
    assert find_whois_server("kashop.ba", {}) is None


def test_a_kept_text_reads_as_it_did() -> None:
    answer = ask({"kashop.cn": CNNIC}, "kashop.cn")
    assert read_whois(answer.raw, "kashop.cn", answer.server, AT) == answer


def test_hostile_texts_end_quickly() -> None:
    hostile = [
        b"Registrant:" * 6000,
        b"\n".join(b"Domain Name: kashop.cn" for _ in range(3000)),
        b"[" * 60_000,
        b"Domain " + b"x" * 60_000 + b" not",
        b"\xff\xfe" * 30_000,
        ("　" * 20_000 + "\n").encode(),
    ]
    started = time.monotonic()
    for text in hostile:
        with pytest.raises(LookupFailed):
            read_whois_text(text, "kashop.cn")
    assert time.monotonic() - started < 2

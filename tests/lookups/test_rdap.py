from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from capture.site import Answer, Site
from conftest import run_async

from lookups.servers import AT, clock, drip, open_gate, stream_server
from scrapers.identity import IdentifierKind
from scrapers.lookups.model import LookupAnswer, LookupOutcome, RegistryFacts
from scrapers.lookups.rdap import ask_rdap, fetch_bootstrap, find_rdap_base, read_bootstrap, read_rdap
from scrapers.lookups.rdap_reading import read_rdap_object

REDACTED = {
    "objectClassName": "domain",
    "handle": "D1-TOP",
    "ldhName": "KASHOP.TOP",
    "status": ["client hold", "client transfer prohibited", "active"],
    "events": [
        {"eventAction": "registration", "eventDate": "2024-02-03T04:05:06Z"},
        {"eventAction": "expiration", "eventDate": "2027-02-03T04:05:06.7Z"},
        {"eventAction": None, "eventDate": 7},
    ],
    "nameservers": [{"objectClassName": "nameserver", "ldhName": "NS1.KADNS.NET"}, "broken"],
    "entities": [
        {
            "objectClassName": "entity",
            "roles": ["registrar"],
            "publicIds": [{"type": "IANA Registrar ID", "identifier": "1599"}],
            "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Seller of Names"]]],
        },
        {
            "objectClassName": "entity",
            "roles": ["registrant"],
            "vcardArray": [
                "vcard",
                [["fn", {}, "text", ""], ["adr", {}, "text", ["", "", "", "", "zhe jiang", "", "CN"]]],
            ],
        },
    ],
    "redacted": [
        {"name": {"description": "Registrant Name"}, "method": "emptyValue"},
        {"name": {"type": "Registrant Email"}, "method": "removal"},
    ],
}


def registrant(*fields: list[object]) -> dict[str, object]:
    entity = {"roles": ["registrant"], "vcardArray": ["vcard", [["version", {}, "text", "4.0"], *fields]]}
    return {**REDACTED, "entities": [entity]}


@pytest.fixture
def server() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


def put(site: Site, path: str, told: object, status: int = 200, **more: object) -> None:
    body = told if isinstance(told, (str, bytes)) else json.dumps(told)
    site.answers[path] = Answer(body, status, media_type="application/rdap+json", **more)  # type: ignore[arg-type]


def ask(site: Site, domain: str = "kashop.top", seconds: float = 3) -> tuple[LookupAnswer, ...]:
    return run_async(ask_rdap(domain, f"{site.url}/", open_gate(), clock=clock, seconds=seconds))


def facts_of(answer: LookupAnswer) -> RegistryFacts:
    assert isinstance(answer.facts, RegistryFacts), answer.detail
    return answer.facts


def test_dates_states_registrar_and_what_is_redacted_are_read(server: Site) -> None:
    put(server, "/domain/kashop.top", REDACTED)
    (answer,) = ask(server)
    facts = facts_of(answer)
    assert facts.status == ("clientHold", "clientTransferProhibited", "ok")
    assert (facts.registered_on, facts.expires_on) == ("2024-02-03", "2027-02-03")
    assert (facts.registrar, facts.registrar_id) == ("Seller of Names", "1599")
    assert facts.registrant == "" and facts.redacted == ("Registrant Name", "Registrant Email")
    assert (facts.region, facts.country) == ("zhe jiang", "CN")
    kinds = {one.kind: one.value for one in answer.identifiers}
    assert kinds[IdentifierKind.REGISTRAR] == "1599" and kinds[IdentifierKind.NS] == "ns1.kadns.net"
    assert IdentifierKind.REGISTRANT not in kinds


def test_an_organisation_is_told_from_a_person() -> None:
    organisation = registrant(["fn", {}, "text", "Zhang Wei"], ["org", {}, "text", "晚枫网络科技有限公司"])
    person = registrant(["fn", {}, "text", "Zhang Wei"], ["email", {}, "text", "Zhang@wanfeng.example"])
    facts = read_rdap_object(json.dumps(organisation).encode(), "kashop.top")
    assert (facts.registrant, facts.registrant_is_person) == ("晚枫网络科技有限公司", False)
    facts = read_rdap_object(json.dumps(person).encode(), "kashop.top")
    assert (facts.registrant, facts.registrant_is_person) == ("Zhang Wei", True)
    assert facts.registrant_email == "zhang@wanfeng.example"


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (404, {"errorCode": 404}, LookupOutcome.NO_SUCH_NAME),
        (404, "", LookupOutcome.NO_SUCH_NAME),
        (404, "<html>nothing here", LookupOutcome.ERROR),
        (429, {"errorCode": 429}, LookupOutcome.RATE_LIMITED),
        (403, "", LookupOutcome.REFUSED),
        (400, "", LookupOutcome.NOT_SUPPORTED),
        (503, "", LookupOutcome.SERVER_FAILURE),
        (200, "{", LookupOutcome.ERROR),
        (200, "[" * 100_000, LookupOutcome.ERROR),
        (200, [1, 2], LookupOutcome.ERROR),
        (200, {"objectClassName": "entity", "ldhName": "kashop.top"}, LookupOutcome.ERROR),
        (200, {**REDACTED, "ldhName": "other.top"}, LookupOutcome.ERROR),
    ],
)
def test_answers_without_a_domain_are_told_apart(
    server: Site, status: int, body: object, outcome: LookupOutcome
) -> None:
    put(server, "/domain/kashop.top", body, status)
    (answer,) = ask(server)
    assert answer.outcome is outcome, answer.detail
    assert answer.raw


def test_parts_of_a_wrong_shape_cost_only_themselves() -> None:
    broken = {
        **REDACTED,
        "entities": [
            3,
            {"roles": "registrar", "vcardArray": {"a": 1}},
            {"roles": ["registrant"], "vcardArray": ["vcard", [3]]},
        ],
        "status": {"a": 1},
        "redacted": "all",
        "links": [None, {"rel": 5}],
        "nameservers": 3,
    }  # fmt: skip
    facts = read_rdap_object(json.dumps(broken).encode(), "kashop.top")
    assert facts.registered_on == "2024-02-03"
    assert (facts.status, facts.nameservers, facts.registrar) == ((), (), "")


def test_the_registrars_own_answer_is_asked_for_once(server: Site) -> None:
    link = {"rel": "related", "type": "application/rdap+json", "href": f"{server.url}/seller/domain/KASHOP.TOP"}
    put(server, "/domain/kashop.top", {**REDACTED, "links": [link]})
    put(server, "/seller/domain/KASHOP.TOP", {**registrant(["org", {}, "text", "Wanfeng Ltd"]), "links": [link]})
    first, second = ask(server)
    assert facts_of(first).registrant == "" and facts_of(second).registrant == "Wanfeng Ltd"
    assert len(server.seen) == 2


def test_a_registrar_without_the_name_does_not_unregister_it(server: Site) -> None:
    link = {"rel": "related", "type": "application/rdap+json", "href": f"{server.url}/seller/domain/KASHOP.TOP"}
    put(server, "/domain/kashop.top", {**REDACTED, "links": [link]})
    put(server, "/seller/domain/KASHOP.TOP", {"errorCode": 404}, 404)
    assert [answer.outcome for answer in ask(server)] == [LookupOutcome.OK, LookupOutcome.ERROR]


def test_a_registry_link_to_an_insecure_address_is_not_followed(server: Site) -> None:
    link = {"rel": "related", "type": "application/rdap+json", "href": "http://seller.example.net/domain/kashop.top"}
    put(server, "/domain/kashop.top", {**REDACTED, "links": [link]})
    _, second = ask(server)
    assert second.outcome is LookupOutcome.ERROR and "https" in second.detail


def test_redirects_are_followed_a_few_times_and_kept(server: Site) -> None:
    put(server, "/domain/kashop.top", "", 302, headers=(("Location", "/v1/domain/kashop.top"),))
    put(server, "/v1/domain/kashop.top", REDACTED)
    (answer,) = ask(server)
    assert answer.outcome is LookupOutcome.OK
    put(server, "/v1/domain/kashop.top", "", 302, headers=(("Location", "/domain/kashop.top"),))
    (answer,) = ask(server)
    assert answer.outcome is LookupOutcome.ERROR and "loop" in answer.detail


def test_a_giant_answer_is_cut_and_said_to_be(server: Site) -> None:
    put(server, "/domain/kashop.top", json.dumps({**REDACTED, "x": "y" * 600_000}))
    (answer,) = ask(server)
    assert answer.outcome is LookupOutcome.ERROR and "longer than" in answer.detail


def test_headers_that_never_end_and_drips_end_by_name() -> None:
    with stream_server(drip(b"X-A: " + b"b" * 1000 + b"\r\n", 0, b"HTTP/1.1 200 OK\r\n")) as endpoint:
        (answer,) = run_async(ask_rdap("kashop.top", f"http://{endpoint}", open_gate(), clock=clock, seconds=3))
    assert answer.outcome is LookupOutcome.ERROR and "never end" in answer.detail
    with stream_server(drip(b"H", 0.02)) as endpoint:
        (answer,) = run_async(ask_rdap("kashop.top", f"http://{endpoint}", open_gate(), clock=clock, seconds=0.4))
    assert answer.outcome is LookupOutcome.TIMEOUT


def test_the_bootstrap_table_names_the_server_of_the_longest_suffix(server: Site) -> None:
    services = [
        [["top", "com"], ["http://rdap.plain.example/", "https://rdap.nic.example/top/"]],
        [["co.top"], ["https://rdap.co.example/"]],
    ]
    put(server, "/dns.json", {"version": "1.0", "services": services})
    answer = run_async(fetch_bootstrap(f"{server.url}/dns.json", open_gate(), clock=clock, seconds=3))
    assert answer.outcome is LookupOutcome.OK and answer.domain == "."
    servers = read_bootstrap(answer.raw)
    assert find_rdap_base("kashop.top", servers) == "https://rdap.nic.example/top/"
    assert find_rdap_base("kashop.co.top", servers) == "https://rdap.co.example/"
    assert find_rdap_base("kashop.cn", servers) == ""
    assert servers["me"].startswith("https://"), "whoisit's additions are there"


def test_a_bootstrap_table_of_a_wrong_shape_is_an_error(server: Site) -> None:
    for body in ('{"services": 4}', "no json", '{"services": [[["top"]]]}'):
        put(server, "/dns.json", body)
        answer = run_async(fetch_bootstrap(f"{server.url}/dns.json", open_gate(), clock=clock, seconds=3))
        assert answer.outcome is LookupOutcome.ERROR, body


def test_a_kept_answer_reads_as_it_did(server: Site) -> None:
    put(server, "/domain/kashop.top", REDACTED)
    (answer,) = ask(server)
    assert read_rdap(answer.raw, "kashop.top", answer.server, AT) == answer

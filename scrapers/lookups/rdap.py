"""Asks RDAP (RFC 9082, 9083) about a domain: the registry, and once the registrar that its answer links to.

Which server speaks for a suffix comes from IANA's bootstrap file (RFC 9224), read by whoisit, or from the settings.
https only, except for this machine itself; the answers pass the gate and are kept as they came.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from scrapers.gate import Gate
from scrapers.lookups.connection import open_lane, trust_known
from scrapers.lookups.fetch import MEDIA_TYPE, Fetched, follow, read_hops, write_hops
from scrapers.lookups.model import (
    BeforeReferral,
    LookupAnswer,
    LookupFailed,
    LookupOutcome,
    RegistryFacts,
    follow_referral,
    not_the_registrys,
)
from scrapers.lookups.rdap_reading import read_rdap_object
from scrapers.lookups.registry import identify_registry
from scrapers.lookups.secure import refuse_insecure
from scrapers.model import Clock

MOST_BYTES = 524_288
BOOTSTRAP_DOMAIN = "."
_MOST_BOOTSTRAP = 2_000_000
_MOST_HOPS = 3
_ACCEPT = "application/rdap+json, application/json;q=0.9"
_OTHER_TABLES = ("asn", "ipv4", "ipv6", "object")
_STATUSES = {
    400: LookupOutcome.NOT_SUPPORTED,
    401: LookupOutcome.REFUSED,
    403: LookupOutcome.REFUSED,
    422: LookupOutcome.NOT_SUPPORTED,
    429: LookupOutcome.RATE_LIMITED,
    501: LookupOutcome.NOT_SUPPORTED,
}


async def ask_rdap(
    domain: str,
    base: str,
    gate: Gate,
    *,
    clock: Clock,
    seconds: float,
    before_referral: BeforeReferral = follow_referral,
) -> tuple[LookupAnswer, ...]:
    """The registry's answer and, where it links to the registrar's and names no registrant, that one's too."""
    answers = [await _ask(domain, f"{base.rstrip('/')}/domain/{domain}", gate, clock=clock, seconds=seconds)]
    facts = answers[0].facts
    link = facts.referral if isinstance(facts, RegistryFacts) and not facts.registrant else ""
    if link and await before_referral(urlsplit(link).netloc):
        answers.append(not_the_registrys(await _ask(domain, link, gate, clock=clock, seconds=seconds)))
    return tuple(answers)


async def fetch_bootstrap(url: str, gate: Gate, *, clock: Clock, seconds: float) -> LookupAnswer:
    """IANA's table of RDAP servers, as an answer about "." whose raw bytes `find_rdap_base` reads."""
    asked_at = clock()
    try:
        async with open_lane(gate, seconds) as lane:
            hops = await follow(
                lane, url, most_bytes=_MOST_BOOTSTRAP, most_hops=_MOST_HOPS, accept="application/json",
                context=trust_known(), may_follow=refuse_insecure,
            )  # fmt: skip
    except LookupFailed as failed:
        return LookupAnswer(BOOTSTRAP_DOMAIN, "rdap", url, asked_at, failed.outcome, failed.detail)
    raw = write_hops(hops)
    try:
        services = read_bootstrap(raw)
    except ValueError as error:
        return LookupAnswer(BOOTSTRAP_DOMAIN, "rdap", url, asked_at, LookupOutcome.ERROR, str(error), raw, MEDIA_TYPE)
    detail = f"{len(services)} suffixes have a server"
    return LookupAnswer(BOOTSTRAP_DOMAIN, "rdap", url, asked_at, LookupOutcome.OK, detail, raw, MEDIA_TYPE)


def read_bootstrap(raw: bytes) -> dict[str, str]:
    """The RDAP server of each suffix that the kept bootstrap file names, with the additions that whoisit knows of.

    Raises ValueError where the file is none.
    """
    hops = read_hops(raw)
    if hops[-1].status != 200:
        raise ValueError(f"{hops[-1].url} answers {hops[-1].status} instead of the table of RDAP servers")
    from whoisit.bootstrap import BaseBootstrap
    from whoisit.errors import WhoisItError
    from whoisit.overrides import iana_overrides

    try:
        table = json.loads(hops[-1].body)
        services = [
            [[str(name).lower() for name in names], [str(url) for url in urls if not refuse_insecure(str(url))]]
            for names, urls in table["services"]
        ]
        empty: dict[str, object] = {"services": [[[], []]]}  # whoisit wants all five tables, with something in them
        loaded = BaseBootstrap()
        loaded.load_bootstrap_data(
            {"timestamp": 0, "dns": {"services": services}, **dict.fromkeys(_OTHER_TABLES, empty)},
            overrides=True, allow_insecure=True, from_json=False,
        )  # fmt: skip
        suffixes = {name for names, urls in services if urls for name in names}
        suffixes |= set(iana_overrides["domain"])
        return {name: str(loaded.get_dns_endpoints(name)[0][0]) for name in sorted(suffixes)}
    except (WhoisItError, KeyError, TypeError, ValueError, IndexError, RecursionError) as error:
        raise ValueError(f"the table of RDAP servers cannot be read: {error}") from None


def find_rdap_base(domain: str, servers: Mapping[str, str]) -> str:
    """The server of the domain's longest suffix that has one, "" where none has."""
    labels = domain.split(".")
    suffixes = (".".join(labels[start:]) for start in range(1, len(labels)))
    return next((servers[suffix] for suffix in suffixes if suffix in servers), "")


def read_rdap(raw: bytes, domain: str, server: str, asked_at: datetime) -> LookupAnswer:
    """What the kept answer says. Raises ValueError for bytes that are not of this form."""
    last = read_hops(raw)[-1]

    def answer(outcome: LookupOutcome, detail: str, facts: RegistryFacts | None = None) -> LookupAnswer:
        identifiers = identify_registry(facts, where=f"RDAP {server}") if facts is not None else ()
        return LookupAnswer(domain, "rdap", server, asked_at, outcome, detail, raw, MEDIA_TYPE, identifiers, facts)

    if last.trouble:
        return answer(LookupOutcome.ERROR, last.trouble)
    if last.status == 404:
        if _is_web_page(last):  # RFC 7480 section 5.3 wants JSON or nothing: this is another kind of server
            return answer(LookupOutcome.ERROR, "answers 404 with a web page: it is no RDAP server")
        return answer(LookupOutcome.NO_SUCH_NAME, "not registered (404)")
    if last.status != 200:
        usual = LookupOutcome.SERVER_FAILURE if last.status >= 500 else LookupOutcome.ERROR
        wait = last.header("retry-after")
        detail = f"answers {last.status}" + (f", asks to wait {wait[:40]}" if wait else "")
        return answer(_STATUSES.get(last.status, usual), detail)
    if last.cut:
        return answer(LookupOutcome.ERROR, f"the answer is cut or longer than {MOST_BYTES} bytes")
    try:
        return answer(LookupOutcome.OK, "", read_rdap_object(last.body, domain))
    except ValueError as error:
        return answer(LookupOutcome.ERROR, str(error))


async def _ask(domain: str, url: str, gate: Gate, *, clock: Clock, seconds: float) -> LookupAnswer:
    asked_at = clock()
    server = urlsplit(url).netloc or url[:100]
    why = refuse_insecure(url)
    if why:
        return LookupAnswer(domain, "rdap", server, asked_at, LookupOutcome.ERROR, why)
    try:
        async with open_lane(gate, seconds) as lane:
            hops = await follow(
                lane, url, most_bytes=MOST_BYTES, most_hops=_MOST_HOPS, accept=_ACCEPT,
                context=trust_known(), may_follow=refuse_insecure,
            )  # fmt: skip
    except LookupFailed as failed:
        lost = failed.outcome is LookupOutcome.NO_SUCH_NAME  # the server's own name, not the domain's
        outcome = LookupOutcome.ERROR if lost else failed.outcome
        return LookupAnswer(domain, "rdap", server, asked_at, outcome, failed.detail)
    return read_rdap(write_hops(hops), domain, server, asked_at)


def _is_web_page(hop: Fetched) -> bool:
    return "html" in hop.header("content-type").lower() or hop.body.lstrip()[:1] == b"<"

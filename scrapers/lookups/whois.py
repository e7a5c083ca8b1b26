"""Asks port 43 (RFC 3912) about a domain: the registry, and once the registrar that its answer names.

One answer for each server, its text kept as it came. Bounded in time and bytes; every connection passes the gate, so an
answer that refers to an inner address leads nowhere. Which server speaks for a suffix: the settings, then the table of
asyncwhois, then IANA.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from scrapers.domains import is_domain_name
from scrapers.gate import Gate
from scrapers.lookups.connection import connect, open_lane
from scrapers.lookups.model import (
    BeforeReferral,
    LookupAnswer,
    LookupFailed,
    LookupOutcome,
    RegistryFacts,
    follow_referral,
    not_the_registrys,
)
from scrapers.lookups.registry import identify_registry
from scrapers.lookups.whois_text import MOST_BYTES, read_referral, read_whois_text
from scrapers.model import Clock
from scrapers.names import split_endpoint

MEDIA_TYPE = "text/plain"
IANA = "whois.iana.org"
_VERISIGN = ("whois.verisign-grs.com", "ccwhois.verisign-grs.com")


async def ask_whois(
    domain: str,
    server: str,
    gate: Gate,
    *,
    clock: Clock,
    seconds: float,
    before_referral: BeforeReferral = follow_referral,
) -> tuple[LookupAnswer, ...]:
    """The registry's answer and, where it names the registrar's server and no registrant, that one's too.

    `server` is "host" or "host:port"; "" asks IANA which one it is. `before_referral` waits for the registrar's turn,
    or says that it is not to be asked.
    """
    answers: list[LookupAnswer] = []
    if not server:
        found = await _ask_iana(domain, gate, clock=clock, seconds=seconds)
        if isinstance(found, LookupAnswer):
            return (found,)
        server = found
    answers.append(await _ask(domain, server, gate, clock=clock, seconds=seconds))
    facts = answers[0].facts
    if isinstance(facts, RegistryFacts) and facts.referral and not facts.registrant:
        host = split_endpoint(server, 43)[0]
        known = facts.referral != host and is_domain_name(facts.referral)
        if known and await before_referral(facts.referral):
            found = await _ask(domain, facts.referral, gate, clock=clock, seconds=seconds)
            answers.append(not_the_registrys(found))
    return tuple(answers)


def read_whois(raw: bytes, domain: str, server: str, asked_at: datetime) -> LookupAnswer:
    """What a kept text says: as when it came."""
    return _read(raw, domain, server, asked_at, "")


def find_whois_server(domain: str, configured: Mapping[str, str]) -> str | None:
    """The server of the domain's suffix; "" where only IANA may know, None where a suffix is known to have none.

    `configured` maps suffixes ("cn", "com.cn") to servers and goes first; the longest suffix counts.
    """
    labels = domain.split(".")
    for start in range(1, len(labels)):
        suffix = ".".join(labels[start:])
        if suffix in configured:
            return configured[suffix]
    from asyncwhois.servers.domains import CountryCodeTLD, GenericTLD, SponsoredTLD

    name = labels[-1].upper().replace("-", "_")
    for table in (CountryCodeTLD, GenericTLD, SponsoredTLD):
        if hasattr(table, name):
            found = getattr(table, name)
            return str(found) if found else None
    return ""


async def _ask(domain: str, server: str, gate: Gate, *, clock: Clock, seconds: float) -> LookupAnswer:
    asked_at = clock()
    try:
        raw, note = await _exchange(domain, server, gate, seconds)
    except LookupFailed as failed:
        # That the registry's own host is not found says nothing about the domain that was asked for.
        lost = failed.outcome is LookupOutcome.NO_SUCH_NAME
        outcome, detail = (LookupOutcome.ERROR if lost else failed.outcome), failed.detail
        return LookupAnswer(domain, "whois", server, asked_at, outcome, detail)
    return _read(raw, domain, server, asked_at, note)


def _read(raw: bytes, domain: str, server: str, asked_at: datetime, note: str) -> LookupAnswer:
    try:
        facts = read_whois_text(raw, domain)
    except LookupFailed as failed:
        detail = "; ".join(filter(None, (failed.detail, note)))
        late = failed.outcome is LookupOutcome.ERROR and note.startswith("no end")
        outcome = LookupOutcome.TIMEOUT if late else failed.outcome
        return LookupAnswer(domain, "whois", server, asked_at, outcome, detail, raw, MEDIA_TYPE)
    identifiers = identify_registry(facts, where=f"WHOIS {server}")
    return LookupAnswer(domain, "whois", server, asked_at, LookupOutcome.OK, note, raw, MEDIA_TYPE, identifiers, facts)


async def _exchange(question: str, server: str, gate: Gate, seconds: float) -> tuple[bytes, str]:
    """The text, and a note where it was cut: what came until then is kept."""
    host, port = split_endpoint(server, 43)
    asked = f"domain {question}" if host in _VERISIGN else question
    data = bytearray()
    try:
        async with open_lane(gate, seconds) as lane, connect(lane, host, port) as (reader, writer):
            writer.write(f"{asked}\r\n".encode("ascii", "replace"))
            while len(data) < MOST_BYTES:
                piece = await reader.read(min(16_384, MOST_BYTES - len(data)))
                if not piece:
                    return bytes(data), ""
                data += piece
    except LookupFailed as failed:
        if not data:
            raise
        if failed.outcome is LookupOutcome.TIMEOUT:
            return bytes(data), f"no end within {seconds:g} s: read up to there"
        return bytes(data), f"broken off: {failed.detail}"
    return bytes(data), f"cut after {MOST_BYTES} bytes"


async def _ask_iana(domain: str, gate: Gate, *, clock: Clock, seconds: float) -> str | LookupAnswer:
    suffix = domain.rpartition(".")[2]
    asked_at = clock()
    try:
        raw, _ = await _exchange(suffix, IANA, gate, seconds)
    except LookupFailed as failed:
        lost = failed.outcome is LookupOutcome.NO_SUCH_NAME
        outcome = LookupOutcome.ERROR if lost else failed.outcome
        return LookupAnswer(domain, "whois", IANA, asked_at, outcome, failed.detail)
    server = read_referral(raw)
    if is_domain_name(server):
        return server
    detail = f"IANA names no WHOIS server for .{suffix}"
    return LookupAnswer(domain, "whois", IANA, asked_at, LookupOutcome.NOT_SUPPORTED, detail, raw, MEDIA_TYPE)

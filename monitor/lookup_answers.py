"""Reads a kept lookup again: the same facts and identifiers as when the answer came, by the readers of this release."""

from __future__ import annotations

from scrapers.lookups.dns_reading import read_dns
from scrapers.lookups.http import read_http
from scrapers.lookups.model import LookupAnswer, LookupOutcome
from scrapers.lookups.rdap import BOOTSTRAP_DOMAIN, read_rdap
from scrapers.lookups.tls import read_tls
from scrapers.lookups.whois import read_whois
from storage.identity import LookupKind, StoredLookup


def read_answer(stored: StoredLookup, raw: bytes) -> LookupAnswer:
    """The answer of a lookup from its raw bytes; where there are none, or not readable ones, its outcome alone."""
    outcome = LookupOutcome(stored.outcome) if stored.outcome in set(LookupOutcome) else LookupOutcome.ERROR
    plain = LookupAnswer(stored.domain, stored.kind.value, stored.server, stored.asked_at, outcome, stored.detail, raw)
    if not raw or stored.domain == BOOTSTRAP_DOMAIN:
        return plain
    try:
        if stored.kind is LookupKind.DNS:
            return read_dns(raw, stored.asked_at)
        if stored.kind is LookupKind.RDAP:
            return read_rdap(raw, stored.domain, stored.server, stored.asked_at)
        if stored.kind is LookupKind.WHOIS:
            return read_whois(raw, stored.domain, stored.server, stored.asked_at)
        if stored.kind is LookupKind.TLS:
            return read_tls(raw, stored.asked_at)
        return read_http(raw, stored.domain, stored.asked_at)
    except ValueError:  # bytes of another release: what was concluded then stands
        return plain

"""The section [lookups]: whom to ask about domains, how often, and for how long an answer holds."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from monitor.config.section import Section
from scrapers.lookups.secure import refuse_insecure

OFFLINE = "CARDWATCH_OFFLINE"
SYSTEM = "system"
BOOTSTRAP_URL = "https://data.iana.org/rdap/dns.json"
_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?")
_MOST = 20
PUBLIC_RESOLVERS = ("223.5.5.5", "1.1.1.1")
"""Public services that are proposed as further resolvers; they learn what is watched, so a user names them."""


@dataclass(frozen=True)
class LookupSettings:
    """How domains are asked about. Hours say for how long an answer is taken from the archive instead.

    `resolvers` are "address[:port]" or "system" (the name server of [network], else those of this machine). `whois`
    and `rdap` map suffixes to a server or base address and go before what is known of them. `most_each_run` bounds
    the questions of a run, `pace_seconds` is the distance between two questions to one registry.
    """

    offline: bool = False
    resolvers: tuple[str, ...] = (SYSTEM,)
    canaries: tuple[str, ...] = ()
    whois: tuple[tuple[str, str], ...] = ()
    rdap: tuple[tuple[str, str], ...] = ()
    rdap_bootstrap: str = BOOTSTRAP_URL
    seconds: float = 10.0
    dns_seconds: float = 5.0
    pace_seconds: float = 3.0
    dns_pace_seconds: float = 0.1
    concurrency: int = 4
    most_each_run: int = 200
    dns_hours: float = 6.0
    registry_hours: float = 168.0
    tls_hours: float = 24.0
    http_hours: float = 6.0


USUAL = LookupSettings()


def read_lookups(section: Section, environ: Mapping[str, str]) -> LookupSettings:
    """The section as settings; CARDWATCH_OFFLINE=1 in the environment asks nobody, whatever it says."""
    offline = section.flag("offline", USUAL.offline) or environ.get(OFFLINE, "").strip().lower() in ("1", "true", "yes")
    resolvers = section.texts("resolvers") if "resolvers" in section else USUAL.resolvers
    for resolver in resolvers:
        if resolver != SYSTEM and not _is_endpoint(resolver, with_names=False):
            section.wrong("resolvers", f"'{resolver[:60]}' must be \"system\" or an IP address, or address:port")
    if len(resolvers) > _MOST:
        section.wrong("resolvers", f"names {len(resolvers)}; the most is {_MOST}")
    canaries = section.texts("canaries") if "canaries" in section else ()
    for canary in canaries:
        if not _is_endpoint(canary, with_names=True):
            section.wrong("canaries", f"'{canary[:60]}' must be a host such as \"www.example.org\", or host:port")
    if len(canaries) > _MOST:
        section.wrong("canaries", f"names {len(canaries)}; the most is {_MOST}")
    settings = LookupSettings(
        offline=offline,
        resolvers=resolvers,
        canaries=canaries,
        whois=_read_whois(section),
        rdap=_read_rdap(section),
        rdap_bootstrap=_read_bootstrap(section),
        seconds=section.number("seconds", USUAL.seconds, 0.5, 120),
        dns_seconds=section.number("dns_seconds", USUAL.dns_seconds, 0.2, 60),
        pace_seconds=section.number("pace_seconds", USUAL.pace_seconds, 0, 3600),
        dns_pace_seconds=section.number("dns_pace_seconds", USUAL.dns_pace_seconds, 0, 3600),
        concurrency=section.count("concurrency", USUAL.concurrency, 1, 64),
        most_each_run=section.count("most_each_run", USUAL.most_each_run, 0, 100_000),
        dns_hours=section.number("dns_hours", USUAL.dns_hours, 0, 8760),
        registry_hours=section.number("registry_hours", USUAL.registry_hours, 0, 8760),
        tls_hours=section.number("tls_hours", USUAL.tls_hours, 0, 8760),
        http_hours=section.number("http_hours", USUAL.http_hours, 0, 8760),
    )
    section.refuse_rest()
    return settings


def _read_whois(section: Section) -> tuple[tuple[str, str], ...]:
    pairs = section.pairs("whois")
    for suffix, server in pairs:
        if not _is_endpoint(server, with_names=True):
            section.wrong("whois", f"'{server[:60]}' of '{suffix[:60]}' must be a host or address, or host:port")
    return tuple((suffix.strip(".").lower(), server) for suffix, server in pairs)


def _read_rdap(section: Section) -> tuple[tuple[str, str], ...]:
    pairs = section.pairs("rdap")
    for suffix, base in pairs:
        if refuse_insecure(base):
            section.wrong("rdap", f"'{base[:80]}' of '{suffix[:60]}' must be an address that begins with https://")
    return tuple((suffix.strip(".").lower(), base) for suffix, base in pairs)


def _read_bootstrap(section: Section) -> str:
    url = section.text("rdap_bootstrap", USUAL.rdap_bootstrap)
    if url and refuse_insecure(url):
        section.wrong("rdap_bootstrap", f"'{url[:80]}' must begin with https://, or be empty")
    return url


def _is_endpoint(text: str, *, with_names: bool) -> bool:
    literal = text if text.count(":") < 2 or text.startswith("[") else f"[{text}]"
    try:
        parts = urlsplit(f"//{literal}")
        host, _ = parts.hostname or "", parts.port
        if parts.netloc != literal or "@" in literal or parts.port == 0:
            return False
    except ValueError:
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return with_names and _HOST.fullmatch(host) is not None
    return True

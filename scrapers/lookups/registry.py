"""The identifiers in what a registry or registrar says, and which domain of a name can be asked about at all. Pure."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from publicsuffixlist import PublicSuffixList

from scrapers.domains import ascii_host, is_address
from scrapers.identity import Identifier, IdentifierKind, Place
from scrapers.lookups.model import RegistryFacts, identify, keep_distinct
from scrapers.lookups.registrants import mask_person

PERSON = "person"
# Names that no public registry holds: RFC 2606, 6761, 6762, 7686, 8375, and what only a network inside knows.
_RESERVED = frozenset({"test", "example", "invalid", "localhost", "local", "onion", "internal", "lan", "home", "arpa"})


def identify_registry(facts: RegistryFacts, *, where: str) -> tuple[Identifier, ...]:
    """Registrant, registrar, name servers, dates and states. A person's name carries the role `person`."""
    place = Place.REGISTRY
    person = facts.registrant_is_person
    shown = mask_person(facts.registrant) if person else facts.registrant
    role = PERSON if person else "organization"
    mail_role = PERSON if person or not facts.registrant else "registrant"
    found = [
        identify(IdentifierKind.REGISTRANT, facts.registrant, place, where=where, shown=shown, role=role),
        identify(IdentifierKind.EMAIL, facts.registrant_email, place, where=where, role=mail_role),
        identify(IdentifierKind.REGISTRAR, facts.registrar_id or facts.registrar, place, where=where,
                 shown=facts.registrar),
        identify(IdentifierKind.REGISTERED_ON, facts.registered_on, place, where=where),
        identify(IdentifierKind.EXPIRES_ON, facts.expires_on, place, where=where),
        *(identify(IdentifierKind.DOMAIN_STATUS, status, place, where=where) for status in facts.status),
        *(identify(IdentifierKind.NS, host, place, where=where) for host in facts.nameservers[:30]),
    ]  # fmt: skip
    return keep_distinct(found)


def registered_name(host: str, configured: Collection[str] = ()) -> str:
    """The name that a registry holds for a host ("shop.a.com.cn" → "a.com.cn"), "" where there is none.

    Private suffixes do not count here: of me.github.io the registry knows github.io only, which is not the site's.
    Under a suffix for which a server is `configured` every name is asked for, also a reserved one.
    """
    name = ascii_host(host)
    if is_address(name) or "." not in name:
        return ""
    if name.rpartition(".")[2] in _RESERVED and name.rpartition(".")[2] not in configured:
        return ""
    held = _registries().privatesuffix(name)
    return held if held and held == _all_suffixes().privatesuffix(name) else ""


def is_reserved(host: str) -> bool:
    """Whether a host is an address or a name that the public DNS does not hold."""
    name = ascii_host(host)
    return is_address(name) or "." not in name or name.rpartition(".")[2] in _RESERVED


@cache
def _registries() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)


@cache
def _all_suffixes() -> PublicSuffixList:
    return PublicSuffixList()

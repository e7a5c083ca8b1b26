"""Reads an RDAP domain object (RFC 9083): dates, states, registrar, registrant, and what is redacted (RFC 9537).

Takes JSON of any shape from anybody, gives RegistryFacts or ValueError. Each part is read by itself, so one that is
malformed costs only itself. Contact cards are read by whoisit. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from scrapers.domains import ascii_host
from scrapers.lookups.model import RegistryFacts
from scrapers.lookups.registrants import is_organisation, is_withheld
from scrapers.lookups.registry_fields import camel_status, read_registry_date

_MOST_ENTITIES = 50
_DEEPEST = 4
_LONGEST = 500


def read_rdap_object(body: bytes, domain: str) -> RegistryFacts:
    """What the object says of the domain."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the answer is no JSON: {type(error).__name__}") from None
    if not isinstance(told, dict) or str(told.get("objectClassName", "domain")).lower() != "domain":
        raise ValueError("the answer is about something else than a domain")
    name = ascii_host(_text(told.get("ldhName")) or _text(told.get("unicodeName")))
    if name != ascii_host(domain):
        raise ValueError(f"the answer is about another name: {name[:100] or 'none'}")
    events = {_text(one.get("eventAction")).lower(): _text(one.get("eventDate")) for one in _dicts(told.get("events"))}
    registered_at, registered_on = read_registry_date(events.get("registration", ""))
    expires_at, expires_on = read_registry_date(events.get("expiration", ""))
    entities = tuple(_entities(told.get("entities"), 0))[:_MOST_ENTITIES]
    registrar = next((one for one in entities if "registrar" in _roles(one)), {})
    registrant = next((one for one in entities if "registrant" in _roles(one)), {})
    card, seller = _card(registrant), _card(registrar)
    organisation, person = card.get("organisation", ""), card.get("name", "")
    name_shown = next((text for text in (organisation, person) if not is_withheld(text)), "")
    is_org = name_shown == organisation or card.get("kind") == "org" or is_organisation(name_shown)
    email = card.get("email", "").lower()
    return RegistryFacts(
        domain=name,
        registered_at=registered_at,
        registered_on=registered_on,
        updated_at=read_registry_date(events.get("last changed", ""))[0],
        expires_at=expires_at,
        expires_on=expires_on,
        registrar=seller.get("name", ""),
        registrar_id=_iana_id(registrar),
        registrant=name_shown,
        registrant_is_person=bool(name_shown) and not is_org,
        registrant_email=email if "@" in email and not is_withheld(email) else "",
        region=card.get("region", ""),
        country=card.get("country", ""),
        status=tuple(dict.fromkeys(filter(None, map(camel_status, _texts(told.get("status"), 30))))),
        nameservers=tuple(
            dict.fromkeys(
                filter(None, (ascii_host(_text(one.get("ldhName"))) for one in _dicts(told.get("nameservers"))))
            )
        ),
        redacted=_redacted(told),
        referral=_registrar_link(told),
    )


def _entities(told: object, depth: int) -> Iterator[dict[str, object]]:
    if depth < _DEEPEST:
        for one in _dicts(told):
            yield one
            yield from _entities(one.get("entities"), depth + 1)


def _card(entity: dict[str, object]) -> dict[str, str]:
    """Name, organisation, kind, e-mail, region and country of a contact card, those that are there."""
    from whoisit.parser import parse_vcard

    try:
        told = parse_vcard(entity.get("vcardArray"))
    except (AttributeError, KeyError, TypeError, ValueError):
        return {}
    if not told:
        return {}
    card = {key: _text(told.get(key)) for key in ("name", "organisation", "kind", "email")}
    if _text(told.get("person")) and not card["organisation"]:
        card["name"] = _text(told.get("person"))
    address = told.get("address")
    if isinstance(address, dict):
        card |= {"region": _text(address.get("region")), "country": _text(address.get("country"))}
    return {key: "" if key in ("region", "country") and is_withheld(text) else text for key, text in card.items()}


def _iana_id(entity: dict[str, object]) -> str:
    for one in _dicts(entity.get("publicIds")):
        identifier = _text(one.get("identifier"))
        if "iana" in _text(one.get("type")).lower() and identifier.isdigit():
            return identifier[:20]
    return ""


def _redacted(told: dict[str, object]) -> tuple[str, ...]:
    """What the registry says that it holds back: RFC 9537, and remarks of older servers."""
    found = []
    for one in _dicts(told.get("redacted")):
        name = one.get("name")
        words = _text(name.get("description")) or _text(name.get("type")) if isinstance(name, dict) else _text(name)
        found.append(words)
    return tuple(dict.fromkeys(filter(None, found)))[:40]


def _registrar_link(told: dict[str, object]) -> str:
    """The address of the registrar's own answer."""
    for one in _dicts(told.get("links")):
        media_type = _text(one.get("type")).lower()
        href = _text(one.get("href"))
        if _text(one.get("rel")).lower() == "related" and "rdap" in media_type and "/domain/" in href.lower():
            return href
    return ""


def _roles(entity: dict[str, object]) -> tuple[str, ...]:
    return tuple(role.lower() for role in _texts(entity.get("roles"), 20))


def _dicts(told: object) -> list[dict[str, object]]:
    return [one for one in told[:200] if isinstance(one, dict)] if isinstance(told, list) else []


def _texts(told: object, most: int) -> list[str]:
    return [_text(one) for one in told[:most] if isinstance(one, str)] if isinstance(told, list) else []


def _text(told: object) -> str:
    return told.strip()[:_LONGEST] if isinstance(told, str) else ""

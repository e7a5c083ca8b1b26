"""Which network addresses a capture may reach. Pure: addresses in, a reason for refusal out.

A watched page is hostile input: a redirect, a picture or a name that resolves to 127.0.0.1, a router or a cloud's
metadata service would turn the monitor into a way into its owner's network. Ranges: IANA special-purpose registries.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_SIX_TO_FOUR = ipaddress.IPv6Network("2002::/16")
_CARRIER_GRADE_NAT = ipaddress.IPv4Network("100.64.0.0/10")
_OTHERS = (
    (ipaddress.IPv4Network("168.63.129.16/32"), "address of a cloud's own service"),  # Azure: public in form only
    (ipaddress.IPv4Network("192.0.0.0/24"), "address of a protocol or a cloud's own service"),  # RFC 6890; Oracle
    (ipaddress.IPv6Network("3fff::/20"), "documentation address"),  # RFC 9637
)
_TUNNELLED = (0x00005EFE, 0x02005EFE)  # ISATAP: an IPv4 address in the last half, RFC 5214
_INSIDE = ("localhost", "local", "internal", "intranet", "private", "corp", "home", "lan", "home.arpa", "localdomain")
_COMPATIBLE = ipaddress.IPv6Network("::/96")  # IPv4-compatible, deprecated, still routed by some stacks


def parse_address(text: str) -> Address | None:
    """The address that `text` writes out, or None for a host name. Brackets and zone ids are taken off."""
    try:
        return ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None


def explain_refusal(address: Address) -> str:
    """Why `address` is not public ("private address", "loopback address" ...), or "" when it may be reached."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = _embedded(address)
        if inner is not None:
            return explain_refusal(inner)
        if address.is_site_local:
            return "private address"
    for network, reason in _OTHERS:
        if address.version == network.version and address in network:
            return reason
    if address.version == 4 and address in _CARRIER_GRADE_NAT:
        return "carrier-grade NAT address"
    for told, reason in (
        (address.is_unspecified, "unspecified address"),
        (address.is_loopback, "loopback address"),
        (address.is_link_local, "link-local address"),
        (address.is_multicast, "multicast address"),
        (address.is_private, "private address"),
        (address.is_reserved, "reserved address"),
        (not address.is_global, "address that is not public"),
    ):
        if told:
            return reason
    return ""


def is_inside_name(host: str) -> bool:
    """Whether a name means something on one machine or network only: localhost, nas.local, router."""
    name = host.rstrip(".").casefold()
    return "." not in name or any(name == end or name.endswith(f".{end}") for end in _INSIDE)


def is_named(host: str, allowed: Iterable[str]) -> bool:
    """Whether the configuration names this very host."""
    return any(entry.strip("[]").casefold() == host.strip("[]").casefold() for entry in allowed)


def is_allowed(host: str, address: Address, allowed: Iterable[str]) -> bool:
    """Whether the configuration lets this host or address through: an entry is a host, an address or a network."""
    allowed = tuple(allowed)
    if is_named(host, allowed):
        return True
    for entry in allowed:
        try:
            if address in ipaddress.ip_network(entry, strict=False):
                return True
        except (ValueError, TypeError):
            continue
    return False


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for, by whatever translation."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    number = int(address)
    if any(address in network for network in _NAT64):
        return ipaddress.IPv4Address(number & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return ipaddress.IPv4Address((number >> 80) & 0xFFFFFFFF)
    if address.teredo is not None:
        return address.teredo[1]
    if (number >> 32) & 0xFFFFFFFF in _TUNNELLED:
        return ipaddress.IPv4Address(number & 0xFFFFFFFF)
    if address in _COMPATIBLE and number > 1:
        return ipaddress.IPv4Address(number & 0xFFFFFFFF)
    return None

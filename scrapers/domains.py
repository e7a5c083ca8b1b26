"""Names of hosts and the registrable domain under which each stands, by the public suffix list with its private part.

Takes URLs and host names as they come; gives lower-case names with A-labels (xn--...), as browsers and DNS write them.
Pure; asks no network. Source: the list that publicsuffixlist brings (https://publicsuffix.org).
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

_LONGEST_NAME = 253
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_PRACTICE = frozenset({"test", "example"})  # reserved for practice by RFC 2606: the demo's world stands under them
_DOTS = re.compile("[\u3002\uff0e\uff61]")


def registrable_domain(url: str) -> str:
    """The registrable domain of a URL's host ("shop.a.com.cn" → "a.com.cn"); an address literal stays as it is."""
    return site_of_host(host_of(url))


def host_of(url: str) -> str:
    """The host of a URL in lower case with A-labels, "" where it has none that can be read."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return ascii_host(host)


@lru_cache(maxsize=50_000)
def site_of_host(host: str) -> str:
    """The registrable domain of a host name; of an address, a single label or a public suffix the name itself."""
    name = ascii_host(host)
    if not name or is_address(name):
        return name
    return _suffixes().privatesuffix(name) or name


def ascii_host(host: str) -> str:
    """A host in lower case with A-labels and without a last dot; what cannot be written so stays as it was."""
    name = _DOTS.sub(".", host.strip()).rstrip(".").lower()
    if name.isascii() or len(name) > _LONGEST_NAME:
        return name
    try:
        return name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return name


def readable_host(host: str) -> str:
    """A host as a reader of Chinese would write it: A-labels as letters, where they can be read back."""
    if "xn--" not in host:
        return host
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host


def is_address(host: str) -> bool:
    """Whether a host is written as an IPv4 or IPv6 address, not as a name."""
    return ":" in host or host.replace(".", "").isdigit()


@lru_cache(maxsize=50_000)
def is_domain_name(host: str) -> bool:
    """Whether a name could be registered: every label well formed, under a suffix that the list knows."""
    name = ascii_host(host)
    if "." not in name or len(name) > _LONGEST_NAME or is_address(name):
        return False
    if not all(_LABEL.fullmatch(label) for label in name.split(".")):
        return False
    return public_suffix(name) != "" and _suffixes().privatesuffix(name) is not None


@lru_cache(maxsize=50_000)
def is_registered_name(host: str) -> bool:
    """Whether a name stands directly under a registry's own suffix: no host below it, no private suffix's customer."""
    name = ascii_host(host)
    return is_domain_name(name) and _registries().privatesuffix(name) == name


def public_suffix(host: str) -> str:
    """The public suffix of a host ("com.cn", "github.io"), "" where neither the list nor RFC 2606 knows one."""
    name = ascii_host(host)
    found = _suffixes().publicsuffix(name, accept_unknown=False)
    last = name.rpartition(".")[2]
    return found or (last if last in _PRACTICE and "." in name else "")


@cache
def _registries() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()

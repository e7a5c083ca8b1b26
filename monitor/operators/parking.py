"""Tells what stands in place of a site: a parking page, an expiry page, a block page, a server without the site.

Pure, on monitor/reference/parking.toml. Takes name servers, aliases, hosts and the words of a short page; gives the
state that they show and the decisive words, or nothing. A long page, or one with goods, is never called parked.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from storage.identity import SiteState

_LONGEST_PAGE = 4000  # characters: what stands in place of a site is short
_LONGEST_READ = 20_000
_GOODS = re.compile(r"[¥￥]\s*\d|加入购物车|立即购买|购买数量|自动发货|库存\s*[:：]?\s*\d")


@dataclass(frozen=True)
class Standin:
    """What stands in place of the site, and the words or the host that told."""

    state: SiteState
    sign: str


@dataclass(frozen=True)
class _Words:
    state: SiteState
    words: tuple[str, ...]
    least: int


@dataclass(frozen=True)
class _Reference:
    nameservers: dict[str, SiteState]
    aliases: dict[str, SiteState]
    hosts: dict[str, SiteState]
    labels: re.Pattern[str]
    paths: tuple[str, ...]
    sinkholes: tuple[str, ...]
    pages: tuple[_Words, ...]


def recognise_nameservers(nameservers: Iterable[str], aliases: Iterable[str] = ()) -> Standin | None:
    """Name servers or CNAMEs of a parking or expiry service. All name servers must be of such services."""
    reference = _read_reference()
    found = [(host, _ending(host, reference.nameservers)) for host in nameservers if host]
    if found and all(state is not None for _, state in found):
        host, state = found[0]
        assert state is not None
        return Standin(state, host)
    for host in aliases:
        state = _ending(host, reference.aliases)
        if state is not None:
            return Standin(state, host)
    return None


def recognise_target(url: str) -> Standin | None:
    """What a redirect leads to where that is no site of anybody's: a parking service, a registrar, a notice."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host = (parts.hostname or "").lower().rstrip(".")
    except ValueError:
        return None
    reference = _read_reference()
    state = _ending(host, reference.hosts)
    if state is not None:
        return Standin(state, host)
    first, _, rest = host.partition(".")
    if reference.labels.fullmatch(first) and "." in rest:
        return Standin(SiteState.PARKED, host)
    path = parts.path.lower()
    if any(path == mark or path.startswith(f"{mark}?") for mark in reference.paths):
        return Standin(SiteState.PARKED, f"{host}{parts.path[:40]}")
    return None


def recognise_page(title: str, text: str) -> Standin | None:
    """What a short page without goods says of itself: for sale, expired, blocked, no site here."""
    words = " ".join(unicodedata.normalize("NFKC", f"{title[:500]} {text[:_LONGEST_READ]}").lower().split())
    if len(words) > _LONGEST_PAGE or _GOODS.search(words):
        return None
    condensed = words.replace(" ", "")
    for kind in _read_reference().pages:
        seen = [word for word in kind.words if word in words or word.replace(" ", "") in condensed]
        if len(seen) >= kind.least:
            return Standin(kind.state, seen[0])
    return None


def is_sinkhole(address: str) -> bool:
    """Whether an address is one that resolvers give to make a name unreachable."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in ip_network(network) for network in _read_reference().sinkholes)


def _ending(host: str, known: dict[str, SiteState]) -> SiteState | None:
    labels = host.lower().rstrip(".").split(".")[-6:]
    for start in range(len(labels)):
        state = known.get(".".join(labels[start:]))
        if state is not None:
            return state
    return None


@cache
def _read_reference() -> _Reference:
    data = tomllib.loads(files("monitor").joinpath("reference/parking.toml").read_text("utf-8"))

    def hosts_of(key: str) -> dict[str, SiteState]:
        return {end: SiteState(row["state"]) for row in data[key] for end in row["ends"]}

    return _Reference(
        nameservers=hosts_of("nameservers"),
        aliases=hosts_of("aliases"),
        hosts=hosts_of("hosts"),
        labels=re.compile(data["parking_labels"]["pattern"]),
        paths=tuple(data["parking_labels"]["paths"]),
        sinkholes=tuple(data["sinkholes"]["networks"]),
        pages=tuple(
            _Words(SiteState(row["state"]), tuple(word.lower() for word in row["words"]), int(row["all"]))
            for row in data["pages"]
        ),
    )

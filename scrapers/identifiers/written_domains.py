"""Domains as they stand in a line that `line_reading` has read: with schemes and paths, under Chinese endings too.

Gives them with their places. The public suffix list decides what a domain is; versions, file names and mail addresses
are none. Pure, linear in the length of the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scrapers.domains import ascii_host, is_domain_name
from scrapers.identifiers.line_reading import ENDINGS, HAN

_MOST = 60
_DOMAIN = re.compile(
    r"(?<![A-Za-z0-9@_.\-/=%&?])(?P<scheme>(?:https?:)?//)?"
    r"(?P<host>(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.){1,6}[a-z][a-z0-9\-]{1,23})"
    r"(?![a-z0-9@_\-]|\.[a-z0-9])(?P<rest>(?::\d{2,5})?(?:/[A-Za-z0-9_\-./?=&%#~]{0,200})?)",
    re.I,
)
_CHINESE = re.compile(
    rf"(?:(?<=[\s:：「『\"“'（(【\[/>，,、])|^|(?<=[网域地][址名]))(?P<host>(?:[a-z0-9{HAN}\-]{{1,24}}\.){{1,3}}(?P<end>[{HAN}]{{2,8}}|"
    rf"(?:{ENDINGS})(?![a-z0-9])))",
    re.I,
)
_LEAD = re.compile(r"(?:.{0,16}(?:网址|域名|地址|官网|入口|收藏|认准))?(?:为|是|到|至|的)?")
_VERSION = re.compile(r"v?\d{1,3}", re.I)
_FILE_ENDINGS = frozenset(
    {"zip", "md", "py", "sh", "rs", "pl", "mov", "so", "ps", "cab", "mk", "mm", "cpp", "bz", "gz"}
)
_EXAMPLES = frozenset({"xxx", "xxxx", "abc", "example", "yourdomain", "domain", "你的域名", "您的域名", "域名"})


@dataclass(frozen=True)
class WrittenDomain:
    """A domain in a line: its host with A-labels, the path behind it, and where it stands in the line as read."""

    host: str
    path: str
    start: int
    end: int


def find_written_domains(line: str) -> tuple[WrittenDomain, ...]:
    """The domains in a line that `read_line` gave, in order, at most 60."""
    found: list[WrittenDomain] = []
    for match in _DOMAIN.finditer(line):
        if _is_domain(match.group("host"), plain=not match.group("scheme") and not match.group("rest")):
            host = ascii_host(match.group("host"))
            found.append(WrittenDomain(host, _path(match.group("rest")), match.start(), match.end()))
    taken = [(one.start, one.end) for one in found]
    for one in _chinese(line):
        if all(one.end <= start or end <= one.start for start, end in taken):
            found.append(one)
    return tuple(sorted(found, key=lambda one: one.start)[:_MOST])


def _chinese(line: str) -> Iterator[WrittenDomain]:
    """Names in Chinese letters; the ending is as much of the letters after the dot as the list knows."""
    if "." not in line:
        return
    for match in _CHINESE.finditer(line):
        host, end = match.group("host"), match.group("end")
        head = host[: len(host) - len(end)]
        lead = _LEAD.match(head)
        cut = lead.end() if lead is not None and lead.end() < len(head) - 1 else 0
        if (head[cut:].isascii() and end.isascii()) or not re.search(rf"[a-z{HAN}]", head[cut:], re.I):
            continue  # read already; or 79.公司, an item of a list
        for length in range(len(end), 1, -1):
            name = head[cut:] + end[:length]
            labels = name.split(".")
            if len(labels[0]) >= 2 and is_domain_name(name) and labels[0] not in _EXAMPLES:
                start = match.start() + cut
                yield WrittenDomain(ascii_host(name), "", start, start + len(name))
                break


def _is_domain(host: str, *, plain: bool) -> bool:
    name = host.lower()
    labels = name.split(".")
    if not is_domain_name(name) or any(label in _EXAMPLES for label in labels[:-1]):
        return False
    if plain and labels[-1] in _FILE_ENDINGS and labels[0] != "www":
        return False  # setup.zip, readme.md: a file unless it is written as an address
    return not (len(labels) > 2 and all(_VERSION.fullmatch(label) for label in labels[:-1]))  # v1.2.com


def _path(rest: str) -> str:
    return rest[rest.index("/") :].split("?")[0].split("#")[0].rstrip("/.") if "/" in rest else ""

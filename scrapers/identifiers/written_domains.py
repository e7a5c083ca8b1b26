"""Domains as people write them in notices: spaced out, full width, with 点 or dot, under Chinese endings.

Takes one line; gives the line as it is read and the domains in it with their places. The public suffix list decides
what a domain is; versions, file names and mail addresses are none. Pure, linear in the length of the line.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from scrapers.domains import ascii_host, is_domain_name
from scrapers.text import drop_invisible

LONGEST_LINE = 3_000
_MOST = 60
_MARKS = re.compile("[\ufe0e\ufe0f\u20e3\u0300-\u036f]")
_ENDINGS = (
    "com net org cn cc top vip xyz club shop store site online info me io co tv pw icu fun link live work group ltd "
    "pro ink one win wang ren asia biz us hk tw ws la mobi so fit wiki love art space website tech cloud ai app dev li"
).replace(" ", "|")
_OPEN, _CLOSE = r"[\[({【<「]?", r"[\])}】>」]?"
# "xh88点com", "xh88(dot)com", "xh88【.】com", "xh88。com", "xh88 . com"
_SAID_DOT = re.compile(
    rf"(?<=[a-z0-9])\s{{0,2}}(?:{_OPEN}\s?(?:点|點|。|·|•|\.)\s?{_CLOSE}|\s?{_OPEN}\bdot\b{_CLOSE}\s?)\s{{0,2}}"
    rf"(?=(?:{_ENDINGS})(?![a-z0-9]))",
    re.I,
)
_SAID_DOT_INSIDE = re.compile(
    rf"(?<=[a-z0-9]){_OPEN}(?:点|點|。){_CLOSE}(?=[a-z0-9-]{{1,40}}\.(?:{_ENDINGS})(?![a-z0-9]))", re.I
)
_SPACED = re.compile(r"(?<![A-Za-z0-9.])(?:[A-Za-z0-9.\-]{1,2}[ \t_|~*]{1,3}){4,60}[A-Za-z0-9]{1,3}(?![A-Za-z0-9])")
_SPACES = re.compile(r"[ \t_|~*]+")
_SWAPPED = re.compile(r"(?:换成|改成|改为|替换(?:成|为)?|当作|代表)\s?[\"'“「]?(?:\.|点|。)")
_STAND_IN = re.compile(rf"(?<=[a-z0-9])[#*@+$&,，、](?=(?:{_ENDINGS})(?![a-z0-9]))", re.I)
_FILLED = re.compile(r"(?:去掉|去除|删除|删掉|除去)(?:其中|里面|中间)?的?(?:汉字|中文|文字)")
_HAN = "\u3400-\u9fff"
_FILLED_NAME = re.compile(rf"[a-z0-9](?:[{_HAN}]{{0,3}}[a-z0-9.\-]){{3,60}}", re.I)
_DOMAIN = re.compile(
    r"(?<![A-Za-z0-9@_.\-/=%&?])(?P<scheme>(?:https?:)?//)?"
    r"(?P<host>(?:[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?\.){1,6}[a-z][a-z0-9\-]{1,23})"
    r"(?![a-z0-9@_\-]|\.[a-z0-9])(?P<rest>(?::\d{2,5})?(?:/[A-Za-z0-9_\-./?=&%#~]{0,200})?)",
    re.I,
)
_CHINESE = re.compile(
    rf"(?:(?<=[\s:：「『\"“'（(【\[/>，,、])|^|(?<=[网域地][址名]))(?P<host>(?:[a-z0-9{_HAN}\-]{{1,24}}\.){{1,3}}(?P<end>[{_HAN}]{{2,8}}|"
    rf"(?:{_ENDINGS})(?![a-z0-9])))",
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


def read_line(text: str) -> str:
    """The line with what hides a domain taken out: full width, zero width, spaces between letters, words for dots."""
    line = _MARKS.sub("", unicodedata.normalize("NFKC", drop_invisible(text[:LONGEST_LINE])))
    line = _SPACED.sub(_close_up, line)
    line = _SAID_DOT_INSIDE.sub(".", _SAID_DOT.sub(".", line))
    if _SWAPPED.search(line):
        line = _STAND_IN.sub(".", line)
    if _FILLED.search(line):
        line = _FILLED_NAME.sub(_without_han, line)
    return line


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
        if (head[cut:].isascii() and end.isascii()) or not re.search(rf"[a-z{_HAN}]", head[cut:], re.I):
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


def _close_up(match: re.Match[str]) -> str:
    """Letters that stand apart as one word, where that makes a domain."""
    closed = _SPACES.sub("", match.group())
    return closed if "." in closed.strip(".") and is_domain_name(closed.strip(".")) else match.group()


def _without_han(match: re.Match[str]) -> str:
    bare = re.sub(rf"[{_HAN}]", "", match.group())
    return bare if is_domain_name(bare) else match.group()

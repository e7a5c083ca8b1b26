"""What robots.txt lets a crawler open (RFC 9309), and the addresses that a sitemap lists.

Takes the text of a file and addresses; gives answers. Pure, and bounded: hostile files are cut, patterns are matched
without backtracking, XML is read by its <loc> elements alone.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes, urlsplit

PRODUCT_TOKEN = "cardwatch"  # noqa: S105 - the word by which robots.txt may address us
_MOST_TEXT = 512_000  # RFC 9309, 2.5: at least 500 kibibytes must be read
_MOST_RULES = 2000  # of the groups that may be ours; those of other crawlers take no room
_TOKEN = re.compile(r"[a-z_-]+|\*")
_ESCAPED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_LONGEST_RULE = 2000  # a longer one is cut: it then closes more than it says, never less
_MOST_DELAY = 60.0
_LOC = re.compile(r"<loc>([^<>]{1,2100})</loc>", re.I)
_MOST_LOCS = 5000


@dataclass(frozen=True)
class Rule:
    """One line: whether it allows, and its pattern with * and a closing $."""

    allows: bool
    pattern: str


@dataclass(frozen=True)
class Robots:
    """The rules that are ours. `forbids_all` says why nothing may be crawled (the file could not be had)."""

    rules: tuple[Rule, ...] = ()
    delay: float = 0.0
    sitemaps: tuple[str, ...] = ()
    forbids_all: str = ""

    def explain_refusal(self, url: str) -> str:
        """The rule that forbids an address, or "" where it may be opened. The longest pattern wins, allow on a tie."""
        if self.forbids_all:
            return self.forbids_all
        parts = urlsplit(url)
        path = _one_spelling((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        matching = [rule for rule in self.rules if rule.pattern and _matches(rule.pattern, path)]
        if not matching:
            return ""
        strongest = max(matching, key=lambda rule: (len(rule.pattern), rule.allows))
        return "" if strongest.allows else f"robots.txt: Disallow: {strongest.pattern[:100]}"


def read_robots(text: str) -> Robots:
    """The group of `cardwatch`, else that of `*`; groups of one name are joined."""
    groups: dict[str, list[Rule]] = {}
    delays: dict[str, float] = {}
    sitemaps: list[str] = []
    agents: list[str] = []
    in_rules = False
    whole = text if len(text) <= _MOST_TEXT else text[:_MOST_TEXT].rpartition("\n")[0]  # half a rule is another rule
    for line in whole.lstrip("\ufeff").splitlines():
        name, colon, value = line.partition("#")[0].partition(":")
        name, value = name.strip().lower(), value.strip()
        if not colon:
            continue
        if name == "user-agent":
            token = _TOKEN.match(value.lower())  # of cardwatch/1.0 the version says nothing
            agent = token.group() if token else ""
            agents = [agent] if in_rules else [*agents, agent]
            in_rules = False
            if agent in (PRODUCT_TOKEN, "*"):
                groups.setdefault(agent, [])
        elif name in ("allow", "disallow"):
            in_rules = True
            rule = Rule(name == "allow", _one_spelling(value[:_LONGEST_RULE]))
            for agent in groups.keys() & set(agents):
                if len(groups[agent]) < _MOST_RULES:
                    groups[agent].append(rule)
        elif name == "crawl-delay":
            in_rules = True
            for agent in agents:
                delays[agent] = _read_delay(value)
        elif name == "sitemap" and len(sitemaps) < 20:
            sitemaps.append(value)
    chosen = PRODUCT_TOKEN if PRODUCT_TOKEN in groups else "*"
    return Robots(tuple(groups.get(chosen, ())), delays.get(chosen, 0.0), tuple(sitemaps))


def read_sitemap(text: str) -> tuple[str, ...]:
    """The addresses of a sitemap or of a sitemap index, in their order, each once."""
    found = (html.unescape(match.group(1)).strip() for match in _LOC.finditer(text[:10_000_000]))
    addresses: dict[str, None] = {}
    for address in found:
        addresses[address] = None
        if len(addresses) == _MOST_LOCS:
            break
    return tuple(addresses)


def is_sitemap_index(text: str) -> bool:
    """Whether a sitemap lists other sitemaps."""
    return "<sitemapindex" in text[:5000].lower()


def _read_delay(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        return 0.0
    return min(max(seconds, 0.0), _MOST_DELAY) if seconds == seconds else 0.0


def _one_spelling(path: str) -> str:
    """Octets as RFC 9309, 2.2.2 compares them: Chinese as codes, letters and digits as themselves."""
    told = _ESCAPED.sub(lambda match: quote(unquote_to_bytes(match.group()), safe="~"), path)
    return quote(told, safe="%/?:@!$&'()*+,;=[]~^|", errors="replace")


def _matches(pattern: str, path: str) -> bool:
    anchored = pattern.endswith("$")
    first, *pieces = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    if not pieces:
        return not anchored or at == len(path)
    for number, piece in enumerate(pieces):
        if anchored and number == len(pieces) - 1:
            return len(path) - len(piece) >= at and path.endswith(piece)
        at = path.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return True

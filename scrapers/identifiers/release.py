"""Release pages (发布页): pages that only say under which address a platform is to be found now.

Takes a PageContent; gives what the page lists as current, as mirrors and as given up, and where its scripts send those
who click. They stand on static hosts, outlive the platform's domains, and are objects of their own. What visitors wrote
on one, or another site framed into it, is not what it lists. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from lxml import etree

from scrapers.domains import host_of, is_domain_name, public_suffix, site_of_host
from scrapers.identifiers.excluded_hosts import explain_exclusion
from scrapers.identifiers.line_reading import read_line
from scrapers.identifiers.notice_words import MoveRole
from scrapers.identifiers.notices import find_notices, keep_gravest
from scrapers.identifiers.page import walk_page
from scrapers.identifiers.page_hops import script_texts
from scrapers.identifiers.page_walk import PageRuns
from scrapers.identifiers.written_domains import find_written_domains
from scrapers.identity import Identifier, IdentifierKind, Place
from scrapers.model import PageContent
from scrapers.text import condense, readable_text

_OTHERS_WORDS = frozenset({Place.COMMENT, Place.USER_CONTENT, Place.THIRD_PARTY_FRAME})
_LITTLE_TEXT = 900
_MUCH_TEXT = 30_000  # with the words of visitors
_MOST_LINES, _MOST_OTHERS, _LEAST_OTHERS = 1_000, 200, 8
_MOST_NAMES = 100
_MOST_NODES = 3_000
_MOST_SCRIPT = 300_000
_STATIC_HOSTS_LIST = (
    "github.io gitee.io gitlab.io pages.dev workers.dev netlify.app vercel.app web.app firebaseapp.com surge.sh "
    "onrender.com deno.dev fly.dev glitch.me render.com gitbook.io notion.site codeberg.page bitbucket.io "
    "r2.dev eu.org js.org vercel.dev zeabur.app"
)
_STATIC_HOSTS = frozenset(_STATIC_HOSTS_LIST.split())
_WORDS = re.compile(
    "发布页|发布站|发布器|地址发布|网址发布|域名发布|永久(?:地址|网址|域名|收藏)|收藏(?:本站|本页|此页|该页)|最新(?:地址|网址|域名|可用)|"
    "防(?:失联|丢失|走失|迷路)|回家的?路|备用(?:地址|网址|域名|线路)|线路(?:选择|检测|[一二三1-3])|Ctrl ?\\+ ?D"
)
_CURRENT_KEY = re.compile(
    r"main|current|latest|newest|primary|official|now|new_?(?:url|site|domain|addr)|home_?(?:url|site)", re.I
)
_MIRROR_KEY = re.compile(r"mirror|backup|node|line|spare|alternat|url|domain|site|list|addr|link|host", re.I)
_FORMER_KEY = re.compile(r"old|former|dropped|blocked|dead|expired|disabled|invalid|offline|banned|history", re.I)
_DOWN = re.compile(
    r"\A(?:down|blocked|offline|dead|disabled|closed|failed|expired|invalid|停用|失效|被墙|关闭)\Z", re.I
)
_PAIR = re.compile(
    r"[\"']?([A-Za-z_]{3,30})[\"']?\s{0,5}[:=]\s{0,5}[\"'`]((?:https?:)?(?:\\?/){2}[^\"'`\s]{4,300})[\"'`]"
)
_ARRAY = re.compile(r"[\"']?([A-Za-z_]{3,30})[\"']?\s{0,5}[:=]\s{0,5}\[([^\]\[]{5,5000})\]")
_ADDRESS = re.compile(
    r"[\"'`]((?:(?:https?:)?(?:\\?/){2})?[a-z0-9][a-z0-9.-]{2,100}\.[a-z]{2,20}(?:[:/][^\"'`\s]{0,200})?)[\"'`]", re.I
)
_JUMP = re.compile(r"[\"'`](https?:(?:\\?/){2}[^\"'`\s?]{3,200}\?(?:u|url|go|to|r|p|target)=)[\"'`]", re.I)
_LIST_LABEL = re.compile(r"线路|入口|进入|访问|前往|打开|点击|主站|地址|网址|域名|备用|官网|立即|GO|enter", re.I)


@dataclass(frozen=True)
class ReleasePage:
    """What a release page lists: registrable domains; `jumps` are addresses by which its scripts send people on.

    A jump leads to the current domain by its Location header: whoever wants to know asks it, without cookies. `places`
    says of the names that do not stand where visitors see them where they stand.
    """

    address: str  # host and path
    current: tuple[str, ...] = ()
    mirrors: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    jumps: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    places: tuple[tuple[str, str], ...] = ()


def read_release_page(content: PageContent) -> ReleasePage | None:
    """The release page that a page is, None where it is none: it must say so, and be little else."""
    source = content.dom or content.source_html
    text = content.text or readable_text(source)
    host = host_of(content.url)
    scripts = "\n".join(script_texts(source[:_MOST_SCRIPT]))
    jumps = tuple(dict.fromkeys(match.replace("\\/", "/") for match in _JUMP.findall(scripts)))[:10]
    listed = list(_feed_names(content, scripts))
    if not (jumps or listed or (len(text) <= _MUCH_TEXT and _WORDS.search(f"{content.title}\n{text}"))):
        return None
    page = walk_page(content, host)
    by_users = frozenset(run.where for run in page.scripts if run.place in _OTHERS_WORDS)
    listed = list(_feed_names(content, scripts, by_users)) if by_users else listed
    lines = list(_own_lines(page, content, text))
    words = _WORDS.search("\n".join((content.title, *(line for line, _ in lines)))) is not None
    small = sum(len(condense(line)) for line, _ in lines) <= _LITTLE_TEXT
    if not (words or jumps or listed) or not (small or listed):
        return None
    notices = tuple(one for one in find_notices(content) if one.place not in _OTHERS_WORDS)
    plain = _plain_names(content, page, lines, {one.value for one in notices}) if small else {}
    named = [one.value for one in notices if one.role in (MoveRole.SUCCESSOR, MoveRole.MIRROR)]
    signs = [
        sign
        for sign, present in (
            ("words", words),
            ("static host", is_static_host(host)),
            ("list of addresses", small and len({*named, *plain, *(name for name, _ in listed)}) >= 2),
            ("feed", bool(listed)),
            ("jump script", bool(jumps)),
        )
        if present
    ]
    if len(signs) < 2 or not (words or listed or jumps):
        return None
    return _put_together(content, notices, plain, listed, jumps, tuple(signs))


def find_release_identifiers(content: PageContent) -> tuple[Identifier, ...]:
    """What a release page lists, as notices of the release page itself; nothing where the page is none."""
    page = read_release_page(content)
    if page is None:
        return ()
    where = f"release page {page.address}"[:300]
    places = dict(page.places)
    told = (
        Identifier(IdentifierKind.NOTICE_SUCCESSOR, name, places.get(name, Place.VISIBLE), name, where, role.value)
        for role, names in (
            (MoveRole.FORMER, page.former),
            (MoveRole.SUCCESSOR, page.current),
            (MoveRole.MIRROR, page.mirrors),
        )
        for name in names
    )
    return keep_gravest(told)


def is_static_host(host: str) -> bool:
    """Whether a host is a place for static pages where anybody may put one: github.io, pages.dev ..."""
    return public_suffix(host) in _STATIC_HOSTS or site_of_host(host) in _STATIC_HOSTS


def page_address(url: str) -> str:
    """Host and path of a page, as the value of release_page spells it."""
    parts = urlsplit(url)
    return f"{host_of(url)}{parts.path.rstrip('/')}"


def _put_together(
    content: PageContent,
    notices: tuple[Identifier, ...],
    plain: dict[str, str],
    listed: list[tuple[str, MoveRole]],
    jumps: tuple[str, ...],
    signs: tuple[str, ...],
) -> ReleasePage:
    roles: dict[str, MoveRole] = {}
    for name, role in listed:
        if roles.get(name) is not MoveRole.FORMER:
            roles[name] = role if role is MoveRole.FORMER else roles.get(name, role)
    for one in notices:
        if one.kind == IdentifierKind.NOTICE_SUCCESSOR:
            known = roles.get(one.value)
            if known is None or MoveRole(one.role) not in (MoveRole.MIRROR,):
                roles[one.value] = MoveRole(one.role)
    for name in plain:
        roles.setdefault(name, MoveRole.MIRROR)
    if plain and MoveRole.SUCCESSOR not in roles.values():
        roles[next(iter(plain))] = MoveRole.SUCCESSOR  # the first of a bare list is where people are sent
    own = site_of_host(host_of(content.url))

    def names_in(role: MoveRole) -> tuple[str, ...]:
        return tuple(name for name, told in roles.items() if told is role and name != own)[:_MOST_NAMES]

    current, mirrors, former = map(names_in, (MoveRole.SUCCESSOR, MoveRole.MIRROR, MoveRole.FORMER))
    stands: dict[str, str] = {}
    for name, place in (*((one.value, one.place) for one in notices), *plain.items()):
        if place == Place.VISIBLE or name not in stands:
            stands[name] = place
    for name, _ in listed:
        stands.setdefault(name, Place.SCRIPT)
    places = tuple((name, place) for name, place in stands.items() if place != Place.VISIBLE)
    return ReleasePage(page_address(content.url), current, mirrors, former, jumps, signs, places)


def _own_lines(page: PageRuns, content: PageContent, text: str) -> Iterator[tuple[str, str]]:
    """The lines of a page that are its own words, each with its place: shown or hidden."""
    of_place: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for run in page.lines:
        shown = None if run.place in _OTHERS_WORDS else run.place == Place.VISIBLE
        of_place[shown].append(condense(run.text))
    visible, hidden, others = ("\n".join(of_place[shown])[:_MUCH_TEXT] for shown in (True, False, None))
    told = [part for part in of_place[None] if len(part) >= _LEAST_OTHERS][:_MOST_OTHERS]
    for line in text.split("\n")[:_MOST_LINES]:
        bare = condense(line)
        if bare in visible:
            yield line, Place.VISIBLE
        elif bare in hidden:
            yield line, Place.HIDDEN
        elif bare not in others and not any(part in bare for part in told):
            yield line, Place.VISIBLE if content.text else Place.HIDDEN


def _plain_names(content: PageContent, page: PageRuns, lines: list[tuple[str, str]], known: set[str]) -> dict[str, str]:
    """Domains that stand on the page or are linked from it, without a word that says what they are, by their place."""
    own = site_of_host(host_of(content.url))
    hosts: list[tuple[str, str]] = []
    for raw, place in lines[:500]:
        hosts += [(one.host, place) for one in find_written_domains(read_line(raw))]
    links = (run for run in page.addresses if isinstance(run.node, etree._Element) and run.node.tag == "a")
    for run in islice((run for run in links if run.place not in _OTHERS_WORDS), 200):
        target = run.text.strip()
        assert isinstance(run.node, etree._Element)
        words = "".join(islice(run.node.itertext(), 40)).strip()[:60]
        if target.startswith(("http://", "https://")) and _LIST_LABEL.search(words):
            hosts.append((host_of(target), run.place))
    first = {site: place for site, place in _sites(hosts) if site != own and site not in known}
    seen = {site_of_host(host) for host, place in hosts if place in (Place.VISIBLE, Place.ATTRIBUTE)}
    return {site: Place.VISIBLE if site in seen else place for site, place in first.items()}


def _sites(hosts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for host, place in hosts:
        site = site_of_host(host)
        if is_domain_name(host) and not explain_exclusion(host) and site not in seen:
            seen.add(site)
            yield site, place


# --- feeds ------------------------------------------------------------------------------------------------------------


def _feed_names(
    content: PageContent, scripts: str, by_users: frozenset[str] = frozenset()
) -> Iterator[tuple[str, MoveRole]]:
    """Domains of JSON answers and of lists in scripts whose keys say that they are addresses of the site."""
    own = site_of_host(host_of(content.url))
    named = list(_named_in_scripts(scripts))
    for answer in content.answers[:20]:
        if f"answer of {answer.url[:280]}" in by_users:
            continue
        try:
            told = json.loads(answer.body[:_MOST_SCRIPT])
        except (ValueError, RecursionError):
            continue
        if isinstance(told, dict) and _is_feed(told):
            named += _walk_feed(told)
    for host, role in named[:_MOST_NAMES]:
        site = site_of_host(host)
        if is_domain_name(host) and site != own and not explain_exclusion(host):
            yield site, role


def _is_feed(told: dict[str, object]) -> bool:
    """Whether a JSON object is a list of addresses: a key for the main one and one for others, and not much more."""
    keys = [key for key in told if isinstance(key, str)]
    inner = next((value for key, value in told.items() if key in ("data", "result") and isinstance(value, dict)), None)
    if inner is not None:
        keys = list(inner)
    main = any(
        re.fullmatch(r"(?:main|current|latest|new|official|primary)_?(?:site|url|domain|address|host)?", key, re.I)
        for key in keys
    )
    others = any(re.search(r"mirror|backup|node|line|spare|domains|urls|sites", key, re.I) for key in keys)
    return (main or others) and ((main and others) or len(keys) <= 6)


def _walk_feed(told: object) -> Iterator[tuple[str, MoveRole]]:
    waiting: list[tuple[object, MoveRole, int]] = [(told, MoveRole.MIRROR, 0)]
    seen = 0
    while waiting and seen < _MOST_NODES:
        node, role, depth = waiting.pop(0)
        seen += 1
        if isinstance(node, str):
            host = _host_in(node)
            if host:
                yield host, role
        elif depth < 6 and isinstance(node, list):
            waiting += [(item, role, depth + 1) for item in node[:_MOST_NAMES]]
        elif depth < 6 and isinstance(node, dict):
            down = any(isinstance(value, str) and _DOWN.match(value) for value in node.values())
            waiting += [
                (value, MoveRole.FORMER if down else _role_of_key(key, role), depth + 1) for key, value in node.items()
            ]


def _named_in_scripts(scripts: str) -> Iterator[tuple[str, MoveRole]]:
    arrays = [(key, inner) for key, inner in _ARRAY.findall(scripts) if _is_address_list(key)]
    mains = [
        (key, url) for key, url in _PAIR.findall(scripts) if _CURRENT_KEY.search(key) and not _FORMER_KEY.search(key)
    ]
    if not arrays and not (mains and _WORDS.search(scripts)):
        return
    for key, url in mains:
        host = _host_in(url)
        if host:
            yield host, _role_of_key(key, MoveRole.MIRROR)
    for key, inner in arrays[:20]:
        for match in _ADDRESS.findall(inner)[:_MOST_NAMES]:
            host = _host_in(match)
            if host:
                yield host, _role_of_key(key, MoveRole.MIRROR)


def _is_address_list(key: str) -> bool:
    return re.search(r"mirror|backup|node|line|domain|spare|site|host|addr", key, re.I) is not None


def _role_of_key(key: object, inherited: MoveRole) -> MoveRole:
    name = str(key)
    if _FORMER_KEY.search(name):
        return MoveRole.FORMER
    if _CURRENT_KEY.search(name):
        return MoveRole.SUCCESSOR
    return MoveRole.MIRROR if inherited is not MoveRole.FORMER and _MIRROR_KEY.search(name) else inherited


def _host_in(text: str) -> str:
    text = text.replace("\\/", "/").strip()
    if len(text) > 500 or "." not in text or "@" in text or " " in text:
        return ""
    host = host_of(text if "//" in text else f"//{text}")
    return host if is_domain_name(host) else ""

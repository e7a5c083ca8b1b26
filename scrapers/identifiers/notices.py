"""What a page says of addresses: where it moved, what it was, which are mirrors or fakes, where to find it again.

Takes a PageContent and the site's host; gives identifiers of kind notice_successor with the MoveRole as `role`, and
release_page. Only role `successor` says that the platform is there. A domain without words that say what it is, is
nothing; the nearest words decide, a warning binds more than what it names. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from lxml import etree

from scrapers.domains import host_of, readable_host, site_of_host
from scrapers.identifiers.excluded_hosts import explain_exclusion
from scrapers.identifiers.notice_words import (
    ABOUT_SITE,
    ANY_CUE,
    PURPOSE,
    TURNS_INTO,
    Cue,
    MoveRole,
    find_cues,
)
from scrapers.identifiers.page import walk_page
from scrapers.identifiers.page_walk import PageRuns
from scrapers.identifiers.written_domains import WrittenDomain, find_written_domains, read_line
from scrapers.identity import Identifier, IdentifierKind, Place
from scrapers.model import PageContent
from scrapers.text import condense

MOST_NOTICES = 200
_MOST_LINES = 10_000
_MOST_LINKS = 2_000
_BEFORE, _AFTER = 48, 30
_LONGEST_HEADING = 40
_LIST = re.compile(r"[\s、,，/|和及或与以;；()（）\[\]【】\d.:：一二三四五六七八九①-⑩]{0,8}")
_HARD = re.compile(r"[。！!？?；;\n]")
_SOFT_STOP = re.compile(r"[，,。！!；;]|\s(?=请|认准|唯一|官方|本站|正版)")
_ANOTHER_CLAUSE = re.compile(rf"{_SOFT_STOP.pattern}|请|改用|换|走|可用|可访问|认准|试")
_END_OF_LEAD = re.compile(r"[\s:：是为「『\"“'（(【\[<>》~\-—=]+\Z")
_AFTERWARDS = re.compile(r"[\s)）】」』\"”\]>]{0,4}(?:[，,]\s{0,2}(?=请|务必|记得|建议))?")
_OTHERS = re.compile(r"其[他它余]|别的|除|凡|(?<![无有])任何|一律|所有|以外")
_LOST = re.compile(
    r"(?:域名|网址|地址|站点|网站|本站|这个|已经|现已|已|现|将于|将|即将|于|因|由于|目前|今日|正式|暂时|全面|后|即|均|都|也|[\d年月日号.\-/]|\s){0,12}"
    r"(?:停用|停止|作废|废弃|弃用|失效|关闭|下线|被墙|被封|被拦截|被攻击|打不开|(?:已)?被(?:恶意)?(?:举报|投诉|劫持|屏蔽|误封)|无法(?:访问|打开)|不能(?:访问|打开)|不再|注销|到期|过期|拦截|访问不了|进不去)"
)
_FAKE = re.compile(
    r"(?:的|网站|域名|网址|站点|这个|等|这些|等等|均|都|皆|一律|全部|是|为|系|属于|属|一个|个|[）)]|\s){0,8}"
    r"(?:假冒|冒充|山寨|仿冒|盗版|钓鱼|骗子|诈骗|假|虚假|伪|仿|高仿|非(?:本站|我站|我们|官方)|不是(?:本站|我们|官方)|与(?:本站|我们|本店|本平台)(?:无关|没有)|无(?:任何)?关[系联]|没有(?:任何)?关[系联])"
)
_LATER_ROLE = re.compile(
    r"[（(【\[]?(?:将)?(?:是|为|作为|即|就是)?(?:本站|我们|本店|平台|我站|目前)?(?:的|今后|以后){0,3}"
)
_STAYS = re.compile(
    r"[（(【\[]?(?:(?:添加|加入|存)(?:到|进)?(?:书签|收藏夹)"
    r"|(?:永久|一直|长期|永远|永不)(?:有效|可用|不变|能用|使用|丢失|更换)"
    r"|(?:已|已经|现已|正式|即将|今日|于[\d年月日号.]{1,12}){0,3}(?:启用|上线|开通))"
)


@dataclass(frozen=True)
class Notice:
    """A domain with what a line says of it. `sure` is below 1 where the words are common ones."""

    domain: WrittenDomain
    role: MoveRole
    shown: str
    sure: float = 1.0


def find_notices(content: PageContent, *, site_host: str = "") -> tuple[Identifier, ...]:
    """The notices of a page, its pop-ups, own frames, pictures and links; each (value, place) with its gravest role."""
    host = site_host or host_of(content.url)
    told: list[Identifier] = []
    for place, where, lines, third in _texts(content, host):
        for one in tell_notices(lines, place, where, host):
            told.append(replace(one, role=MoveRole.PARTNER.value) if third and one.role in _OF_SITE else one)
    return keep_gravest(told)


def keep_gravest(identifiers: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """Each value once a place, in the gravest role that it has there: a warning before all, a mirror last."""
    found: dict[tuple[str, str, str], Identifier] = {}
    for one in identifiers:
        key = (one.kind, one.value, one.place)
        known = found.get(key)
        if known is None or _RANK[MoveRole(one.role)] < _RANK[MoveRole(known.role)]:
            found[key] = one
        if len(found) >= MOST_NOTICES:
            break
    return tuple(found.values())


def tell_notices(lines: Iterable[str], place: str, where: str, site_host: str) -> Iterator[Identifier]:
    """The notices in lines of text as identifiers of that place; none of the site's own domain."""
    own = site_of_host(site_host)
    for notice in read_notices(lines):
        told = _tell(notice, place, where, own)
        if told is not None:
            yield told


def read_notices(lines: Iterable[str]) -> Iterator[Notice]:
    """The domains of lines with their roles. A short line without a domain heads those that follow it."""
    heading = ""
    for number, text in enumerate(lines):
        if number >= _MOST_LINES:
            return
        if len(text) < 2:
            continue
        line = read_line(text)
        domains = find_written_domains(line) if "." in line else ()
        if not domains:
            heading = line.strip() if len(line) <= _LONGEST_HEADING and ANY_CUE.search(line) else ""
            continue
        if not ANY_CUE.search(line) and not heading:
            continue
        yield from _read_groups(line, domains, heading)


_RANK = {
    MoveRole.WARNED: 0,
    MoveRole.FORMER: 1,
    MoveRole.PARTNER: 2,
    MoveRole.BRANCH: 3,
    MoveRole.SUCCESSOR: 4,
    MoveRole.RELEASE: 5,
    MoveRole.MIRROR: 6,
}


def _read_groups(line: str, domains: tuple[WrittenDomain, ...], heading: str) -> Iterator[Notice]:
    groups: list[list[WrittenDomain]] = []
    for domain in domains:
        if groups and _LIST.fullmatch(line[groups[-1][-1].end : domain.start]):
            groups[-1].append(domain)
        else:
            groups.append([domain])
    roles: list[tuple[MoveRole | None, float]] = []
    for number, group in enumerate(groups):
        begin = groups[number - 1][-1].end if number else 0
        stop = groups[number + 1][0].start if number + 1 < len(groups) else len(line)
        before, after = line[begin : group[0].start][-_BEFORE:], line[group[-1].end : stop]
        turned = number > 0 and TURNS_INTO.search(before) is not None
        if turned and number and (roles[-1][0] in (None, MoveRole.FORMER, MoveRole.SUCCESSOR, MoveRole.MIRROR)):
            roles[-1] = (MoveRole.FORMER, 1.0)
            roles.append((MoveRole.SUCCESSOR, 1.0))
            continue
        role, sure = _role_of(before, after[:_AFTER], line)
        if role is None and heading and number == 0 and len(condense(before)) + len(condense(after)) <= 3:
            role, sure = _role_before(heading, heading)
        roles.append((role, sure))
    for (role, sure), group in zip(roles, groups, strict=True):
        if role is None:
            continue
        for domain in group:
            start = max(0, domain.start - 120)
            yield Notice(domain, role, line[start : domain.end + 100].strip()[:300], sure)


def _role_of(before: str, after: str, line: str) -> tuple[MoveRole | None, float]:
    """What stands before a domain says what it is, unless what follows says that it is gone or a fake."""
    tail = after[_AFTERWARDS.match(after).end() :] if _AFTERWARDS.match(after) else after  # type: ignore[union-attr]
    direct = _SOFT_STOP.split(tail, maxsplit=1)[0]
    if _FAKE.match(direct) and not _OTHERS.search(direct):
        return MoveRole.WARNED, 1.0
    released = (cue.role is MoveRole.RELEASE and cue.start <= 2 for cue in find_cues(tail[:16]))
    if any(released):
        return MoveRole.RELEASE, 1.0
    conditional = re.search(r"(?:如果|如|若|万一|一旦|要是|假如|当)[^，,。；;]{0,8}\Z", before) is not None
    if _LOST.match(direct) and not conditional:
        return MoveRole.FORMER, 1.0
    role, sure = _role_before(before, line)
    if role is not None:
        return role, sure
    return _role_after(tail)


def _role_before(before: str, line: str) -> tuple[MoveRole | None, float]:
    text = before
    for match in _HARD.finditer(before):
        if len(before) - match.end() > 1:
            text = before[match.end() :]
    text = _END_OF_LEAD.sub("", text) or text
    cues = sorted(find_cues(text), key=lambda cue: (cue.end, cue.end - cue.start), reverse=True)
    bound = _binding_role(text, cues)
    if bound:
        return bound, 1.0
    warns = any(cue.role is MoveRole.WARNED for cue in cues)
    for cue in cues:
        if cue.role in _BINDING:
            continue  # said of another clause's thing
        if cue.weak:
            rest = line.replace(text[cue.start : cue.end], "", 1).replace("官方", "")
            if warns or not ABOUT_SITE.search(rest) or PURPOSE.search(text):
                continue  # 有人冒充本站，网址为 ... is no notice of a move
            return cue.role, 0.8
        return (cue.role, 1.0) if cue.role is not None else (None, 0.0)
    return None, 0.0


_BINDING = (MoveRole.WARNED, MoveRole.FORMER)


def _binding_role(text: str, cues: list[Cue]) -> MoveRole | None:
    """A warning, or a word for what was, binds all that follows it in its clause."""
    for cue in cues:
        if cue.role in _BINDING and not _ANOTHER_CLAUSE.search(text, cue.end):
            return cue.role
    return None


def _role_after(tail: str) -> tuple[MoveRole | None, float]:
    lead = _LATER_ROLE.match(tail)
    rest = tail[lead.end() :] if lead is not None else tail
    if _STAYS.match(tail):
        return MoveRole.SUCCESSOR, 1.0
    starting = [cue for cue in find_cues(rest[:20]) if cue.start == 0 and not cue.weak and cue.role is not None]
    if not starting:
        return None, 0.0
    return max(starting, key=lambda cue: cue.end).role, 1.0


# --- what a page has to read ------------------------------------------------------------------------------------------


def _texts(content: PageContent, host: str) -> Iterator[tuple[str, str, list[str], bool]]:
    """Lines by their place, with what they stand in and whether that is about other parties.

    Words of visitors keep their place: whoever writes a review may name any address as the new one.
    """
    page = walk_page(content, host)
    seen = condense("\n".join((content.text, *content.popups, *(text for text, _ in content.layout.drawn))))
    groups: dict[tuple[str, str, bool], list[str]] = {}
    for run in page.lines:
        place = run.place
        if place == Place.COMMENT:
            continue
        if place == Place.VISIBLE and content.text and run.text not in content.text and condense(run.text) not in seen:
            place = Place.HIDDEN
        groups.setdefault((place, run.where, run.third), []).append(run.text)
    for (place, where, third), lines in groups.items():
        yield place, where, lines, third
    if content.text:
        marked = condense("\n".join(run.text for run in page.lines))
        drawn = [line for line in content.text.split("\n") if "." in line or ANY_CUE.search(line)]
        yield Place.VISIBLE, "", [line for line in drawn if condense(line) not in marked], False
    for picture in content.pictures[:120]:
        yield Place.IMAGE_OCR, picture.url[:300], [line.text for line in picture.text.lines], False
    links: dict[str, list[str]] = {}
    for place, line in _links(page, site_of_host(host)):
        links.setdefault(place, []).append(line)
    for place, lines in links.items():
        yield place, "", lines, False


def _links(page: PageRuns, own: str) -> Iterator[tuple[str, str]]:
    """Links to other domains as lines of text: what stands before, the words of the link, its host, what follows."""
    for run in page.addresses[:_MOST_LINKS]:
        target = run.text.strip()
        if not target.startswith(("http://", "https://", "//")) or len(target) > 500:
            continue
        node = run.node
        if not isinstance(node, etree._Element) or node.tag not in ("a", "area") or run.third:
            continue
        host = host_of(target if target.startswith("http") else f"https:{target}")
        if not host or site_of_host(host) == own:
            continue
        words = " ".join("".join(islice(node.itertext(), 40)).split())[:80]
        if host in words.lower():
            continue  # its words are read with the text
        address = target.split("?")[0].split("#")[0]
        before, after = _beside(node)
        line = f"{before}{words}: {address} {after}"
        if ANY_CUE.search(line):
            yield run.place, line


def _beside(node: etree._Element) -> tuple[str, str]:
    earlier, parent = node.getprevious(), node.getparent()
    before = earlier.tail if earlier is not None else parent.text if parent is not None else ""
    return " ".join((before or "").split())[-40:], " ".join((node.tail or "").split())[:24]


def _tell(notice: Notice, place: str, where: str, own: str) -> Identifier | None:
    host = notice.domain.host
    site = site_of_host(host)
    if site == own:
        return None
    release = notice.role is MoveRole.RELEASE
    reason = explain_exclusion(host)
    if reason and not (release and site in _CODE_HOSTS and notice.domain.path.count("/") >= 2):
        return None
    kind = IdentifierKind.RELEASE_PAGE if release else IdentifierKind.NOTICE_SUCCESSOR
    value = f"{host}{notice.domain.path}" if release else site
    shown = notice.shown if readable_host(host) == host else f"{notice.shown} ({readable_host(host)})"[:300]
    return Identifier(kind, value, place, shown, where, notice.role.value, confidence=notice.sure)


_OF_SITE = frozenset({MoveRole.SUCCESSOR.value, MoveRole.MIRROR.value})
_CODE_HOSTS = frozenset({"github.com", "gitee.com", "gitlab.com", "bitbucket.org"})

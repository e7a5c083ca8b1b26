"""What a page says of addresses: where it moved, what it was, which are mirrors or fakes, where to find it again.

Takes a PageContent and the site's host; gives identifiers of kind notice_successor with the MoveRole as `role`, and
release_page. Only role `successor` says that the platform is there. A domain without words that say what it is, is
nothing; the nearest words decide, a warning binds more than what it names. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

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
from scrapers.identifiers.written_domains import WrittenDomain, find_written_domains, read_line
from scrapers.identity import Identifier, IdentifierKind, Place
from scrapers.model import PageContent
from scrapers.text import bound_html, condense, readable_text

MOST_NOTICES = 200
_MOST_LINES = 10_000
_MOST_LINKS = 2_000
_BEFORE, _AFTER = 48, 30
_LONGEST_HEADING = 40
_LIST = re.compile(r"[\s、,，/|和及或与以;；()（）\[\]【】\d.:：一二三四五六七八九①-⑩]{0,8}")
_HARD = re.compile(r"[。！!？?；;\n]")
_SOFT_STOP = re.compile(r"[，,。！!；;]|\s(?=请|认准|唯一|官方|本站|正版)")
_END_OF_LEAD = re.compile(r"[\s:：是为「『\"“'（(【\[<>》~\-—=]+\Z")
_AFTERWARDS = re.compile(r"[\s)）】」』\"”\]>]{0,4}(?:[，,]\s{0,2}(?=请|务必|记得|建议))?")
_OTHERS = re.compile(r"其[他它余]|别的|除|凡|任何|一律|所有|以外")
_LOST = re.compile(
    r"(?:域名|网址|地址|站点|网站|本站|这个|已经|现已|已|现|将于|将|即将|于|因|由于|目前|今日|正式|暂时|全面|后|即|均|都|也|[\d年月日号.\-/]|\s){0,12}"
    r"(?:停用|停止|作废|废弃|弃用|失效|关闭|下线|被墙|被封|被拦截|被攻击|打不开|无法(?:访问|打开)|不能(?:访问|打开)|不再|注销|到期|过期|拦截|访问不了|进不去)"
)
_FAKE = re.compile(
    r"(?:的|网站|域名|网址|站点|这个|等|这些|等等|均|都|皆|一律|全部|是|为|系|属于|属|一个|个|[）)]|\s){0,8}"
    r"(?:假冒|冒充|山寨|仿冒|盗版|钓鱼|骗子|诈骗|假|虚假|伪|仿|高仿|非(?:本站|我站|我们|官方)|不是(?:本站|我们|官方)|与(?:本站|我们|本店|本平台)(?:无关|没有))"
)
_LATER_ROLE = re.compile(
    r"[（(【\[]?(?:将)?(?:是|为|作为|即|就是)?(?:本站|我们|本店|平台|我站|目前|我站)?(?:的|唯一|今后|以后){0,3}"
)
_STAYS = re.compile(
    r"[（(【\[]?(?:永久|一直|长期|永远|永不)(?:有效|可用|不变|能用|使用|丢失|更换)|(?:已|已经|现已|正式|即将|今日|于[\d年月日号.]{1,12}){0,3}(?:启用|上线|开通)"
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
    own = site_of_host(site_host or host_of(content.url))
    told = (one for place, where, lines in _texts(content, own) for one in tell_notices(lines, place, where, own))
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
    clause = re.split(r"[，,]", text)[-1]
    warns = any(cue.role is MoveRole.WARNED for cue in cues)
    for cue in cues:
        if cue.role in _BINDING:
            continue  # said of another clause's thing
        if cue.weak:
            if warns or not ABOUT_SITE.search(line.replace("官方", "")) or PURPOSE.search(clause):
                continue  # 有人冒充本站，网址为 ... is no notice of a move
            return cue.role, 0.8
        return (cue.role, 1.0) if cue.role is not None else (None, 0.0)
    return None, 0.0


_BINDING = (MoveRole.WARNED, MoveRole.FORMER)


def _binding_role(text: str, cues: list[Cue]) -> MoveRole | None:
    """A warning, or a word for what was, binds all that follows it in its clause."""
    for cue in cues:
        if cue.role in _BINDING and not _SOFT_STOP.search(text[cue.end :]):
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


def _texts(content: PageContent, own: str) -> Iterator[tuple[Place, str, list[str]]]:
    shown = content.text.split("\n") if content.text else []
    source = content.dom or content.source_html
    marked = readable_text(source).split("\n") if source else []
    if shown:
        yield Place.VISIBLE, "", shown
        seen = {condense(line) for line in shown}
        yield Place.HIDDEN, "", [line for line in marked if condense(line) not in seen]
    else:
        yield Place.VISIBLE, "", marked
    for number, popup in enumerate(content.popups[:20], start=1):
        yield Place.VISIBLE, f"pop-up {number}", popup.split("\n")
    for frame in content.frames[:20]:
        if frame.dom and site_of_host(host_of(frame.url)) in ("", own):
            yield Place.VISIBLE, frame.url[:300], readable_text(frame.dom).split("\n")
    for picture in content.pictures[:120]:
        yield Place.IMAGE_OCR, picture.url[:300], [line.text for line in picture.text.lines]
    if source:
        yield Place.ATTRIBUTE, "", list(_links(source, own))


def _links(source: str, own: str) -> Iterator[str]:
    """Links to other domains as lines of text: what stands before, the words of the link, its host, what follows."""
    if "http" not in source and "//" not in source:
        return
    tree = LexborHTMLParser(bound_html(source))
    for node in tree.css("a[href]")[:_MOST_LINKS]:
        target = (node.attributes.get("href") or "").strip()
        if not target.startswith(("http://", "https://", "//")) or len(target) > 500:
            continue
        host = host_of(target if target.startswith("http") else f"https:{target}")
        if not host or site_of_host(host) == own:
            continue
        words = node.text(deep=True, strip=True)[:80]
        if host in words.lower():
            continue  # its words are read with the text
        address = target.split("?")[0].split("#")[0]
        before, after = _beside(node)
        line = f"{before}{words}: {address} {after}"
        if ANY_CUE.search(line):
            yield line


def _beside(node: LexborNode) -> tuple[str, str]:
    before = node.prev.text(deep=True) if node.prev is not None and node.prev.tag == "-text" else ""
    after = node.next.text(deep=True) if node.next is not None and node.next.tag == "-text" else ""
    return " ".join((before or "").split())[-40:], " ".join((after or "").split())[:24]


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


_CODE_HOSTS = frozenset({"github.com", "gitee.com", "gitlab.com", "bitbucket.org"})

"""Whom a report accuses of what: acts of the platform are the platform's, acts of a shop on it are the shop's.

Takes the case file. Where the buyer dealt with a shop on somebody else's platform, each page speaks for one of the two:
the platform's rules, notices and home page for the platform, the page of the goods and what the shop wrote for the
shop. Elsewhere one seller answers for his whole site. Pure.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from urllib.parse import urlsplit

from monitor.complaints.model import CaseFile, SeenVersion
from monitor.complaints.routing.named_respondent import (
    NamedRespondent,
    find_respondent,
    find_told,
    is_platform_itself,
    is_shop_on_platform,
    list_proven,
)
from monitor.operators.respondents import OPERATOR_ROLES, RespondentRole
from scrapers.domains import registrable_domain
from scrapers.model import Author, Role
from storage.model import ChangeClass, ChangeStatus, Effect

_SHOP_ROLES = (Role.PRODUCT, Role.ORDER)
_HARMFUL = (Effect.WORSE, Effect.MIXED)


class Doer(StrEnum):
    """Whose act it is. SITE: seller and site are not told apart, or are one."""

    SITE = "site"
    PLATFORM = "platform"
    SHOP = "shop"


DOER_ZH = {Doer.SITE: "网站", Doer.PLATFORM: "平台", Doer.SHOP: "店铺（平台内经营者）"}


def doer_of(file: CaseFile, url: str, role: Role, author: Author = Author.UNKNOWN) -> Doer:
    """Whose words a page or a block of it holds: as the block says itself, else by whose page it is."""
    if not is_shop_on_platform(file):
        return Doer.SITE
    if author is Author.PLATFORM:
        return Doer.PLATFORM
    if author is Author.MERCHANT or role in _SHOP_ROLES or _in_shop(file, url):
        return Doer.SHOP
    return Doer.PLATFORM


def doer_of_urls(file: CaseFile, urls: tuple[str, ...]) -> Doer:
    """Who answers for what several pages together do not show: the shop only where all of them are its own."""
    if not is_shop_on_platform(file):
        return Doer.SITE
    roles = {page.url: page.role for page in file.pages}
    own = [doer_of(file, url, roles.get(url, Role.TERMS)) is Doer.SHOP for url in urls]
    return Doer.SHOP if own and all(own) else Doer.PLATFORM


def find_doers(file: CaseFile) -> frozenset[Doer]:
    """Who did what the archive shows: findings, harmful changes, clauses of the rules."""
    found = {doer_of_urls(file, one.urls) for one in file.findings}
    for change in file.changes:
        difference = change.difference
        if (
            change.status is ChangeStatus.CONFIRMED
            and difference.change_class in (ChangeClass.RULE, ChangeClass.PRICE)
            and difference.effect in _HARMFUL
        ):
            found.add(doer_of(file, change.page.url, change.page.role))
    for page in file.pages:
        for seen in (page.nearest, page.newest):
            for finding in seen.findings if seen is not None else ():
                if finding.quotable and not finding.needs_human and seen is not None:
                    found.add(doer_of(file, page.url, page.role, author_of(seen, finding.text)))
    return frozenset(found)


def author_of(seen: SeenVersion, text: str) -> Author:
    """Who wrote a text of a page, as the block that holds it says."""
    dense = "".join(text.split())
    return next(
        (one.author for one in seen.reading.blocks if dense and dense in "".join(one.text.split())), Author.UNKNOWN
    )


def keep_own_site(file: CaseFile) -> CaseFile:
    """The case with the pages of the site that was bought from alone: nobody answers for those of another site.

    Whose another site is the archive does not know. Where the buyer gave no address of the site all pages stay.
    """
    own = registrable_domain(_with_scheme(file.case.facts.url))
    if not own:
        return file
    return replace(
        file,
        pages=tuple(one for one in file.pages if registrable_domain(one.url) == own),
        changes=tuple(one for one in file.changes if registrable_domain(one.page.url) == own),
        findings=tuple(one for one in file.findings if all(registrable_domain(url) == own for url in one.urls)),
    )


def _with_scheme(url: str) -> str:
    return url if "//" in url or not url.strip() else f"//{url}"


def find_platform(file: CaseFile) -> NamedRespondent | None:
    """The firm behind the platform or site: proven, or named by the buyer; a payee is none by that alone."""
    told = find_told(file)
    if told is not None and is_platform_itself(file, told.name):
        return told
    operators = [one.value for one in OPERATOR_ROLES]
    return next((one for one in list_proven(file) if one.role in operators), None)


def find_shop(file: CaseFile) -> NamedRespondent | None:
    """The firm behind the shop on the platform, None where nobody named it."""
    told = find_told(file)
    if told is not None and not is_platform_itself(file, told.name):
        return told
    return next((one for one in list_proven(file) if one.role == RespondentRole.PLATFORM_SHOP.value), None)


def list_accused(file: CaseFile) -> tuple[tuple[Doer, NamedRespondent | None], ...]:
    """Whom a report accuses, the platform first; None for one of whom no name is known."""
    if not is_shop_on_platform(file):
        return ((Doer.SITE, _find_site_owner(file)),)
    doers = find_doers(file)
    found: list[tuple[Doer, NamedRespondent | None]] = []
    if Doer.PLATFORM in doers:
        found.append((Doer.PLATFORM, find_platform(file)))
    if Doer.SHOP in doers:
        found.append((Doer.SHOP, find_shop(file)))
    return tuple(found) or ((Doer.SITE, _find_site_owner(file)),)


def _find_site_owner(file: CaseFile) -> NamedRespondent | None:
    """Whom the pages are held against: who only took the money of an order answers for no page, however sure he is."""
    named = find_respondent(file)
    if named is None or named.role != RespondentRole.PAYEE.value or named.told:
        return named
    return find_platform(file)


def find_accused(file: CaseFile) -> NamedRespondent | None:
    """The one by whose seat the office of a report is chosen: the first of the accused who is known."""
    return next((named for _, named in list_accused(file) if named is not None), None)


def _in_shop(file: CaseFile, url: str) -> bool:
    """Whether a page lies in the shop's folder, as the order's address names it: /shop/77/… beside /shop/77/item/5."""
    own, asked = urlsplit(file.case.facts.url), urlsplit(url)
    folders = [part for part in own.path.split("/") if part]
    if own.netloc != asked.netloc or len(folders) < 3:
        return False
    return [part for part in asked.path.split("/") if part][:2] == folders[:2]

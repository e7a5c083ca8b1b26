"""Identifiers of a page's text and markup, and of any loose text.

`find_identifiers` takes a PageContent, `identifiers_in_text` lines of a text of which the place is known (a picture's
words, a voucher). Both give Identifiers in one spelling, each once a place, with what is wrong with it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from itertools import islice

from lxml import etree

from scrapers.identifiers.analytics import find_accounts, find_verifications, find_widget_keys
from scrapers.identifiers.checks import canonical_value, problem_of
from scrapers.identifiers.company import THIRD_PARTY, find_addresses, find_companies, find_keyed_companies, find_payees
from scrapers.identifiers.contact_links import find_contact_links, find_keyed_contacts
from scrapers.identifiers.contacts import find_contacts
from scrapers.identifiers.legal import find_registration_links, find_registrations
from scrapers.identifiers.mail import decode_veiled_mail, mail_hits
from scrapers.identifiers.organisation import find_organisations
from scrapers.identifiers.page import walk_page
from scrapers.identifiers.page_walk import PageRuns
from scrapers.identifiers.payments import find_payment_codes, find_payment_forms
from scrapers.identifiers.runs import MAX_SHOWN, Hit, Run, Sheet, css_path, plain_form
from scrapers.identity import Identifier, Place
from scrapers.model import PageContent
from scrapers.text import condense

_log = logging.getLogger(__name__)

MAX_IDENTIFIERS = 500
_TELLS_ALONE = 8  # a shorter one may be a part of some other number that was seen
MAX_OF_KIND = 50
_MOST_TIMES = 50  # the same value again adds at most a role
_WORDED_TAGS = frozenset({"a", "button", "span", "li", "p", "div"})
_NUMBERS = frozenset({"qq", "qq_group", "mobile", "tel400", "police_icp"})
_UNSHAPED = "not the shape of"
# Shapes that the readers have made sure of: a value that fails in them is a finding; elsewhere it was never one.
_FABRICATED = frozenset({"uscc", "icp", "police_icp", "icp_license", "crypto", "culture_license"})
_ORDER = {place: number for number, place in enumerate(Place)}


@dataclass(frozen=True)
class _Sight:
    """What a browser saw of the page, without spaces; "" where none was there."""

    seen: str
    concealed: str

    def hides(self, words: str) -> bool:
        """Whether words of the markup were not to be seen."""
        if not self.seen:
            return bool(self.concealed) and words in self.concealed
        if words not in self.seen:
            return True
        return bool(self.concealed) and self.seen.count(words) <= self.concealed.count(words)

    def hides_value(self, shown: str, value: str) -> bool:
        """Whether a value was not to be seen, neither with its label nor by itself."""
        return self.hides(condense(shown)) and (len(value) < _TELLS_ALONE or self.hides(condense(value)))


def find_identifiers(content: PageContent, *, site_host: str = "") -> tuple[Identifier, ...]:
    """Every identifier that stands in a page's text, markup, scripts, frames, pop-ups and JSON answers.

    `site_host` is the host of the watched site where it is not that of the page's address.
    """
    page = walk_page(content, site_host)
    sight = _sight_of(content)
    found: list[Identifier] = []
    lines = Sheet(page.lines)
    found += _placed(lines, _in_lines(lines), sight)
    words, addresses = Sheet(page.words, sifted=True), Sheet(page.addresses, script=True)
    theirs = {(each.kind, each.value) for each in found if each.place == Place.USER_CONTENT}
    found += _placed(words, _in_words(words), None, theirs)
    found += _placed(addresses, _in_addresses(addresses), None, theirs)
    scripts = Sheet(page.scripts, script=True)
    found += _placed(scripts, _in_scripts(scripts), None)
    found += _of_elements(page, content.url)
    return _once_each(found)


def identifiers_in_text(text: str, place: str, where: str = "", *, block: str = "") -> tuple[Identifier, ...]:
    """Every identifier in the lines of a text whose place is known already."""
    runs = [Run(line, place, where, block or where) for line in text[:1_000_000].split("\n") if line.strip()]
    lines = Sheet(runs)
    return _once_each(_placed(lines, _in_lines(lines), None))


def _in_lines(lines: Sheet) -> Iterator[Hit]:
    yield from find_registrations(lines)
    yield from find_companies(lines)
    yield from find_addresses(lines)
    yield from find_payees(lines)
    yield from find_contacts(lines)
    yield from find_contact_links(lines)
    yield from find_payment_codes(lines)
    yield from find_registration_links(lines)


def _in_words(words: Sheet) -> Iterator[Hit]:
    """In attributes that hold words: alt, title, what a button copies, descriptions."""
    yield from find_registrations(words)
    yield from find_contacts(words)
    yield from find_payment_codes(words)


def _in_addresses(addresses: Sheet) -> Iterator[Hit]:
    yield from find_registration_links(addresses)
    yield from find_contact_links(addresses)
    yield from find_payment_codes(addresses)
    yield from find_accounts(addresses)


def _in_scripts(scripts: Sheet) -> Iterator[Hit]:
    yield from find_registrations(scripts, scripts=True)
    yield from find_registration_links(scripts)
    yield from find_contact_links(scripts)
    yield from find_keyed_contacts(scripts)
    yield from find_keyed_companies(scripts)
    yield from find_payment_codes(scripts)
    yield from find_accounts(scripts)


def _of_elements(page: PageRuns, url: str) -> Iterator[Identifier]:
    for run in page.structured[:20]:
        for kind, value, shown in find_organisations(run.text):
            yield _identifier(kind, value, run.place, shown, run.where, block=run.block)
    for value, shown in find_verifications(page.metas):
        yield _identifier("verification_meta", value, Place.ATTRIBUTE, shown, "meta")
    for form, place, block in page.forms[:50]:
        for kind, value, shown in find_payment_forms(form, url):
            yield _identifier(kind, value, place, shown, css_path(form), block=block)
    for kind, value, run in find_widget_keys(page.tenants):
        yield _identifier(kind, value, run.place, value, css_path(run.node), block=run.block)
    for name, value, run in page.tenants:
        if name == "data-cfemail":
            for hit in mail_hits(decode_veiled_mail(value), 0, 0):
                yield _identifier(
                    hit.kind, hit.value, _shown_place(run), hit.value, css_path(run.node), block=run.block
                )


def _shown_place(run: Run) -> str:
    return Place.VISIBLE if run.place == Place.ATTRIBUTE else run.place


def _placed(
    sheet: Sheet, hits: Iterable[Hit], sight: _Sight | None, theirs: Set[tuple[str, str]] = frozenset()
) -> Iterator[Identifier]:
    """The identifiers of hits. `theirs`: what lines hold of visitors and friends, whose links show it again."""
    for hit in _first_of_each_kind(hits, sheet):
        run = sheet.run_at(hit.start)
        place, shown = run.place, sheet.shown(hit)
        if sight and place == Place.VISIBLE and run.node is not None and sight.hides_value(shown, hit.value):
            place = Place.HIDDEN
        elif place == Place.ATTRIBUTE and _stands_in_words(hit, run.node):
            visitors = (hit.kind, canonical_value(hit.kind, hit.value)) in theirs
            place = Place.USER_CONTENT if visitors else Place.VISIBLE
        role = THIRD_PARTY if run.third and hit.kind in ("company", "uscc", "icp", "icp_license") else hit.role
        yield _identifier(
            hit.kind, hit.value, place, shown, run.where or css_path(run.node), role, run.block, hit.confidence
        )


def _first_of_each_kind(hits: Iterable[Hit], sheet: Sheet) -> Iterator[Hit]:
    """Hits, of each kind and place those of the first MAX_OF_KIND values: who lists hundreds gives no contact.

    What is left is counted and told, never placed: so a page of many values costs no more than its length.
    """
    taken: dict[tuple[str, str], set[str]] = {}
    times: dict[tuple[str, str, str], int] = {}
    left: dict[tuple[str, str], int] = {}
    for hit in hits:
        kind = (hit.kind, sheet.run_at(hit.start).place)
        values = taken.setdefault(kind, set())
        if hit.value not in values and len(values) >= MAX_OF_KIND:
            left[kind] = left.get(kind, 0) + 1
            continue
        values.add(hit.value)
        one = (*kind, hit.value)
        times[one] = times.get(one, 0) + 1
        if times[one] <= _MOST_TIMES:
            yield hit
    for (named, place), count in left.items():
        _log.warning("%d further values of kind %s (%s) on one page are left out", count, named, place)


def _stands_in_words(hit: Hit, node: object) -> bool:
    """Whether the words of the element whose attribute holds a value show that value: a number in its own link."""
    if not isinstance(node, etree._Element) or node.tag not in _WORDED_TAGS:
        return False
    words = plain_form("".join(islice(node.itertext(), 20))[:200]).lower()
    number = re.sub(r"[^0-9]", "", hit.value)
    if hit.kind in _NUMBERS and len(number) >= 5:
        return number in re.sub(r"[^0-9]", "", words)
    return len(hit.value) >= 5 and hit.value.lower() in words


def _identifier(
    kind: str, value: str, place: str, shown: str, where: str, role: str = "", block: str = "", confidence: float = 1.0
) -> Identifier:
    value = canonical_value(kind, value)
    problem = problem_of(kind, value)
    return Identifier(kind, value, place, shown[:MAX_SHOWN], where[:300], role, problem, block[:200], confidence)


def _sight_of(content: PageContent) -> _Sight | None:
    concealed = condense("\n".join(text for text, _ in content.layout.concealed))
    if not content.text.strip():
        return _Sight("", concealed) if concealed else None
    drawn = "\n".join(text for text, _ in content.layout.drawn)
    return _Sight(condense("\n".join((content.text, *content.popups, drawn))), concealed)


def _once_each(found: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """Each value once a place, the one that tells most; shapes that were never an identifier are left out.

    What is to be seen and stands in an attribute as well (a number and its link) is one that is to be seen.
    """
    kept: dict[tuple[str, str, str], Identifier] = {}
    for identifier in found:
        if identifier.problem and identifier.kind not in _FABRICATED and identifier.problem.startswith(_UNSHAPED):
            continue
        key = (identifier.kind, identifier.value, identifier.place)
        other = kept.get(key)
        if other is None:
            kept[key] = identifier
        elif identifier.role and not other.role:
            kept[key] = replace(other, role=identifier.role)
    kept = _without_linked_twins(kept)
    shown = {(kind, value) for kind, value, place in kept if place == Place.VISIBLE}
    kept = {key: each for key, each in kept.items() if key[2] != Place.ATTRIBUTE or key[:2] not in shown}
    ordered = sorted(kept.values(), key=lambda each: _ORDER.get(each.place, len(_ORDER)))  # type: ignore[call-overload]
    return tuple(ordered[:MAX_IDENTIFIERS])


def _without_linked_twins(kept: dict[tuple[str, str, str], Identifier]) -> dict[tuple[str, str, str], Identifier]:
    """A police filing's link names no province: its spelling is that of the text with the same digits.

    An ICP number that stands with its site suffix and without it is one number.
    """
    shown = {
        re.sub(r"\D", "", value): value
        for kind, value, place in kept
        if kind == "police_icp" and place == Place.VISIBLE
    }
    spelt: dict[tuple[str, str, str], Identifier] = {}
    for (kind, value, place), identifier in kept.items():
        if kind == "police_icp" and identifier.role == "link":
            value = shown.get(re.sub(r"\D", "", value), value)
            identifier = replace(identifier, value=value, problem=problem_of(kind, value), role="")
        spelt.setdefault((kind, value, place), identifier)
    return spelt

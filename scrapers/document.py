"""One parsed document with its elements in order: where each begins and ends, its words, what is navigation.

Takes the parser's tree, which nobody changes afterwards; gives elements and text. All that readers ask for again and
again is looked up here: a search of its own through the tree for each question cost more than all the rest of reading.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from bs4 import BeautifulSoup, CData, Tag
from bs4.element import NavigableString

from scrapers.concealment import hides_itself
from scrapers.text import condense

_BOILERPLATE_TAGS = frozenset({"nav", "header", "footer", "aside"})
_BOILERPLATE_ROLES = frozenset({"navigation", "banner", "contentinfo"})
_BOILERPLATE_NAMES_LIST = (
    "navbar nav nav-tabs menu footer header breadcrumb breadcrumbs sidebar pagination copyright topbar toolbar "
)
_BOILERPLATE_NAMES = frozenset(_BOILERPLATE_NAMES_LIST.split())
_OWN_STRINGS = frozenset({"script", "style", "template", "rt", "rp"})
"""Tags whose strings are no text of what is around them."""
_MOST_LINKS = 60
_LONGEST_LINK = 12


class Span(NamedTuple):
    """Where an element's own begin and end: among the elements (itself first), in the words, among the strings."""

    place: int
    stop: int
    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, eq=False)
class Document:
    """A document's elements in order and by tag, class and id; its text; and all its strings, comments among them."""

    soup: BeautifulSoup
    elements: tuple[Tag, ...]
    by_tag: dict[str, list[Tag]]
    by_class: dict[str, list[Tag]]
    by_id: dict[str, Tag]
    spans: dict[int, Span]
    words: str
    strings: tuple[NavigableString, ...]

    @classmethod
    def of(cls, soup: BeautifulSoup) -> Document:
        """The document of a tree."""
        elements: list[Tag] = []
        strings: list[NavigableString] = []
        pieces: list[str] = []
        spans: dict[int, Span] = {}
        length = 0
        opened: list[tuple[Tag, int, int, int]] = [(soup, 0, 0, 0)]
        for node in soup.descendants:
            while opened[-1][0] is not node.parent:
                element, place, start, first = opened.pop()
                spans[id(element)] = Span(place, len(elements), start, length, first, len(strings))
            if isinstance(node, Tag):
                opened.append((node, len(elements), length, len(strings)))
                elements.append(node)
            elif isinstance(node, NavigableString):
                strings.append(node)
                if type(node) is NavigableString or type(node) is CData:
                    pieces.append(node)
                    length += len(node)
        for element, place, start, first in opened:
            spans[id(element)] = Span(place, len(elements), start, length, first, len(strings))
        by_tag: dict[str, list[Tag]] = {}
        by_class: dict[str, list[Tag]] = {}
        by_id: dict[str, Tag] = {}
        for element in elements:
            by_tag.setdefault(element.name, []).append(element)
            if not element.attrs:
                continue
            for name in attribute(element, "class").split():
                by_class.setdefault(name, []).append(element)
            if "id" in element.attrs:
                by_id.setdefault(attribute(element, "id"), element)
        return cls(soup, tuple(elements), by_tag, by_class, by_id, spans, "".join(pieces), tuple(strings))

    @property
    def body(self) -> Tag:
        """The body, or the whole document where there is none."""
        return self.soup.body or self.soup

    def with_class(self, *names: str) -> list[Tag]:
        """Elements that have any of these classes, each once, class by class in document order."""
        return list({id(element): element for name in names for element in self.by_class.get(name, ())}.values())

    def with_tag(self, *names: str) -> list[Tag]:
        """Elements of these names, name by name in document order."""
        return [element for name in names for element in self.by_tag.get(name, ())]

    def inside(self, root: Tag) -> tuple[Tag, ...]:
        """All elements in this one, in document order."""
        span = self.spans[id(root)]
        return self.elements[span.place + (root is not self.soup) : span.stop]

    def named_inside(self, root: Tag, names: Container[str]) -> Iterator[Tag]:
        """The elements in this one that have one of these names, in document order."""
        return (element for element in self.inside(root) if element.name in names)

    def holds(self, element: Tag, names: Container[str]) -> bool:
        """Whether an element of one of these names stands in this one."""
        return any(inner.name in names for inner in self.inside(element))

    def is_leaf(self, element: Tag) -> bool:
        """Whether no element stands in this one."""
        span = self.spans[id(element)]
        return span.stop == span.place + 1

    def strings_like(self, pattern: re.Pattern[str], root: Tag | None = None) -> Iterator[NavigableString]:
        """The strings in which the pattern is found, of the whole document or of one element, in document order."""
        span = self.spans[id(root or self.soup)]
        return (string for string in self.strings[span.first : span.last] if pattern.search(string))

    def classed(self, fits: Callable[[str], bool]) -> list[Tag]:
        """The elements one of whose classes fits, in document order."""
        found = {id(element): element for name, listed in self.by_class.items() if fits(name) for element in listed}
        return sorted(found.values(), key=lambda element: self.spans[id(element)].place)

    def words_of(self, element: Tag) -> str:
        """All text in an element as it stands in the source."""
        if element.name in _OWN_STRINGS:
            return element.get_text()
        span = self.spans[id(element)]
        return self.words[span.start : span.end]

    def covered(self, around: Container[int]) -> frozenset[int]:
        """The `id()` of all elements that stand inside one of those whose `id()` is given."""
        found: set[int] = set()
        stop = 0
        for place, element in enumerate(self.elements):
            if place < stop:
                found.add(id(element))
            elif id(element) in around:
                stop = self.spans[id(element)].stop
        return frozenset(found)

    @cached_property
    def hidden(self) -> frozenset[int]:
        """The `id()` of all elements that hide themselves, or stand in one that does."""
        found: set[int] = set()
        for element in self.elements:
            if id(element.parent) in found or hides_itself(element):
                found.add(id(element))
        return frozenset(found)

    @cached_property
    def boilerplate(self) -> frozenset[int]:
        """The `id()` of navigation, headers, footers and link lists; an element with most of the text is never one."""
        whole = len(condense(self.words_of(self.body)))
        found = set()
        for element in self.elements:
            if element.name not in _BOILERPLATE_TAGS and not (element.attrs and _is_called_boilerplate(element)):
                continue
            share = 0.9 if element.name in ("nav", "footer") else 0.5
            if len(condense(self.words_of(element))) < share * whole:
                found.add(id(element))
        links = self.with_tag("a")
        places = [self.spans[id(link)].place for link in links]
        texts: dict[int, str] = {}
        for element in {id(p): p for link in links for p in _nearest(link, 3)}.values():
            if element.name not in ("ul", "ol", "div"):
                continue
            span = self.spans[id(element)]
            inner = links[bisect_left(places, span.place) : bisect_left(places, span.stop)][:_MOST_LINKS]
            if len(inner) >= 4 and self._is_link_list(element, inner, whole, texts):
                found.add(id(element))
        return frozenset(found)

    def _is_link_list(self, element: Tag, links: list[Tag], whole: int, texts: dict[int, str]) -> bool:
        """Whether an element is short links and little else."""
        length = 0
        for link in links:
            text = texts.get(id(link))
            if text is None:
                text = texts.setdefault(id(link), link.get_text(strip=True))
            if len(text) > _LONGEST_LINK:
                return False
            length += len(condense(text))
        own = len(condense(self.words_of(element)))
        return 0 < own < 0.3 * whole and length >= 0.8 * own


def attribute(element: Tag, name: str) -> str:
    """An attribute as text, "" where it is absent."""
    value = element.attrs.get(name)
    return value if isinstance(value, str) else " ".join(value) if value else ""


def _is_called_boilerplate(element: Tag) -> bool:
    names = {attribute(element, "id"), *attribute(element, "class").split()}
    return not _BOILERPLATE_NAMES.isdisjoint(names) or attribute(element, "role") in _BOILERPLATE_ROLES


def _nearest(element: Tag, most: int) -> list[Tag]:
    """The elements around this one, the innermost first, so many at most."""
    found: list[Tag] = []
    node = element.parent
    while node is not None and len(found) < most:
        found.append(node)
        node = node.parent
    return found

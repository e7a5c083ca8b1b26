"""One parsed page as the readers see it: elements, their text, their place, and whether their markup hides them.

Takes a PageContent and the selectors of the configuration; gives BeautifulSoup elements and plain text. Never fetches
anything.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, CData, Tag
from bs4.element import NavigableString, PageElement, PreformattedString

from scrapers.concealment import find_cause, is_fold, is_wording
from scrapers.concealment import hides_itself as hides_itself
from scrapers.document import Document
from scrapers.document import attribute as attribute
from scrapers.model import PageContent, Role
from scrapers.sight import Sight
from scrapers.text import (
    BLOCK_TAGS,
    CELL_TAGS,
    MAX_TEXT,
    SKIPPED_TAGS,
    bound_html,
    collapse,
    condense,
    keeps_line_breaks,
    mend_and_read,
    mend_html,
    one_line,
    tidy_lines,
)
from scrapers.tree import grow_tree

MAX_FRAMES = 10
LAZY_ADDRESSES = ("data-src", "data-original", "src")
"""Where the address of a picture may stand, what is loaded later first."""
_MAX_PARTS = 500
_MAX_WORDS = 200
_BREAKS = frozenset({" ", "\n"})
_EDGES = dict.fromkeys(BLOCK_TAGS, "\n") | dict.fromkeys(CELL_TAGS, " ")
_POPUP_CLASS = re.compile(
    r"^(?:modal|layui-layer|layui-m-layer|popup|pop-up|popbox|swal2?-container|swal2?-popup|"
    r"(?:el|t|n|v|ant|van|arco)-(?:dialog|modal|popup)|dialog|noticebox|mask-box)$",
    re.I,
)
_RANDOM_NAME = re.compile(r"\d{3,}|(?:^|[-_])(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{5,}(?:$|[-_])|--|:|\[|/", re.I)


@dataclass(frozen=True, eq=False)
class ParsedPage:
    """A page ready for a reader. `frames` are the parsed documents of its frames."""

    content: PageContent
    role: Role | None
    document: Document
    frames: tuple[Document, ...]
    sight: Sight
    text: str
    cut: bool = False  # whether something was too big or too deep to be read whole

    @property
    def soup(self) -> BeautifulSoup:
        """The page's own document."""
        return self.document.soup

    @property
    def path(self) -> str:
        """The path of the page's address."""
        return urlsplit(self.content.url).path or "/"

    @property
    def documents(self) -> tuple[Document, ...]:
        """The page and its frames."""
        return (self.document, *self.frames)

    @cached_property
    def concealed(self) -> dict[str, str]:
        """Lines that stand in the page, in no fold, and that no visitor sees: condensed, with the cause."""
        found: dict[str, str] = {}
        for document in self.documents:
            parts = _outermost((e, cause) for e in document.elements if (cause := find_cause(e)))
            if parts:
                taken = {id(element) for element, _cause in parts}
                shown = set(map(condense, text_of(document.body, with_hidden=True, without=taken).split("\n")))
                for element, cause in parts:
                    lines = map(condense, text_of(element, with_hidden=True).split("\n"))
                    found.update((line, cause) for line in lines if line and line not in shown)
        return self._concealed_by_layout | found

    @cached_property
    def _concealed_by_layout(self) -> dict[str, str]:
        """Lines, or parts of lines, that the browser laid out and no eye could see, whatever the style sheet's way."""
        told = [(condense(text), cause) for text, cause in self.content.layout.concealed]
        times = Counter(text for text, _cause in told)
        laid_out = Counter(map(condense, self.content.text.split("\n")))
        return {
            text: cause
            for text, cause in told
            if text and laid_out[text] <= times[text] and text not in self.folded and not self.sight.pops_up(text)
        }

    @cached_property
    def concealed_words(self) -> tuple[str, ...]:
        """Those of the concealed lines that may be a part of a line: words struck out of a rule."""
        return tuple(part for part in self.concealed if is_wording(part))[:_MAX_WORDS]

    @cached_property
    def folded(self) -> frozenset[str]:
        """Lines, condensed, that stand in a tab, pop-up or the like, open or not."""
        folds = [
            part for document in self.documents for part in _outermost((e, "") for e in document.elements if is_fold(e))
        ]
        return frozenset(condense(line) for e, _ in folds for line in text_of(e, with_hidden=True).split("\n"))

    def first_with_class(self, *names: str) -> Tag | None:
        """The first element with the first of these classes that the page has."""
        return next(iter(self.document.with_class(*names)), None)


def parse_page(
    content: PageContent, role: Role | None = None, keep: tuple[str, ...] = (), remove: tuple[str, ...] = ()
) -> ParsedPage:
    """Parse a page once for all readers; `keep` and `remove` are CSS selectors.

    With selectors the text is made anew from what is left, because the browser's text cannot be cut by selector.
    """
    sources = [content.dom or content.source_html, *(frame.dom for frame in content.frames[:MAX_FRAMES] if frame.dom)]
    bounded = [bound_html(source) for source in sources]
    by_browser = bool(content.text or keep or remove)
    mended = [(mend_html(html), "") if by_browser else mend_and_read(html) for html in bounded]
    soup, *frames = (grow_tree(html) for html, _text in mended)
    if keep or remove:
        for document in (soup, *frames):
            _select(document, keep, remove)
        text = "\n".join(text_of(document, with_hidden=True) for document in (soup, *frames))
    else:
        text = content.text or "\n".join(text for source, (_html, text) in zip(sources, mended, strict=True) if source)
        seen = condense(text)
        text = "\n".join([text, *(popup for popup in content.popups if condense(popup) not in seen)])
    sight = Sight.of(content.text, content.popups)
    documents = tuple(Document.of(frame) for frame in frames)
    return ParsedPage(
        content, role, Document.of(soup), documents, sight, tidy_lines(text)[:MAX_TEXT], _is_cut(sources, bounded)
    )


def text_of(element: Tag, *, with_hidden: bool = False, without: Container[int] = (), limit: int = MAX_TEXT) -> str:
    """The element's text as laid out; parts that the markup hides are left out unless asked for.

    `without` holds the `id()` of elements to pass over; the walk ends after about `limit` characters.
    """
    return tidy_lines("".join(_pieces_of(element, with_hidden, without, limit)))


def line_of(element: Tag | None, limit: int = 1000) -> str:
    """The element's text on one line, "" for no element; about `limit` characters."""
    return one_line("".join(_pieces_of(element, False, (), limit))) if element is not None else ""


def is_hidden(element: Tag) -> bool:
    """Whether the element or anything around it hides it."""
    return hides_itself(element) or any(hides_itself(parent) for parent in element.parents if isinstance(parent, Tag))


def is_popup(element: Tag) -> bool:
    """Whether the element stands in a pop-up, open or closed."""
    return any(opens_popup(node) for node in (element, *element.parents))


def opens_popup(element: Tag) -> bool:
    """Whether the element itself is a pop-up."""
    if element.name == "dialog" or attribute(element, "role") in ("dialog", "alertdialog"):
        return True
    return any(_POPUP_CLASS.match(name) for name in attribute(element, "class").split())


def place_of(element: Tag) -> str:
    """A short CSS path for a person to find the element again; names that look generated are left out."""
    steps: list[str] = []
    for node in (element, *element.parents):
        if not isinstance(node, Tag) or node.name in ("[document]", "html", "body") or len(steps) == 4:
            break
        identity = attribute(node, "id")
        if identity and not any(character.isdigit() for character in identity):
            steps.append(f"{node.name}#{identity}")
            break
        names = islice((name for name in attribute(node, "class").split() if not _looks_generated(name)), 2)
        steps.append(".".join([node.name, *names]))
    return " > ".join(reversed(steps)) or element.name


@lru_cache(maxsize=4096)
def _looks_generated(name: str) -> bool:
    return _RANDOM_NAME.search(name) is not None


def images_in(element: Tag, base: str) -> tuple[str, ...]:
    """Addresses of the pictures in an element, without queries; inline data by digest. Lazy addresses count."""
    found: list[str] = []
    for image in element.find_all("img", limit=200):
        address = next((attribute(image, a) for a in LAZY_ADDRESSES if attribute(image, a)), "")
        if address.startswith("data:"):
            address = "data:sha256," + hashlib.sha256(address.encode()).hexdigest()
        elif address:
            address = _join(base, address).split("?")[0].split("#")[0]
        if address and address not in found:
            found.append(address)
    return tuple(found)


def address_of(page: ParsedPage, link: Tag) -> str:
    """The absolute address of a link, "" when it leads nowhere (javascript:, #)."""
    target = attribute(link, "href").strip()
    if not target or target.startswith("#") or target.lower().startswith(("javascript:", "data:")):
        return ""
    return _join(page.content.url, target)


def hidden_parts(element: Tag) -> Iterator[Tag]:
    """The outermost hidden elements inside this one."""
    stack: list[Tag] = [child for child in element.children if isinstance(child, Tag)]
    while stack:
        node = stack.pop(0)
        if node.name in SKIPPED_TAGS:
            continue
        if hides_itself(node):
            yield node
        else:
            stack = [child for child in node.children if isinstance(child, Tag)] + stack


def _outermost(found: Iterator[tuple[Tag, str]]) -> list[tuple[Tag, str]]:
    kept: dict[int, tuple[Tag, str]] = {}
    for element, cause in found:  # in document order: what is around an element comes before it
        if not any(id(parent) in kept for parent in element.parents):
            kept[id(element)] = (element, cause)
            if len(kept) == _MAX_PARTS:
                break
    return list(kept.values())


def _pieces_of(root: Tag, with_hidden: bool, without: Container[int], limit: int) -> list[str]:
    """The text of an element in pieces, line breaks around blocks among them; ends after about `limit` characters."""
    pieces: list[str] = []
    length = 0
    waiting: list[tuple[PageElement | str, bool]] = [(root, False)]
    while waiting:
        node, preserved = waiting.pop()
        kind = type(node)
        if kind is NavigableString or _is_text(node):
            if not preserved and node in _BREAKS:
                pieces.append(" ")
                continue
            piece = collapse(str(node), preserved)
            pieces.append(piece)
            length += 0 if piece.isspace() else len(piece)
            if length > limit:
                break
        elif isinstance(node, Tag):
            name = node.name
            if name in SKIPPED_TAGS or (without and id(node) in without):
                continue
            if name == "br":
                pieces.append("\n")
                continue
            attributes = node.attrs
            if not (with_hidden or node is root) and (attributes or name == "dialog") and hides_itself(node):
                continue
            edge = _EDGES.get(name, "")
            if edge:
                pieces.append(edge)
                waiting.append((edge, False))
            if not preserved:
                preserved = name == "pre" or (
                    "style" in attributes and keeps_line_breaks(name, attribute(node, "style"))
                )
            waiting.extend([(child, preserved) for child in reversed(node.contents)])
        elif kind is str:
            pieces.append(str(node))
    return pieces


def _is_text(node: PageElement | str) -> bool:
    return isinstance(node, NavigableString) and (not isinstance(node, PreformattedString) or isinstance(node, CData))


def _is_cut(sources: list[str], bounded: list[str]) -> bool:
    """Whether the bounds took something away (what only becomes a div, or a NUL, is no loss)."""
    shadow = 20 * sum(source.count("shadowroot") for source in sources)
    lost = sum(len(source) - source.count("\x00") - len(html) for source, html in zip(sources, bounded, strict=True))
    return lost > shadow


def _select(document: BeautifulSoup, keep: tuple[str, ...], remove: tuple[str, ...]) -> None:
    for selector in remove:
        for element in document.select(selector):
            if not element.decomposed:
                element.decompose()
    kept = [element for selector in keep for element in document.select(selector)]
    if kept and document.body is not None:
        whole = set(map(id, kept))
        outermost = [e for e in kept if not any(id(parent) in whole for parent in e.parents)]
        unique = list({id(element): element for element in outermost}.values())
        for element in unique:
            element.extract()
        document.body.clear()
        document.body.extend(unique)


def _join(base: str, target: str) -> str:
    try:
        return urljoin(base, target)
    except ValueError:
        return target

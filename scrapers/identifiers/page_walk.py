"""The walk over one document: its lines as a browser would break them, its attributes, scripts and comments as runs.

`PageWalk` adds one parsed document to a PageRuns. Judges what is shown, hidden, or somebody else's words by the markup.
Goes through thousands of elements a page: it asks each as little as it can.
"""

from __future__ import annotations

import html as html_entities
import re
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote

from lxml import etree

from scrapers.identifiers.elements import (
    BLOCKS,
    CELLS,
    FOLDED,
    ICONS,
    KEYED,
    UNREAD,
    TellingAttribute,
    hides,
    split_attributes,
)
from scrapers.identifiers.headings import (
    FRIEND,
    FRIENDLY_NAMES,
    FRIENDS,
    LONGEST_HEADING,
    MAY_HEAD,
    OWN_FOOTING,
    PARTNER,
    elements_headed,
)
from scrapers.identifiers.marks import TELLS_NOTHING, label_of_icon, tell_by_names
from scrapers.identifiers.runs import MAX_SCRIPT, Run, is_telling_script
from scrapers.identifiers.script_text import part_comments, strip_markup, unescape_script, worded_lines
from scrapers.identity import Place

MAX_SCRIPTS = 1_500_000
MAX_ATTRIBUTE = 3000
MAX_COMMENTS = 300
_MOST_HEADINGS = 40
# Plain texts: a member of an enum costs ten times as much to name, thousands of times a page.
_VISIBLE, _HIDDEN, _ATTRIBUTE = Place.VISIBLE.value, Place.HIDDEN.value, Place.ATTRIBUTE.value
_IN_SCRIPT, _COMMENT, _USER_CONTENT = Place.SCRIPT.value, Place.COMMENT.value, Place.USER_CONTENT.value
_THIRD_PARTY_FRAME = Place.THIRD_PARTY_FRAME.value
_OURS = (_VISIBLE, _HIDDEN)
_TEMPLATES = frozenset({"text/html", "text/template", "text/x-template", "text/ng-template"})
_SAMPLED = frozenset({"pre", "div", "table", "figure"})
_JOINED = CELLS | BLOCKS
_TOLD_BY_TAG = KEYED | FOLDED
_DIGITS = frozenset("0123456789")
_NUMBERED_LABEL = re.compile(r"(?:QQ|扣扣|微信|电话|热线|手机|群)[1-9]\Z")
_ASKED_FOR = frozenset({"form", "meta"})


@dataclass
class PageRuns:
    """What a page's walk gave: lines of text, values of attributes, scripts, and the elements that readers ask for."""

    lines: list[Run] = field(default_factory=list)
    words: list[Run] = field(default_factory=list)  # attributes that hold words
    addresses: list[Run] = field(default_factory=list)  # attributes that hold addresses and calls
    scripts: list[Run] = field(default_factory=list)
    forms: list[tuple[etree._Element, str, str]] = field(default_factory=list)  # with place and block
    structured: list[Run] = field(default_factory=list)  # JSON-LD
    metas: list[tuple[str, str]] = field(default_factory=list)
    tenants: list[tuple[str, str, Run]] = field(default_factory=list)  # attributes with a meaning of their own


class _Context(NamedTuple):
    """What an element's surroundings say of its text."""

    place: str
    block: str
    third: bool = False
    among_friends: str = ""  # the place of what is no friend's there: the site's own line in a list of links


class PageWalk:
    """Goes through one document without recursion, gathering text into lines as a browser would break them."""

    def __init__(self, page: PageRuns, place: str, where: str) -> None:
        self._page = page
        self._where = where
        self._context = _Context(place, "body")
        self._pieces: list[str] = []
        self._line: _Context | None = None  # of the line that is being gathered, None before its first word
        self._node: etree._Element | None = None
        self._told: dict[etree._Element, str] = {}  # whose words they are, by the heading before them
        self._names: dict[str, int] = {}
        self._scripts = self._comments = self._script_bytes = self._headings = 0

    def walk(self, root: etree._Element) -> None:
        """Add one document's runs to the page."""
        contexts: list[_Context] = []  # of the elements that are open
        context = self._context
        walker = etree.iterwalk(root, events=("start", "end", "comment"))
        for event, node in walker:
            tag = node.tag
            if event == "start":
                contexts.append(context)
                if tag in _JOINED:
                    if tag in CELLS:
                        self._pieces.append(" ")
                    elif self._pieces:
                        self._flush()
                if tag in UNREAD:
                    if tag == "script":
                        self._script(node, context)
                    walker.skip_subtree()
                    continue
                items = node.items()
                if items or self._told or tag in _TOLD_BY_TAG:
                    inner = self._enter(node, tag, items, context)
                    if inner is None:
                        walker.skip_subtree()
                        continue
                    context = inner
                if text := node.text:
                    self._add(text, context, node)
                elif tag in ICONS and len(node) == 0 and (label := label_of_icon(node.get("class") or "")):
                    self._add(label, context, node)
                continue
            if event == "end":
                context = contexts.pop()
                if tag in BLOCKS and self._pieces:
                    self._flush()
            else:
                self._comment(node.text or "", context)
            if tail := node.tail:
                self._add(tail, context, node, tail=True)
        self._flush()

    def _enter(
        self, node: etree._Element, tag: str, items: list[tuple[str, str]], context: _Context
    ) -> _Context | None:
        """The context inside an element, None where nothing in it is read as text."""
        told = self._told.get(node, "") if self._told else ""
        plain = len(items) == 1 and not told and items[0][0] == "class" and tag not in _TOLD_BY_TAG
        if plain and tell_by_names(items[0][1], "") is TELLS_NOTHING:  # the commonest element of all
            return context
        marks, telling = split_attributes(tag, items)
        names, own_id = marks.get("class", ""), marks.get("id", "")
        users, partners, sample, hiding, footlike = tell_by_names(names, own_id) if names or own_id else TELLS_NOTHING
        if sample and tag in _SAMPLED:
            return None
        place, block, third, friends = context
        whole = tag == "body"
        marked = len(marks) > (names != "") + (own_id != "")  # by more than its names
        if place == _VISIBLE and (hiding or ((marked or tag in FOLDED) and hides(tag, marks))):
            place = _HIDDEN
        if place in _OURS and (
            told in (_USER_CONTENT, FRIEND)
            or (users and not whole)
            or (marked and marks.get("itemprop") in ("review", "comment"))
        ):
            friends = place if told == FRIEND or FRIENDLY_NAMES.search(f"{names} {own_id}"[:200]) else ""
            place = _USER_CONTENT
        if told == PARTNER or (partners and not whole):
            third = True
        if tag in KEYED or (footlike and tag in BLOCKS and not whole):
            block = self._block_key(tag, own_id, names)
        if place is not context.place or block is not context.block or third is not context.third:
            context = _Context(place, block, third, friends)
        if tag in _ASKED_FOR:
            self._keep_element(node, tag, context)
        if tag == "input" and "readonly" in node.attrib:
            self._keep_shown_value(node, context)
        for attribute in telling:
            self._keep_attribute(node, attribute, context)
        return context

    def _keep_element(self, node: etree._Element, tag: str, context: _Context) -> None:
        if tag == "form":
            self._page.forms.append((node, _place_of_attributes(context.place), context.block))
            return
        name = node.get("name") or node.get("property") or node.get("http-equiv") or ""
        self._page.metas.append((name[:200], (node.get("content") or "")[:1000]))

    def _keep_shown_value(self, node: etree._Element, context: _Context) -> None:
        """What a field holds to be copied, with the words before it: TRC20 地址：[T...]."""
        value = (node.get("value") or "").strip()
        if not 5 <= len(value) <= 120 or (node.get("type") or "text").lower() == "hidden":
            return
        label = " ".join("".join(self._pieces).split())
        if not label and self._page.lines and self._page.lines[-1].place == context.place:
            label = self._page.lines[-1].text
        place = _place_of_attributes(context.place)
        self._page.words.append(Run(f"{label[-40:]} {value}", place, self._where, context.block, node, context.third))

    def _block_key(self, tag: str, own_id: str, names: str) -> str:
        name = own_id or names.split(" ")[0]
        key = f"{tag}{'#' if own_id else '.'}{name[:60]}" if name else tag
        if self._where:
            key = f"{self._where[:100]} {key}"
        self._names[key] = count = self._names.get(key, 0) + 1
        return key if count == 1 else f"{key} {count}"

    def _keep_attribute(self, node: etree._Element, told: TellingAttribute, context: _Context) -> None:
        value = told.value[:MAX_ATTRIBUTE]
        place = _place_of_attributes(context.place)
        run = Run(value, place, self._where, context.block, node, context.third)
        if told.account:
            self._page.tenants.append((told.name, value[:300], run._replace(third=False)))
        if told.words:
            self._page.words.append(run)
        if told.address:
            self._page.addresses.append(run)
            if "%3A" in told.value or "%3a" in told.value or "%2F" in told.value:
                self._page.addresses.append(run._replace(text=unquote(value)))

    def _script(self, node: etree._Element, context: _Context) -> None:
        self._scripts += 1
        page = self._page
        for name, value in node.items():
            if name == "src" or name.startswith("data-") or name == "id":
                place = _ATTRIBUTE if context.place in _OURS else context.place  # no script is seen, hidden or not
                run = Run(value[:MAX_ATTRIBUTE], place, self._where, context.block, node)
                if name != "id":
                    page.addresses.append(run)
                page.tenants.append((name, value[:300], run))
        text = (node.text or "")[:MAX_SCRIPT]
        self._script_bytes += len(text)
        if self._script_bytes > MAX_SCRIPTS or not is_telling_script(text):
            return
        place = _IN_SCRIPT if context.place in _OURS else context.place
        where = f"{self._where} script {self._scripts}".strip()
        if (node.get("type") or "").strip().lower() == "application/ld+json":
            page.structured.append(Run(text, place, where, where))
        if (node.get("type") or "").lower() in _TEMPLATES:
            place = _HIDDEN
            page.lines += [Run(line, place, where, where) for line in strip_markup(text).split("\n") if line.strip()]
        else:
            text, note = part_comments(text)
            if note:
                page.scripts.append(Run(note, _COMMENT, where, where))
                page.lines += [Run(line, _COMMENT, where, where) for line in note.split("\n")[:2000] if line.strip()]
        if "%3D" in text or "%3F" in text:
            text += "\n" + unquote(text)
        page.scripts.append(Run(unescape_script(text), place, where, where))
        page.lines += [Run(line, place, where, where) for line in worded_lines(text)]

    def _comment(self, text: str, context: _Context) -> None:
        self._comments += 1
        if self._comments > MAX_COMMENTS or not text.strip():
            return
        text = text[:50_000]
        place = _COMMENT if context.place != _THIRD_PARTY_FRAME else context.place
        where = f"{self._where} comment {self._comments}".strip()
        self._page.lines += [Run(line, place, where, where) for line in strip_markup(text).split("\n") if line.strip()]
        self._page.scripts.append(Run(html_entities.unescape(text), place, where, where))

    def _add(self, text: str, context: _Context, node: etree._Element, *, tail: bool = False) -> None:
        if text.isspace():
            if self._pieces:
                self._pieces.append(" ")
            return
        if self._line is None:
            self._line, self._node = context, node.getparent() if tail else node
        elif context is not self._line and context != self._line:
            self._flush()
            self._line, self._node = context, node.getparent() if tail else node
        pieces = self._pieces
        if pieces and text[0] in _DIGITS and _NUMBERED_LABEL.search(pieces[-1]) is not None:
            pieces.append(" ")  # <b>QQ2</b>28837461: the second account, none that begins with 2
        pieces.append(text)

    def _flush(self) -> None:
        context, pieces = self._line, self._pieces
        if context is None:
            pieces.clear()
            return
        text = " ".join((pieces[0] if len(pieces) == 1 else "".join(pieces)).split())
        node = self._node
        pieces.clear()
        self._line = None
        if not text or node is None:
            return
        place = context.place
        if context.among_friends and OWN_FOOTING.match(text):
            place = context.among_friends
        if MAY_HEAD.search(text, 0, LONGEST_HEADING):
            if len(text) <= LONGEST_HEADING and self._headings < _MOST_HEADINGS:
                self._headings += 1
                self._told.update(elements_headed(text, node))
            friends = FRIENDS.match(text) if place == _VISIBLE else None
            if friends and len(text) > friends.end():
                place = _USER_CONTENT
        self._page.lines.append(Run(text, place, self._where, context.block, node, context.third))


def _place_of_attributes(place: str) -> str:
    """What an unseen element links to is no more than hidden; a frame's or a user's stays theirs."""
    return _ATTRIBUTE if place == _VISIBLE else place

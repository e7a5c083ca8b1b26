"""A whole page as runs: its document, frames, pop-ups, drawn texts and JSON answers, with the place of each.

Takes a PageContent; gives PageRuns. What is shown, hidden, written by users or framed from another site is judged by
the markup, and by what a browser saw where one did. Reads no style sheets and no samples of code; bounded in every way.
"""

from __future__ import annotations

import re

from lxml import etree

from scrapers.domains import registrable_domain, site_of_host
from scrapers.identifiers.marks import join_labels
from scrapers.identifiers.page_walk import MAX_SCRIPTS, PageRuns, PageWalk
from scrapers.identifiers.runs import MAX_SCRIPT, Run
from scrapers.identifiers.script_text import unescape_script, worded_lines
from scrapers.identity import Place
from scrapers.model import PageContent
from scrapers.text import bound_html

MAX_FRAMES = 20
_MUCH = 600_000
_LONG_TAG = 20_000
_COMMENT_ADDRESS = re.compile(r"comment|review|evaluat|pinglun|pingjia|liuyan|guestbook|message/list|chat", re.I)
_VISIBLE, _THIRD_PARTY_FRAME = Place.VISIBLE.value, Place.THIRD_PARTY_FRAME.value
_IN_SCRIPT, _USER_CONTENT = Place.SCRIPT.value, Place.USER_CONTENT.value


def walk_page(content: PageContent, site_host: str) -> PageRuns:
    """The runs of a page, its frames, pop-ups, drawn texts and JSON answers."""
    page = PageRuns()
    site = site_of_host(site_host) if site_host else registrable_domain(content.url)
    _walk_document(page, content.dom or content.source_html, _VISIBLE, "")
    for frame in content.frames[:MAX_FRAMES]:
        framed = registrable_domain(frame.url)
        foreign = bool(framed and site and framed != site)
        _walk_document(page, frame.dom, _THIRD_PARTY_FRAME if foreign else _VISIBLE, frame.url[:300])
    for number, text in enumerate(content.popups[:50], 1):
        _add_lines(page, text, f"popup {number}")
    for text, place in content.layout.drawn[:200]:
        _add_lines(page, text, place)
    _add_answers(page, content)
    page.lines = join_labels(page.lines)
    return page


def _add_lines(page: PageRuns, text: str, where: str) -> None:
    page.lines += [Run(line, _VISIBLE, where, where) for line in text[:100_000].split("\n") if line.strip()]


def _add_answers(page: PageRuns, content: PageContent) -> None:
    total = sum(len(run.text) for run in page.scripts)
    for answer in content.answers:
        if total > MAX_SCRIPTS:
            return
        raw = answer.body[:MAX_SCRIPT]
        body = unescape_script(raw)
        total += len(body)
        place = _USER_CONTENT if _COMMENT_ADDRESS.search(answer.url[:500]) else _IN_SCRIPT
        where = f"answer of {answer.url[:280]}"
        page.scripts.append(Run(body, place, where, where))
        page.lines += [Run(line, place, where, where) for line in worded_lines(raw)]


def _walk_document(page: PageRuns, html: str, place: str, where: str) -> None:
    if not html.strip():
        return
    root = _parse(html)
    if root is not None:
        PageWalk(page, place, where).walk(root)


def _parse(html: str) -> etree._Element | None:
    """The tree of a document. What could cost more than its size says is bounded first, which costs time itself."""
    bounded = len(html) > _MUCH or max(map(len, html.split("<"))) > _LONG_TAG
    root, whole = _tree_of(bound_html(html) if bounded else html)
    return root if whole or bounded else _tree_of(bound_html(html))[0]


def _tree_of(html: str) -> tuple[etree._Element | None, bool]:
    """A tree and whether the parser came to the end of the document: below some depth it gives up."""
    parser = etree.HTMLParser(recover=True, huge_tree=True, remove_pis=True)
    try:
        root = etree.fromstring(html, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None, False
    return root, not any("depth" in entry.message for entry in parser.error_log.filter_from_fatals())

"""The quick tree is the parser's own; what is looked up in a document is what a search through its tree would find."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from bs4.element import Doctype

from scrapers.document import Document
from scrapers.dom import is_hidden
from scrapers.text import bound_html, mend_html
from scrapers.tree import grow_tree

FOLDER = Path(__file__).parent
PAGES = sorted([*FOLDER.glob("fixtures/*/*.html"), *FOLDER.glob("unknown_shops/**/*.html")])
ODD = (
    "",
    "<p>x",
    "<!--a--><p>b<!--c-->d</p><!--e-->",
    "<template><p>x <b>y</b></p></template><ruby>q<rt>r</rt></ruby>",
    "<pre> \n </pre><textarea> \n</textarea><b> \n </b>",
    "<?php x ?><svg xlink:href='a'><text>x</text></svg><a:b c:d=e>x</a:b>",
    "<p \x01=2 class=' a\tb '>\x0b\x85 </p><meta http-equiv=content-type content='text/html; charset=gbk'>",
    "<script>var a = '<p>';</script><style>p{}</style><table><tr><td>1<td>2</table>",
)


def sources() -> list[str]:
    return [*ODD, *(file.read_bytes().decode("utf-8", "replace") for file in PAGES)]


def flatten(soup: BeautifulSoup) -> list[object]:
    nodes = [node for node in soup.descendants if not isinstance(node, Doctype)]
    return [
        (node.name, dict(node.attrs), node.parent and node.parent.name)
        if isinstance(node, Tag)
        else (type(node), str(node))
        for node in nodes
    ]


@pytest.mark.parametrize("html", sources())
def test_the_quick_tree_is_that_of_the_parser(html: str) -> None:
    mended = mend_html(bound_html(html))
    tree = grow_tree(mended)
    assert flatten(tree) == flatten(BeautifulSoup(mended, "lxml"))
    for element in tree.find_all(True):
        inner = list(element.contents)
        assert [one.next_sibling for one in inner] == [*inner[1:], None][: len(inner)]
        assert [one.previous_sibling for one in inner] == [None, *inner][: len(inner)]


@pytest.mark.parametrize("html", sources())
def test_what_a_document_knows_is_what_a_search_finds(html: str) -> None:
    document = Document.of(grow_tree(mend_html(bound_html(html))))
    assert list(document.elements) == document.soup.find_all(True)
    for element in document.elements:
        assert list(map(id, document.inside(element))) == list(map(id, element.find_all(True)))
        assert document.words_of(element) == element.get_text()
        assert document.is_leaf(element) == (element.find(True) is None)
        assert (id(element) in document.hidden) == is_hidden(element)
        found = map(id, document.strings_like(re.compile(r"\d"), element))
        assert list(found) == list(map(id, element.find_all(string=re.compile(r"\d"))))
    boxes = frozenset(id(box) for box in document.with_tag("div", "ul", "p"))
    inside = {id(e) for e in document.elements if any(id(parent) in boxes for parent in e.parents)}
    assert document.covered(boxes) == inside

"""Bytes to HTML, and HTML to the text that a person would read.

Takes bytes and a Content-Type, or HTML; gives text. Never raises for what a page contains: broken bytes become
U+FFFD, pages that are too big or nested too deeply are cut or flattened. Knows nothing of shops.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

import charset_normalizer
from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_BYTES = 20_000_000
MAX_HTML = 4_000_000
MAX_DEPTH = 120
MAX_TAGS = 40_000
MAX_OPTIONS = 3000
MAX_TEXT = 2_000_000

_SKIPPED_TAGS_LIST = (
    "head script style noscript template svg math iframe object canvas audio video textarea datalist rt rp "
)
SKIPPED_TAGS = frozenset(_SKIPPED_TAGS_LIST.split())
_BLOCK_TAGS_LIST = (
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup "
    "option p pre section select summary table tbody tfoot thead tr ul caption "
)
BLOCK_TAGS = frozenset(_BLOCK_TAGS_LIST.split())
CELL_TAGS = frozenset({"td", "th"})

# Tags that never nest in the trees of both parsers: void ones, and those that a next one closes.
_VOID_OR_IMPLIED_LIST = "area base br col hr img input link meta param p li option tr td th tbody colgroup"
_VOID_OR_IMPLIED = frozenset(_VOID_OR_IMPLIED_LIST.split())
_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|textarea|title)\b.*?(?:</\1\s*>|\Z)|<(/?)([a-z][^\s/<>]*)[^<>]*(?:>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
# A start tag as browsers read it: an attribute may hold < and > in quotes, and quotes in its name.
_START_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|textarea|title)\b.*?(?:</\1\s*>|\Z)"
    r"|<[a-z][^\s/>]*+(?:[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|(?![\"'])[^\s>]++)?+)?+)*+",
    re.DOTALL | re.IGNORECASE,
)
_QUOTED_OR_SPACE = re.compile(r"=\s*+(?:\"[^\"]*+\"|'[^']*+')|\s+")
_SHADOW_ROOT = re.compile(r"<template(?=\s[^>]{0,200}shadowroot)", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta\b[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_SPACES = re.compile(r"[ \t\r\f\v\u00a0\u2000-\u200a\u202f\u3000]+")
_RARE_SPACE = re.compile("[\x1c-\x1f\x85\u1680\u2028\u2029\u205f]")  # white space that does not collapse inside a line
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_OVERRIDE = re.compile("\u202e([^\u202c\n]*)\u202c?")  # RIGHT-TO-LEFT OVERRIDE up to its end, or that of the line
_PRESERVED = re.compile(r"white-space\s*:\s*(pre|break-spaces)", re.IGNORECASE)

_CHARSET_NAMES = {
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "gb18030": "gb18030",
    "hz-gb-2312": "hz",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "utf8": "utf-8",
    "unicode": "utf-16",
}


def decode_html(data: bytes, content_type: str) -> str:
    """Decode a page: byte order mark, then header and metas, then what the bytes themselves allow.

    Where header and metas disagree (old 卡盟 pages carry both gb2312 and utf-8), the bytes decide: UTF-8 is
    self-checking, so text that decodes strictly as UTF-8 is UTF-8. gb2312 is read as its superset GB18030, as
    browsers do. charset-normalizer is asked last. At most 20 MB are read.
    """
    data = data[:MAX_BYTES]
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(name, errors="replace")
    declared = _declared_charsets(data, content_type)
    if declared and declared[0] in ("utf-16", "utf-16-le", "utf-16-be", "utf-16le", "utf-16be"):
        text = _decode_strictly(data, declared[0])
        if text is not None:
            return text
    text = _decode_strictly(data, "utf-8")
    if text is None:
        # One stray byte in a long page (a text cut in the middle of a character) does not make it another charset.
        tolerant = data.decode("utf-8", errors="replace")
        if 50 * tolerant.count("\ufffd") < sum(character > "\x7f" for character in tolerant):
            text = tolerant
    for name in (*declared, "gb18030"):
        if text is None and name != "cp1252":
            text = _decode_strictly(data, name)
    if text is not None:
        return text
    guess = charset_normalizer.from_bytes(
        data[:60_000], cp_isolation=["gb18030", "big5", "utf_16", "shift_jis", "euc_kr", "cp1252"]
    ).best()
    guessed = (guess.encoding,) if guess is not None else ()
    return _decode_with_least_loss(data, (*declared, *guessed, "gb18030"))


def readable_text(html: str) -> str:
    """The text of a page, one line for each block, cells of a row side by side, closed `<details>` included.

    Alternative texts and hidden marks are not looked at: what was hidden is told by `scrapers.dom`.
    """
    return _text_of_tree(LexborHTMLParser(bound_html(html)))


def bound_html(html: str) -> str:
    """Cut HTML to 4 million characters and 40,000 tags, and drop tags nested deeper than 120.

    So parsers and walks stay linear (lexbor took 11 s for a list of 40,000 options, 2026-11). The 110 saved pages of
    shops that it was tried on have at most 22 levels and 1,260 elements.
    """
    html = _START_TAG.sub(_end_soon, html[:MAX_HTML].replace("\x00", ""))
    if "shadowroot" in html:
        html = _SHADOW_ROOT.sub("<div", html)  # what a shadow tree shows is text of the page, not a template
    depth = deepest = tags = options = 0
    for token in _TOKEN.finditer(html):
        tag = token.group(3)
        if tag is None:
            continue
        tags += 1
        options += tag.lower() == "option"
        if tag.lower() not in _VOID_OR_IMPLIED:
            depth = max(0, depth - 1) if token.group(2) else depth + 1
            deepest = max(deepest, depth)
    bounded = deepest <= MAX_DEPTH and tags <= MAX_TAGS and options <= MAX_OPTIONS
    return html if bounded else _flatten(html)


def mend_html(html: str) -> str:
    """The HTML as browsers build it: lxml follows HTML 4 and puts a page without `<body>` into its head."""
    return LexborHTMLParser(html).html or ""


def mend_and_read(bounded: str) -> tuple[str, str]:
    """HTML within bounds as browsers build it, and its text: `mend_html` and `readable_text` with one parse."""
    tree = LexborHTMLParser(bounded)
    return tree.html or "", _text_of_tree(tree)


def tidy_lines(text: str) -> str:
    """Collapse spaces inside lines, drop invisible characters and empty lines."""
    lines = drop_invisible(text).split("\n")
    if _RARE_SPACE.search(text):
        return "\n".join(kept for line in lines if (kept := _SPACES.sub(" ", line).strip()))
    return "\n".join(kept for line in lines if (kept := " ".join(line.split())))


def drop_invisible(text: str) -> str:
    """The text as the eye reads it: invisible characters gone, what an override turns round turned round."""
    if "\u202e" in text:
        text = _OVERRIDE.sub(lambda match: match.group(1)[::-1], text)
    return text if text.isascii() else _INVISIBLE.sub("", text)


def one_line(text: str) -> str:
    """The text on one line, spaces collapsed."""
    return " ".join(drop_invisible(text).split())


def condense(text: str) -> str:
    """The text without any white space and in lower case: to ask whether one text occurs in another."""
    return "".join(drop_invisible(text).split()).lower()


def keeps_line_breaks(tag: str, style: str) -> bool:
    """Whether an element shows the line breaks of its source."""
    return tag == "pre" or ("white-space" in style and _PRESERVED.search(style) is not None)


def collapse(text: str, preserved: bool) -> str:
    """A text node as it is laid out: source line breaks are spaces unless they are preserved."""
    if preserved:
        return text
    words = text.split()
    if not words:
        return " " if text else ""
    head, tail = " " if text[0].isspace() else "", " " if text[-1].isspace() else ""
    return f"{head}{' '.join(words)}{tail}"


def _declared_charsets(data: bytes, content_type: str) -> tuple[str, ...]:
    names = [match.group(1) for match in [_HEADER_CHARSET.search(content_type)] if match]
    head = _COMMENT.sub(b"", data[:65_536])
    names += [match.group(1).decode("ascii", "replace") for match in _META_CHARSET.finditer(head)]
    known: list[str] = []
    for name in names[:20]:
        lowered = name.strip().lower()
        canonical = _CHARSET_NAMES.get(lowered, lowered)
        try:
            if not codecs.lookup(canonical)._is_text_encoding:
                continue
        except (LookupError, ValueError):
            continue
        if canonical not in known:
            known.append(canonical)
    return tuple(known)


def _decode_strictly(data: bytes, name: str) -> str | None:
    """Decode without tolerance, except for a last character that was cut in two."""
    try:
        return codecs.getincrementaldecoder(name)(errors="strict").decode(data, final=False)
    except (UnicodeError, LookupError):
        return None


def _decode_with_least_loss(data: bytes, names: Iterable[str]) -> str:
    texts = []
    for name in dict.fromkeys((*names, "utf-8")):
        try:
            texts.append(data.decode(name, errors="replace"))
        except (LookupError, UnicodeError):
            continue
    return min(texts, key=lambda text: text.count("\ufffd"))


def _end_soon(tag: re.Match[str]) -> str:
    """End a tag of thousands of attributes after the first of them; the rest is read as text, so nothing is lost."""
    text = tag.group()
    if len(text) <= 4000 or tag.group(1) or text.startswith("<!"):
        return text
    spaces = [match.start() for match in _QUOTED_OR_SPACE.finditer(text) if not match.group().startswith("=")]
    return f"{text[: spaces[1000]]}>{text[spaces[1000] :]}" if len(spaces) > 1000 else text


def _flatten(html: str) -> str:
    """Drop every start tag below the deepest level allowed and the end tag that closes it."""
    pieces: list[str] = []
    position = depth = tags = options = 0
    for token in _TOKEN.finditer(html):
        tag = token.group(3)
        tags += tag is not None
        if tags > MAX_TAGS:
            return "".join(pieces)
        pieces.append(html[position : token.start()])
        position = token.end()
        if tag is None:
            pieces.append(token.group())
            continue
        if tag.lower() in _VOID_OR_IMPLIED:
            options += tag.lower() == "option"
            if depth <= MAX_DEPTH and (tag.lower() != "option" or options <= MAX_OPTIONS):
                pieces.append(token.group())
            continue
        if token.group(2):
            if depth <= MAX_DEPTH:
                pieces.append(token.group())
            depth = max(0, depth - 1)
        else:
            depth += 1
            if depth <= MAX_DEPTH:
                pieces.append(token.group())
    pieces.append(html[position:])
    return "".join(pieces)


def _text_of_tree(tree: LexborHTMLParser) -> str:
    root = tree.body or tree.root
    return "" if root is None else tidy_lines("".join(_walk_lexbor(root)))[:MAX_TEXT]


def _walk_lexbor(root: LexborNode) -> Iterator[str]:
    """Text pieces in document order with "\\n" around blocks and a space between cells; no recursion."""
    stack: list[tuple[LexborNode | None, str, bool]] = [(root, "", False)]
    while stack:
        node, closing, preserved = stack.pop()
        if node is None:
            yield closing
            continue
        if node.is_text_node:
            yield collapse(node.text_content or "", preserved)
            continue
        tag = node.tag
        if tag is None or tag in SKIPPED_TAGS or tag.startswith("-"):
            continue
        if tag == "br":
            yield "\n"
            continue
        edge = "\n" if tag in BLOCK_TAGS else " " if tag in CELL_TAGS else ""
        if edge:
            yield edge
            stack.append((None, edge, False))
        style = node.attributes.get("style") or ""
        preserved = preserved or keeps_line_breaks(tag, style)
        children = list(node.iter(include_text=True))
        stack.extend((child, "", preserved) for child in reversed(children))

"""One walk over a page: its lines, attributes, scripts and comments as runs, each with the place where it stood.

Takes a PageContent; gives Runs. Judges what is shown, hidden, written by users or framed from another site by the
markup, and by what a browser saw where one did. Reads no style sheets and no samples of code; bounded in every way.
"""

from __future__ import annotations

import html as html_entities
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import unquote

from lxml import etree

from scrapers.domains import registrable_domain, site_of_host
from scrapers.identifiers.marks import join_labels, label_of_icon, tell_by_names
from scrapers.identifiers.runs import MAX_SCRIPT, Run, is_telling, is_telling_script
from scrapers.identity import Place
from scrapers.model import PageContent
from scrapers.text import bound_html

MAX_SCRIPTS = 1_500_000
MAX_FRAMES = 20
_MOST_HEADINGS = 40
_MUCH = 600_000
_LONG_TAG = 20_000
MAX_ATTRIBUTE = 3000
MAX_COMMENTS = 300
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "optgroup",
        "option",
        "p",
        "pre",
        "section",
        "select",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
        "caption",
        "textarea",
        "button",
        "label",
        "br",
    ]
)
_CELLS = frozenset({"td", "th"})
_CODE = frozenset({"code", "samp", "kbd", "svg", "math", "canvas", "style"})
_FOLDED = frozenset({"template", "noscript"})
# Plain texts: a member of an enum costs ten times as much to name, thousands of times a page.
_VISIBLE, _HIDDEN, _ATTRIBUTE = Place.VISIBLE.value, Place.HIDDEN.value, Place.ATTRIBUTE.value
_IN_SCRIPT, _COMMENT, _USER_CONTENT = Place.SCRIPT.value, Place.COMMENT.value, Place.USER_CONTENT.value
_THIRD_PARTY_FRAME = Place.THIRD_PARTY_FRAME.value
_UNREAD = _CODE | {"script"}
_OURS = (_VISIBLE, _HIDDEN)
_PARTNER = "partner"
_NOTHING = (False, False, False, False, False)
_KEYED = frozenset(
    ["footer", "header", "nav", "aside", "section", "main", "article", "form", "dialog", "address", "table"]
)
_SPECIAL = _KEYED | _FOLDED
_ICONS = frozenset({"i", "em", "span"})
_ACCOUNTS = frozenset(
    [
        "data-sitekey",
        "sitekey",
        "data-appid",
        "data-app-id",
        "data-cfemail",
        "data-website-id",
        "data-qq",
        "data-uin",
        "data-kefu-qq",
        "data-wechat",
        "data-wx",
        "data-weixin",
    ]
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "dt", "summary", "legend", "strong", "b"})
_SKIPPED_ATTRIBUTES = frozenset(
    [
        "class",
        "id",
        "style",
        "rel",
        "type",
        "target",
        "width",
        "height",
        "srcset",
        "sizes",
        "d",
        "viewbox",
        "integrity",
        "nonce",
    ]
)
_READ_ATTRIBUTES = frozenset(["href", "src", "action", "alt", "title", "value", "content", "onclick", "cite"])
_HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?<![-\w])font-size\s*:\s*0(?![.\d]*[1-9])"
    r"|(?<![-\w])opacity\s*:\s*0?(?:\.0+)?\s*(?:;|!|\Z)|(?:left|top|text-indent)\s*:\s*-\d{4,}",
    re.I,
)
_USER_HEADING = re.compile(
    r"(?:(?:用户|买家|商品|顾客|客户|真实|全部|最新|网友|宝贝)?(?:评价|评论|留言|晒单|晒图|口碑|反"
    r"馈)(?:列表|区|专区|展示|内容|墙)?"
    r"|买家秀|留言板|聊天记录|弹幕)\s*(?:[(（]?\s*\d{0,6}\s*\+?\s*条?[)）]?)\s*[:：]?"
)
_MAY_HEAD = re.compile("[评留晒碑反秀聊弹友链合站赞伙]")
_FOOTING = re.compile("©|版权|ICP ?备|公网安备|主办单位|Copyright", re.I)
_FRIENDS = re.compile(r"(?:友情链接|友情連結|友链|相关链接|友站|交换链接|合作网站|站点推荐)\s*[:：]?")
_PARTNER_HEADING = re.compile(
    r"(?:(?:我们的)?(?:合作伙伴|合作单位|合作机构|合作商|合作商家|战略合作|赞助商|支付伙伴))\s*[:：]?"
)
_TAGS = re.compile(r"<[^<>]{0,2000}>")
_SCRIPT_COMMENT = re.compile(r"/\*.{0,20000}?\*/|(?:(?<=[\s;{}()])|^)//[^\n]{0,2000}", re.S)
_STRING = re.compile(r"\"((?:[^\"\\\n]|\\.){0,8000})\"|'((?:[^'\\\n]|\\.){0,8000})'|`((?:[^`\\]|\\.){0,8000})`", re.S)
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNICODE_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_COMMENT_ADDRESS = re.compile(r"comment|review|evaluat|pinglun|pingjia|liuyan|guestbook|message/list|chat", re.I)
_LABELLED = re.compile(r"\b(?:QQ|qq|VX|TG|Telegram)\s?:")
_CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass
class PageRuns:
    """What a page's walk gave: lines of text, values of attributes, scripts, and the elements that readers ask for."""

    lines: list[Run] = field(default_factory=list)
    words: list[Run] = field(default_factory=list)  # attributes that hold words
    addresses: list[Run] = field(default_factory=list)  # attributes that hold addresses and calls
    scripts: list[Run] = field(default_factory=list)
    forms: list[tuple[etree._Element, str, str]] = field(default_factory=list)  # with place and block
    metas: list[tuple[str, str]] = field(default_factory=list)
    tenants: list[tuple[str, str, Run]] = field(default_factory=list)  # attributes with a meaning of their own


@dataclass(frozen=True)
class _Context:
    place: str
    block: str
    third: bool = False


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
        page.lines += _strings(raw, place, where)


def _strings(script: str, place: str, where: str) -> Iterator[Run]:
    """The strings of a script or JSON that hold Chinese words, as lines without their markup."""
    for count, match in enumerate(_STRING.finditer(script)):
        text = match.group(1) or match.group(2) or match.group(3) or ""
        if count > 20_000:
            return
        if "\\" in text:
            text = unescape_script(text)
        if not text.isascii() or _LABELLED.search(text):
            for line in _stripped(text).split("\n")[:300]:
                if line.strip():
                    yield Run(line, place, where, where)


def _walk_document(page: PageRuns, html: str, place: str, where: str) -> None:
    if not html.strip():
        return
    root = _parse(html)
    if root is not None:
        _Walk(page, place, where).walk(root)


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


class _Walk:
    """Goes through one document without recursion, gathering text into lines as a browser would break them."""

    def __init__(self, page: PageRuns, place: str, where: str) -> None:
        self._page = page
        self._place = place
        self._where = where
        self._pieces: list[str] = []
        self._state: tuple[_Context, etree._Element] | None = None
        self._told: dict[etree._Element, str] = {}  # whose words they are, by the heading before them
        self._names: dict[str, int] = {}
        self._scripts = self._comments = self._script_bytes = self._headings = 0

    def walk(self, root: etree._Element) -> None:
        """Add one document's runs to the page."""
        first = _Context(self._place, "body")
        stack: list[tuple[etree._Element, _Context, bool]] = [(root, first, False)]
        while stack:
            node, context, left = stack.pop()
            tag = node.tag
            if not left:
                if isinstance(tag, str):
                    inner = self._enter(node, tag, context)
                    if inner is not None:
                        if text := node.text:
                            self._add(text, inner, node)
                        elif tag in _ICONS and len(node) == 0 and (label := label_of_icon(node.get("class") or "")):
                            self._add(label, inner, node)
                        if len(node):
                            stack.append((node, context, True))
                            stack += [(child, inner, False) for child in reversed(node)]
                            continue
                elif tag is etree.Comment:
                    self._comment(node.text or "", context)
            if tag in _BLOCKS and (self._state or self._pieces):
                self._flush()
            if tail := node.tail:
                self._add(tail, context, node.getparent())
        self._flush()

    def _enter(self, node: etree._Element, tag: str, context: _Context) -> _Context | None:
        """The context inside an element, None where nothing in it is read as text."""
        if tag in _BLOCKS:
            if self._state or self._pieces:
                self._flush()
        elif tag in _CELLS:
            self._pieces.append(" ")
        items = node.items()
        if tag in _UNREAD:
            if tag == "script":
                self._script(node, context)
            return None
        told = bool(self._told) and node in self._told
        if not items and not told and tag not in _KEYED:
            return context if tag not in _FOLDED else _hidden_in(context)
        plain = len(items) == 1 and items[0][0] == "class" and not told and tag not in _SPECIAL
        if plain and tell_by_names(items[0][1], "") == _NOTHING:  # the commonest element of all
            return context
        attributes = dict(items)
        named = attributes.get("class", ""), attributes.get("id", "")
        users, partners, sample, hiding, footlike = tell_by_names(*named) if named != ("", "") else _NOTHING
        if sample and tag in ("pre", "div", "table", "figure"):
            return None
        place, block, third = context.place, context.block, context.third
        if place == _VISIBLE and (
            hiding
            or (tag in _FOLDED and "shadowrootmode" not in attributes)
            or "hidden" in attributes
            or attributes.get("aria-hidden") == "true"
            or ("style" in attributes and _HIDING_STYLE.search(attributes["style"][:2000]))
        ):
            place = _HIDDEN
        if told or users or "itemprop" in attributes:
            theirs = self._told.get(node) == _USER_CONTENT or (users and tag != "body")
            if place in _OURS and (theirs or attributes.get("itemprop") in ("review", "comment")):
                place = _USER_CONTENT
            third = third or self._told.get(node) == _PARTNER
        third = third or (partners and tag != "body")
        if tag in _KEYED or (footlike and tag in _BLOCKS and tag != "body"):
            block = self._block_key(tag, attributes)
        inner = context
        if (place, block, third) != (context.place, context.block, context.third):
            inner = _Context(place, block, third)
        if tag in ("meta", "form"):
            self._meta_or_form(node, tag, inner)
        self._attributes(node, tag, items, inner)
        return inner

    def _block_key(self, tag: str, attributes: dict[str, str]) -> str:
        name = attributes.get("id") or attributes.get("class", "").split(" ")[0]
        key = f"{tag}{'#' if attributes.get('id') else '.'}{name[:60]}" if name else tag
        if self._where:
            key = f"{self._where[:100]} {key}"
        self._names[key] = count = self._names.get(key, 0) + 1
        return key if count == 1 else f"{key} {count}"

    def _meta_or_form(self, node: etree._Element, tag: str, context: _Context) -> None:
        if tag == "form":
            self._page.forms.append((node, _place_of_attributes(context.place), context.block))
            return
        name = node.get("name") or node.get("property") or node.get("http-equiv") or ""
        self._page.metas.append((name[:200], (node.get("content") or "")[:1000]))

    def _attributes(self, node: etree._Element, tag: str, items: list[tuple[str, str]], context: _Context) -> None:
        if tag == "meta" and (node.get("name") or "").lower() not in ("description", "keywords", "copyright"):
            return
        for name, value in items:
            if name in _SKIPPED_ATTRIBUTES or len(value) < 4:
                continue
            kept = name in _READ_ATTRIBUTES
            if not kept:
                if name in _ACCOUNTS:
                    run = Run(
                        value[:MAX_ATTRIBUTE], _place_of_attributes(context.place), self._where, context.block, node
                    )
                    self._page.tenants.append((name, value[:300], run))
                    if name == "data-cfemail":
                        continue
                elif name[:5] != "data-" and name[:2] not in ("on", "v-") and name[:1] != ":" and name != "aria-label":
                    continue
            words = not value.isascii() or "@" in value or (":" in value and "//" not in value)
            words = words and is_telling(value)
            address = "=" in value or ":" in value or "//" in value or ("." in value and not kept)
            address = address or (name[:6] == "data-c" and is_telling(value))
            if (not words and not address) or value.startswith("data:"):
                continue
            run = Run(
                value[:MAX_ATTRIBUTE],
                _place_of_attributes(context.place),
                self._where,
                context.block,
                node,
                context.third,
            )
            if words:
                self._page.words.append(run)
            if address:
                self._page.addresses.append(run)
                if "%3A" in value or "%3a" in value or "%2F" in value:
                    self._page.addresses.append(run._replace(text=unquote(value[:MAX_ATTRIBUTE])))

    def _script(self, node: etree._Element, context: _Context) -> None:
        self._scripts += 1
        for name, value in node.attrib.items():
            if name == "src" or name.startswith("data-") or name == "id":
                place = _place_of_attributes(context.place)
                run = Run(value[:MAX_ATTRIBUTE], place, self._where, context.block, node)
                if name != "id":
                    self._page.addresses.append(run)
                self._page.tenants.append((name, value[:300], run))
        text = (node.text or "")[:MAX_SCRIPT]
        self._script_bytes += len(text)
        if not is_telling_script(text) or self._script_bytes > MAX_SCRIPTS:
            return
        place = _IN_SCRIPT if context.place in (_VISIBLE, _HIDDEN) else context.place
        where = f"{self._where} script {self._scripts}".strip()
        if (node.get("type") or "").lower() in ("text/html", "text/template", "text/x-template", "text/ng-template"):
            place = _HIDDEN
            self._page.lines += [Run(line, place, where, where) for line in _stripped(text).split("\n") if line.strip()]
        elif "/*" in text or "//" in text:
            notes = _SCRIPT_COMMENT.findall(text)
            if notes:
                text = _SCRIPT_COMMENT.sub(" ", text)
                note = "\n".join(notes)[:100_000]
                self._page.scripts.append(Run(note, _COMMENT, where, where))
                self._page.lines += [
                    Run(line, _COMMENT, where, where) for line in note.split("\n")[:2000] if line.strip()
                ]
        if "%3D" in text or "%3F" in text:
            text += "\n" + unquote(text)
        self._page.scripts.append(Run(unescape_script(text), place, where, where))
        self._page.lines += _strings(text, place, where)

    def _comment(self, text: str, context: _Context) -> None:
        self._comments += 1
        if self._comments > MAX_COMMENTS or not text.strip():
            return
        text = text[:50_000]
        place = _COMMENT if context.place != _THIRD_PARTY_FRAME else context.place
        where = f"{self._where} comment {self._comments}".strip()
        self._page.lines += [Run(line, place, where, where) for line in _stripped(text).split("\n") if line.strip()]
        self._page.scripts.append(Run(html_entities.unescape(text), place, where, where))

    def _add(self, text: str, context: _Context, node: etree._Element) -> None:
        state = self._state
        if text.isspace():
            if self._pieces:
                self._pieces.append(" ")
            return
        if state is None:
            self._state = (context, node)
        elif context is not state[0] and context != state[0]:
            self._flush()
            self._state = (context, node)
        self._pieces.append(text)

    def _flush(self) -> None:
        if self._state is None:
            self._pieces.clear()
            return
        text = " ".join("".join(self._pieces).split())
        context, node = self._state
        self._pieces.clear()
        self._state = None
        if not text:
            return
        place = context.place
        if _MAY_HEAD.search(text, 0, 40):
            if len(text) <= 40:
                self._notice_heading(text, node)
            friends = _FRIENDS.match(text) if place == _VISIBLE else None
            if friends and len(text) > friends.end():
                place = _USER_CONTENT
        self._page.lines.append(Run(text, place, self._where, context.block, node, context.third))

    def _notice_heading(self, text: str, node: etree._Element) -> None:
        """A heading such as 用户评价 or 合作伙伴 tells whose words follow it."""
        self._headings += 1
        if self._headings > _MOST_HEADINGS:
            return
        if _USER_HEADING.fullmatch(text):
            self._told.update(dict.fromkeys(_following(node, 200), _USER_CONTENT))
        elif _FRIENDS.fullmatch(text):
            self._told.update(dict.fromkeys(_following(node, 1, footing=False), _USER_CONTENT))
        elif _PARTNER_HEADING.fullmatch(text):
            self._told.update(dict.fromkeys(_following(node, 3), _PARTNER))


def _following(node: etree._Element, most: int, *, footing: bool = True) -> Iterator[etree._Element]:
    """The elements that a heading speaks of: what follows it up to the next heading or the foot of the page."""
    for _ in range(3):
        parent = node.getparent()
        if node.getnext() is not None or parent is None or parent.tag in ("body", "footer", "main"):
            break
        if (node.tail or "").strip():
            return
        node = parent
    for count, sibling in enumerate(node.itersiblings()):
        if count >= most or not isinstance(sibling.tag, str):
            return
        names = f"{sibling.get('class', '')} {sibling.get('id', '')}"
        if sibling.tag in ("footer", "h1", "h2", "h3", "h4", "dt") or re.search(r"foot|copyright", names[:200], re.I):
            return
        if footing and _FOOTING.search("".join(islice(sibling.itertext(), 40))[:1000]):
            return
        yield sibling


def _place_of_attributes(place: str) -> str:
    """What an unseen element links to is no more than hidden; a frame's or a user's stays theirs."""
    return _ATTRIBUTE if place == _VISIBLE else place


def _hidden_in(context: _Context) -> _Context:
    return _Context(_HIDDEN, context.block, context.third) if context.place == _VISIBLE else context


def unescape_script(text: str) -> str:
    """A script or JSON with its escapes read: \\u4e2d, \\/ and \\" as the characters that they stand for."""
    if "\\" not in text:
        return text
    text = _UNICODE_ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), text)
    if _SURROGATE.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\\/", "/").replace('\\"', '"').replace("\\n", "\n").replace("\\r", " ")


def _stripped(text: str) -> str:
    if "<" not in text:
        return html_entities.unescape(text)
    return html_entities.unescape(_TAGS.sub(lambda match: " " if match.group()[1:2].isalpha() else "\n", text))

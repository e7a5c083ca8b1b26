"""What takes an element from the eyes of a visitor though it stays in the page, and what merely folds it away.

Judged by the markup alone: attributes, inline style, names. A tab, a pop-up, an accordion opens at a click and conceals
nothing; display:none on a plain paragraph does.
"""

from __future__ import annotations

import re

from bs4 import Tag

from scrapers.model import STRUCK

_ABSENT = (
    ("display:none", re.compile(r"display:none")),
    ("visibility:hidden", re.compile(r"visibility:(?:hidden|collapse)")),
)
_FAINT = (
    ("font-size:0", re.compile(r"(?<![-\w])font-size:(?:0(?:\.\d+)?|1)(?:px|pt|em|rem|%)?(?:!|;|$)")),
    ("opacity:0", re.compile(r"(?<![-\w])opacity:0?(?:\.0\d*|0*)(?:%|!|;|$)|opacity\(0")),
    ("off-screen", re.compile(r"(?<![-\w])(?:left|right|top|bottom|text-indent|margin-left|margin-top):-\d{4,}")),
    ("off-screen", re.compile(r"translate[xy3d]{0,3}\([^()]{0,60}-\d{4,}|scale\(0\)|clip:rect\([01]")),
    ("off-screen", re.compile(r"clip-path:inset\((?:50|100)%")),
)  # fmt: skip
_NO_ROOM = re.compile(r"(?<![-\w])(?:max-)?(?:height|width):0(?:px)?(?:!|;|$)")
_CLIPPED = re.compile(r"overflow(?:-[xy])?:hidden")
_RESTORED = {
    "visibility:hidden": re.compile(r"visibility:visible"),
    "font-size:0": re.compile(r"(?<![-\w])font-size:(?!(?:0|1)(?:\D|$))"),
}
_COLOUR = re.compile(r"(?<![-\w])color:([^;!]+)")
_BACKGROUND = re.compile(r"(?<![-\w])background(?:-color)?:([^;!]+)")
_NO_COLOUR = re.compile(r"transparent|rgba\(.*,0(?:\.0+)?\)|#[0-9a-f]{6}00$|#[0-9a-f]{3}0$")
_WHITE = frozenset({"white", "#fff", "#ffffff", "rgb(255,255,255)", "rgba(255,255,255,1)"})
_DARK_GROUND = re.compile(
    r"dark|night|black|bg|badge|btn|button|label|tag|banner|hero|alert|header|footer|primary|danger|success|warning|info",
    re.I,
)
_CAUSE_OF_NAME = {"d-none": "display:none", "hidden": "display:none", "layui-hide": "display:none"}
_HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|em|pt)?\s*(?:;|$)", re.I)
_SHOWING_STYLE = re.compile(r"display\s*:\s*(?:block|flex|grid)", re.I)
_HIDDEN_NAMES = frozenset({"d-none", "hidden", "layui-hide"})
_HIDING_NAMES = _HIDDEN_NAMES | {"modal", "tab-pane"}
_OPEN_NAMES = frozenset({"show", "in", "active"})
_SCREEN_READER = frozenset({"sr-only", "visually-hidden"})
_RESPONSIVE = re.compile(r"(?:^|\s)(?:d-(?:sm|md|lg|xl|xxl)-(?!none)|(?:sm|md|lg|xl|2xl):(?!hidden))")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_GROUPS = (
    "tab|tabs|tabbox|collapse|collapsible|accordion|fold|folded|dropdown|menu|submenu|swiper|slide|slider|carousel|faq"
    "|expand|toggle"
)
_GROUP = re.compile(rf"(?:^|[-_])(?:{_GROUPS})(?:$|[-_])", re.I)
_FOLD = re.compile(
    rf"(?:^|[-_])(?:{_GROUPS}|pane|panel|modal|dialog|popup|pop|popbox|popover|layer|drawer|tooltip|toast|offcanvas|overlay|mask"
    r"|more|wow|aos|animate|animated|fade|lazy|reveal|loading|skeleton|template)(?:$|[-_])",
    re.I,
)
_FOLD_ROLES = frozenset({"tabpanel", "dialog", "alertdialog", "menu", "tooltip"})
_FOLD_TAGS = frozenset({"details", "dialog", "template", "noscript", "select", "option", "nav"})
_BOXES = frozenset({"div", "section", "ul", "ol", "dl", "dd", "article", "table", "blockquote"})
_MAX_INNER = 200
_CHINESE = re.compile("[\u4e00-\u9fff]")
_PRICE = re.compile(r"[¥￥$]|\d\s?元|价")
_MAX_STYLE = 5_000


def hides_itself(element: Tag) -> bool:
    """Whether the element's own markup hides it: hidden, display:none, a closed modal, tab or dialog."""
    attributes = element.attrs
    if "hidden" in attributes or (element.name == "dialog" and "open" not in attributes):
        return True
    style = str(attributes.get("style") or "")
    if style and _HIDING_STYLE.search(style):
        return True
    names = _classes_of(element)
    if not names or _HIDING_NAMES.isdisjoint(names):
        return False
    if not _HIDDEN_NAMES.isdisjoint(names):
        return _RESPONSIVE.search(" ".join(names)) is None
    return _OPEN_NAMES.isdisjoint(names) and _SHOWING_STYLE.search(style) is None


def find_cause(element: Tag) -> str:
    """Why a visitor does not see this element, told by its own markup; "" where nothing says so or it is a fold."""
    attributes = element.attrs
    if not attributes and element.name not in ("del", "s", "strike"):
        return ""
    cause = _cause_of(element)
    return "" if not cause or is_fold(element) else cause


def is_fold(element: Tag) -> bool:
    """Whether the element is one that opens at a click, or comes into view by itself."""
    if element.name in _FOLD_TAGS or element.get("role") in _FOLD_ROLES or element.has_attr("aria-labelledby"):
        return True
    if any(_FOLD.search(name) for name in _names_of(element)):
        return True
    parent = element.parent
    if not isinstance(parent, Tag) or element.name not in _BOXES:
        return False
    return parent.name == "details" or any(_GROUP.search(name) for name in _names_of(parent))


def is_wording(part: str) -> bool:
    """Whether a part of a line may be words of a rule, and not an old price that is struck out everywhere."""
    return len(_CHINESE.findall(part)) >= 2 and not _PRICE.search(part)


def takes_out_of_layout(cause: str) -> bool:
    """Whether a browser that looked knows better: what is not laid out is not in the visible text."""
    return cause in ("display:none", "visibility:hidden")


def _cause_of(element: Tag) -> str:
    if element.name in ("del", "s", "strike"):
        return STRUCK
    if element.has_attr("hidden"):
        return "display:none"
    style = _style_of(element)
    if style:
        for cause, pattern in (*_ABSENT, *_FAINT):
            if pattern.search(style) and not _is_restored(element, cause):
                return cause
        if "line-through" in style:
            return STRUCK
        if _NO_ROOM.search(style) and _CLIPPED.search(style):
            return "off-screen"
        if "color" in style and _is_unseen(element, style):
            return "colour"
    names = _classes_of(element)
    for name in names:
        if name in _SCREEN_READER:
            return "off-screen"
        if name in _CAUSE_OF_NAME and not _RESPONSIVE.search(" ".join(names)):
            return _CAUSE_OF_NAME[name]
    return ""


def _is_restored(element: Tag, cause: str) -> bool:
    pattern = _RESTORED.get(cause)
    if pattern is None:
        return False
    return any(pattern.search(_style_of(inner)) for inner in element.find_all(style=True, limit=_MAX_INNER))


def _is_unseen(element: Tag, style: str) -> bool:
    """Text of no colour, of the colour of its ground, or white where nothing suggests another ground."""
    match = _COLOUR.search(style)
    if match is None:
        return False
    colour = match.group(1)
    if _NO_COLOUR.fullmatch(colour):
        return "-webkit-text-fill" not in style and "background-clip" not in style
    for node in (element, *element.parents):
        if not isinstance(node, Tag):
            continue
        ground = _BACKGROUND.search(_style_of(node))
        if ground is not None:
            return _same_colour(colour, ground.group(1))
        if node.has_attr("bgcolor"):
            return _same_colour(colour, str(node.get("bgcolor")).lower())
        if any(_DARK_GROUND.search(name) for name in _names_of(node)):
            return False
    return colour in _WHITE


def _same_colour(one: str, other: str) -> bool:
    return one == other or (one in _WHITE and other in _WHITE)


def _style_of(element: Tag) -> str:
    style = element.get("style")
    return "".join(style[:_MAX_STYLE].lower().split()) if isinstance(style, str) else ""


def _classes_of(element: Tag) -> list[str]:
    names = element.get("class")
    return names if isinstance(names, list) else [names] if names else []


def _names_of(element: Tag) -> list[str]:
    identity = element.get("id")
    listed = [*_classes_of(element), *([identity] if isinstance(identity, str) else [])]
    return [_CAMEL.sub("-", name) for name in listed]

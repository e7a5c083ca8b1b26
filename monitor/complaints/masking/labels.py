"""Finds the words that say what stands behind them: 卡密, 订单号, 姓名, card_pwd; and the columns of tables under them.

Takes the reading of a text, gives Labelled places: what is said of them and where they begin. The words are rows of
monitor/reference/key_formats.toml. Whether a value really stands there is for those who know the kind.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import cast

SECRET = frozenset({"key", "weak_key", "password", "account"})
KEPT = frozenset({"keep", "order"})
_GLUE = re.compile(
    r"(?:(?<![0-9(])(?!0)\d{1,3}\s{0,2}(?:[、):=]|\.(?![0-9]))|第\d{1,3}[张个组条份]"
    r"|(?![(\[【](?=[^()\[\]【】\n]{0,24}[0-9])[!-'*-Z^-~]{4,24}[)\]】])[\(\[【][^"
    r"()\[\]【】\n:]{0,16}[\)\]】](?=[\s:=是为\"'|\t→>-])"
    r"|信息|内容|列表|数据|明细|详情|文本|如下所示|如下|见下方|见下|在这里?|在此|[,，]?\s?内容[为是]|"
    r"(?:形|例|比)?如(?!下)|原来是|被?(?:改|换|变)(?:成|为)了?|(?:重置|设置?)[为成]了?|就是|分别[是为]?|应该是|是|为|(?:已经?)?发?(?:给)?[您你](?:了)?|请查收"
    r"|(?:_|-)?(?:list|info|data|content|value|text|is|are)(?![A-Za-z])|(?<!\*)\*{1,2}(?!\*)"
    r"|[-=_~]{3,80}|\*{5,80}|[\U0001f300-\U0001faff\u2600-\u27bf\s:=>→\"'`"
    r"|\[{(「『《【〔\])」』》】〕~\\↓👇#-]){0,16}",
    re.I,
)
_SAYS = re.compile(r"[:=\t\n|→\"「『【\[>】」』》\])]|[是为成]|如下|见下|[\U0001f300-\U0001faff]|\bis\b|\bare\b", re.I)
_COLON = re.compile(r"[\U0001f300-\U0001faff:=|\t\"」】>→【「『“]")
_GROUPS_BEHIND = re.compile(r"(?<=[A-Za-z])-[0-9A-Z]{3,8}-[0-9A-Z]{3,8}")
_CELLS = re.compile(r"\t+|\||,|;| {2,}")
_RULE = re.compile(r"[\s|:+=_-]{0,400}")
_LOWER = {ord(sign): ord(sign.lower()) for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_BESIDE = ("密码", "点卡", "充值卡", "礼品卡", "月卡", "季卡", "年卡", "一卡通", "卡券")
_HOST_HEAD = re.compile(r"://[0-9A-Za-z.-]*\Z")
_HOST_TAIL = re.compile(r"[0-9A-Za-z-]*\.[a-z]{2,10}(?![a-z])")
_LONGEST_HOST = 80
_MOST_ROWS = 2_000
_MOST_HEAD = 16
_MOST_NEWLINES = 2


@dataclass(frozen=True)
class Label:
    """A word that says what follows."""

    begin: int
    end: int
    says: str


@dataclass(frozen=True)
class Labelled:
    """A place of which a label speaks. `said`: a colon or the like stands between; `limit`: the value ends before it"
    "."""

    says: str
    begin: int
    limit: int
    said: bool
    label: str
    cell: bool = False
    colon: bool = True  # a colon or the like, not only a line break or 是


@dataclass(frozen=True)
class KeyFormat:
    """A product whose keys have a known shape."""

    name: str
    groups: tuple[tuple[int, ...], ...]
    signs: str
    alone: bool
    words: tuple[str, ...]
    number: int


@cache
def _free_labels() -> frozenset[str]:
    return frozenset(_bare(word) for word in cast(Mapping[str, Sequence[str]], _table()["no_numbers"])["words"])


def is_free_label(word: str) -> bool:
    """Whether a word says a time, a price, a name or an address: no number of an order or a file stands behind it."""
    return _bare(word) in _free_labels()


@cache
def load_formats() -> tuple[KeyFormat, ...]:
    """The rows of [[formats]]."""
    rows = cast(Sequence[Mapping[str, object]], _table()["formats"])
    return tuple(
        KeyFormat(
            str(row["name"]),
            tuple(tuple(one) for one in cast(Sequence[Sequence[int]], row["groups"])),
            str(row["signs"]),
            bool(row.get("alone", False)),
            tuple(cast(Sequence[str], row["words"])),
            cast(int, row.get("number", 0)),
        )
        for row in rows
    )


def find_labels(text: str) -> tuple[Label, ...]:
    """Every label of a text, in order; of several at one place the longest."""
    (han, latin, code), says = _lexicon()
    lowered = _lower(text)
    matches = [*han.finditer(lowered), *latin.finditer(lowered), *code.finditer(text)]
    found: list[Label] = []
    for match in sorted(matches, key=lambda one: (one.start(), -one.end())):
        kind = says[_bare(match[0])]
        if kind in SECRET and _is_in_host(text, match.start(), match.end()):
            continue
        group = kind in KEPT and _GROUPS_BEHIND.match(
            text, match.end()
        )  # the first group of a key, such as URL-3689-XB4L
        if not group and (not found or match.start() >= found[-1].end):
            found.append(Label(match.start(), match.end(), kind))
    return tuple(found)


def _is_in_host(text: str, begin: int, end: int) -> bool:
    """Whether a word is a part of the name of a host: kami88.net behind ://."""
    head = text[max(0, begin - _LONGEST_HOST) : begin]
    return _HOST_HEAD.search(head) is not None and _HOST_TAIL.match(text, end) is not None


def find_labelled(text: str, labels: Sequence[Label]) -> tuple[Labelled, ...]:
    """The places behind labels, then the cells of tables under labels."""
    cells, heads = _under(text, labels)
    behind = [label for label in labels if not _is_within(label.begin, heads)] if heads else labels
    stays = {one.begin for one in cells if one.says in KEPT}
    said = (one for one in _behind(text, behind) if one.begin not in stays or one.says not in SECRET)
    return (*said, *cells)  # the word of a column goes before a word that ends the cell beside it


def _is_within(place: int, places: Sequence[tuple[int, int]]) -> bool:
    """Whether a place is in one of these, which are in order and apart."""
    number = bisect_right(places, place, key=lambda one: one[0]) - 1
    return number >= 0 and place < places[number][1]


def find_key_words(text: str) -> tuple[tuple[int, int], ...]:
    """Where a text speaks of keys: words beside which an unusual text is one."""
    lowered = _lower(text)
    return tuple(sorted(match.span() for pattern in _key_words() for match in pattern.finditer(lowered)))


def _behind(text: str, labels: Sequence[Label]) -> Iterator[Labelled]:
    begins = [label.begin for label in labels]
    for number, label in enumerate(labels):
        glue = _GLUE.match(text, label.end)
        end = glue.end() if glue else label.end
        following = labels[number + 1] if number + 1 < len(labels) else None
        if following is not None and following.begin <= end and not _is_value(text, label, following, end):
            continue
        between = text[label.end : end]
        if between.count("\n") > _MOST_NEWLINES:
            continue
        place = bisect_left(begins, end)
        limit = begins[place] if place < len(begins) else len(text)
        if limit == end:  # what follows looks like a label and may be the value: a name, an address
            limit = begins[place + 1] if place + 1 < len(begins) else len(text)
        said, colon = _SAYS.search(between) is not None, _COLON.search(between) is not None
        yield Labelled(label.says, end, limit, said, text[label.begin : label.end], colon=colon)


def _is_value(text: str, label: Label, following: Label, end: int) -> bool:
    """Whether what looks like the next label is the value of this one: a name, an address, key1234, wx_hello."""
    if label.says in ("person", "address", "firm_address"):
        return True
    if label.says in SECRET and following.begin == end and text.startswith("http", end):
        return True
    joined = text[following.end : following.end + 1]
    latin = (
        text[following.begin : following.end].isascii() and joined.isascii() and (joined.isalnum() or joined in "_@#!-")
    )
    return following.begin == end and latin and bool(joined) and label.says in (*SECRET, "wechat", "alipay", "qq")


def _under(text: str, labels: Sequence[Label]) -> tuple[list[Labelled], list[tuple[int, int]]]:
    """Cells below a row of labels, as long as the rows have as many cells; and the places of such rows of labels."""
    found: list[Labelled] = []
    heads: list[tuple[int, int]] = []
    lines = [(match.start(), match.end()) for match in re.finditer(r"[^\n]+", text)]
    begins = [label.begin for label in labels]
    at = 0
    while at < len(lines):
        place = lines[at]
        head = _read_head(text, *place, labels, begins)
        at += 1
        if not head:
            continue
        rows = 0
        while at < len(lines) and rows < _MOST_ROWS:
            begin, end = lines[at]
            if _RULE.fullmatch(text, begin, end):
                at += 1
                continue
            cells = _split(text, begin, end)
            if len(cells) != len(head) or _read_head(text, begin, end, labels, begins):
                break
            if any(_is_label(left, right, labels, begins) for left, right in cells):
                break  # a row with a word of its own for what it holds
            for says, (left, right) in zip(head, cells, strict=True):
                if right - left > 2 and text[left] == text[right - 1] and text[left] in "\"'`":
                    left, right = left + 1, right - 1
                if says and right > left:
                    found.append(Labelled(says, left, right, True, "", cell=True))
            at += 1
            rows += 1
        if rows:
            heads.append(place)
    return found, heads


def _read_head(text: str, begin: int, end: int, labels: Sequence[Label], begins: Sequence[int]) -> tuple[str, ...]:
    """What the columns of a row of labels hold, "" for a column that is none of ours; () where it is no such row."""
    if not any(separator in text[begin:end] for separator in "\t|,;") and "  " not in text[begin:end]:
        return ()
    cells = _split(text, begin, end)
    if not 2 <= len(cells) <= _MOST_HEAD:
        return ()
    says: list[str] = []
    for number, (left, right) in enumerate(cells):
        titled = (
            re.match(r"[A-Za-z\u4e00-\u9fff ]{1,12}:[ \t]*", text[left:right])
            if number == 0 and len(cells) > 2
            else None
        )
        left += titled.end() if titled else 0
        cell = text[left:right].strip("*`\"' ")
        if len(cell) > 14 or sum(sign.isdigit() for sign in cell) > 2 or re.search(r"[:=。!?]", cell):
            return ()
        place = bisect_left(begins, left)
        found = labels[place] if place < len(labels) and labels[place].begin < right else None
        says.append(found.says if found else "")
    return tuple(says) if sum(bool(one) for one in says) >= 2 or (len(cells) == 2 and all(says)) else ()


def _is_label(left: int, right: int, labels: Sequence[Label], begins: Sequence[int]) -> bool:
    """Whether a cell holds a word for something and nothing else."""
    place = bisect_left(begins, left)
    return place < len(labels) and labels[place].begin == left and labels[place].end == right


def _split(text: str, begin: int, end: int) -> list[tuple[int, int]]:
    """The cells of a line without the space around them; empty ones at its ends are no cells."""
    cells: list[tuple[int, int]] = []
    at = begin
    for match in (*_CELLS.finditer(text, begin, end), None):
        right = match.start() if match else end
        left = at
        while left < right and text[left].isspace():
            left += 1
        while right > left and text[right - 1].isspace():
            right -= 1
        cells.append((left, right))
        at = match.end() if match else end
    while cells and cells[0][0] == cells[0][1]:
        cells.pop(0)
    while cells and cells[-1][0] == cells[-1][1]:
        cells.pop()
    return cells


@cache
def _table() -> Mapping[str, object]:
    path = resources.files("monitor.reference").joinpath("key_formats.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _lexicon() -> tuple[tuple[re.Pattern[str], ...], Mapping[str, str]]:
    """All labels as patterns (Han words, Latin words, ends of names in code), and what each says by its bare form."""
    says: dict[str, str] = {}
    han: set[str] = set()
    latin: set[str] = set()
    for kind, rows in cast(Mapping[str, Mapping[str, Sequence[str]]], _table()["labels"]).items():
        for word in (*rows.get("words", ()), *rows.get("latin", ())):
            says.setdefault(_bare(word), kind)
            (latin if word.isascii() else han).add(word.lower())
    code = [f"{_camel(word)}(?![a-z])" for word in sorted(latin, key=lambda one: (-len(one), one)) if word[0].isalpha()]
    return (_join_han(han), _join_latin(latin), re.compile(f"(?<=[a-z_])(?=[A-Z])(?:{'|'.join(code)})")), says


def _join_han(words: Iterable[str]) -> re.Pattern[str]:
    """Words by their first sign, the longest first; signs of OCR and of evasion may stand within short ones."""
    by_first: dict[str, list[str]] = defaultdict(list)
    for word in sorted(words, key=lambda one: (-len(one), one)):
        gap = "(?:  |[ ·.*_-])?" if 2 <= len(word) <= 4 and not word[0].isascii() else ""
        by_first[word[0]].append(gap + gap.join(re.escape(sign) for sign in word[1:]))
    parts = [
        f"{'(?<![a-z])' if first.isalpha() and first.isascii() else ''}{re.escape(first)}(?:{'|'.join(rest)})"
        for first, rest in sorted(by_first.items())
    ]
    firsts = "".join(re.escape(first) for first in sorted(by_first))
    return re.compile(f"(?=[{firsts}])(?:{'|'.join(parts)})")


def _join_latin(words: Iterable[str]) -> re.Pattern[str]:
    by_first: dict[str, list[str]] = defaultdict(list)
    for word in sorted(words, key=lambda one: (-len(one), one)):
        by_first[word[0]].append("[ _-]?".join(re.escape(part) for part in word.split(" "))[1:])
    parts = [f"{first}(?:{'|'.join(rest)})" for first, rest in sorted(by_first.items())]
    return re.compile(f"(?<![0-9a-z])(?=[0-9a-z])(?:{'|'.join(parts)})(?![a-z]|[0-9]+[a-z])")


def _camel(word: str) -> str:
    """The word as the end of a name in code: userPassword, order_card_pwd."""
    return "_?".join(re.escape(part[:1].upper() + part[1:]) for part in word.split(" "))


@cache
def _key_words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    labels = cast(Mapping[str, Mapping[str, Sequence[str]]], _table()["labels"])
    words = {word.lower() for one in load_formats() for word in one.words} | set(_BESIDE)
    words |= {word.lower() for word in (*labels["key"]["words"], *labels["key"]["latin"])}
    return _join_han(word for word in words if not word.isascii()), _join_latin(
        word for word in words if word.isascii()
    )


def _lower(text: str) -> str:
    """In lower case, sign by sign: the places stay."""
    return text.translate(_LOWER)


def _bare(word: str) -> str:
    return re.sub(r"[ _.·*-]", "", word).lower()

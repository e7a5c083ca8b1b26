"""Finds the words that say what stands behind them: 卡密, 订单号, 姓名, card_pwd; and the columns of tables under them.

Takes the reading of a text, gives Labelled places: what is said of them and where they begin. The words are rows of
monitor/reference/key_formats.toml. Whether a value really stands there is for those who know the kind.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import cast

SECRET = frozenset({"key", "weak_key", "password", "account"})
KEPT = frozenset({"keep", "order"})
_GLUE = re.compile(
    r"(?:\d{1,2}(?=\s{0,2}[:.、)=])|第\d{1,3}[张个组条份]|[\(\[【][^()\[\]【】\n:]{0,16}[\)\]】](?=[\s:=是为\"'|\t])"
    r"|信息|内容|列表|数据|明细|详情|文本|如下所示|如下|见下方|见下|就是|分别是|分别为|应该是|是|为|(?:已经?)?发?(?:给)?[您你](?:了)?|请查收"
    r"|(?:_|-)?(?:list|info|data|content|value|text|is|are)(?![A-Za-z])|[\s:=>\"'`|\[{(「『《【〔~*\\↓👇#-]){0,16}",
    re.I,
)
_SAYS = re.compile(r"[:=\t\n|\"「『【\[>]|[是为]|如下|见下|\bis\b|\bare\b", re.I)
_CELLS = re.compile(r"\t+|\||,|;| {2,}")
_RULE = re.compile(r"[\s|:+=_-]{0,400}")
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
    """A place of which a label speaks. `said`: a colon or the like stands between; `limit`: the value ends before it."""

    says: str
    begin: int
    limit: int
    said: bool
    label: str
    cell: bool = False


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
    pattern, says = _lexicon()
    return tuple(Label(match.start(), match.end(), says[_bare(match[0])]) for match in pattern.finditer(text))


def find_labelled(text: str, labels: Sequence[Label]) -> tuple[Labelled, ...]:
    """The places behind labels, then the cells of tables under labels."""
    return (*_behind(text, labels), *_under(text, labels))


def has_key_word(text: str) -> bool:
    """Whether a text speaks of keys: a word of [labels.key] or a product of [[formats]] stands in it."""
    return _key_words().search(text) is not None


def is_label(text: str) -> bool:
    """Whether a text is a label and nothing else."""
    return _bare(text) in _lexicon()[1]


def find_key_words(text: str) -> tuple[tuple[int, int], ...]:
    """Where a text speaks of keys: words beside which an unusual text is one."""
    return tuple(match.span() for match in _key_words().finditer(text))


def _behind(text: str, labels: Sequence[Label]) -> Iterator[Labelled]:
    begins = [label.begin for label in labels]
    for number, label in enumerate(labels):
        glue = _GLUE.match(text, label.end)
        end = glue.end() if glue else label.end
        following = labels[number + 1] if number + 1 < len(labels) else None
        if following is not None and following.begin <= end and label.says not in ("person", "address", "firm_address"):
            continue
        between = text[label.end : end]
        if between.count("\n") > _MOST_NEWLINES:
            continue
        place = bisect_left(begins, end)
        limit = begins[place] if place < len(begins) else len(text)
        if limit == end:  # what follows looks like a label and may be the value: a name, an address
            limit = begins[place + 1] if place + 1 < len(begins) else len(text)
        yield Labelled(label.says, end, limit, _SAYS.search(between) is not None, text[label.begin : label.end])


def _under(text: str, labels: Sequence[Label]) -> Iterator[Labelled]:
    """Cells below a row of labels, row by row, as long as the rows have as many cells."""
    lines = [(match.start(), match.end()) for match in re.finditer(r"[^\n]+", text)]
    begins = [label.begin for label in labels]
    at = 0
    while at < len(lines):
        head = _read_head(text, *lines[at], labels, begins)
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
            for says, (left, right) in zip(head, cells, strict=True):
                if says and right > left:
                    yield Labelled(says, left, right, True, "", cell=True)
            at += 1
            rows += 1


def _read_head(text: str, begin: int, end: int, labels: Sequence[Label], begins: Sequence[int]) -> tuple[str, ...]:
    """What the columns of a row of labels hold, "" for a column that is none of ours; () where it is no such row."""
    if not any(separator in text[begin:end] for separator in "\t|,;") and "  " not in text[begin:end]:
        return ()
    cells = _split(text, begin, end)
    if not 2 <= len(cells) <= _MOST_HEAD:
        return ()
    says: list[str] = []
    for left, right in cells:
        cell = text[left:right].strip("*`\"' ")
        if len(cell) > 14 or sum(sign.isdigit() for sign in cell) > 2 or re.search(r"[:=。!?]", cell):
            return ()
        place = bisect_left(begins, left)
        found = labels[place] if place < len(labels) and labels[place].begin < right else None
        says.append(found.says if found else "")
    return tuple(says) if sum(bool(one) for one in says) >= 2 or (len(cells) == 2 and all(says)) else ()


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
def _lexicon() -> tuple[re.Pattern[str], Mapping[str, str]]:
    """All labels in one pattern, the longest first, and what each says by its bare form."""
    says: dict[str, str] = {}
    parts: list[tuple[str, str]] = []
    for kind, rows in cast(Mapping[str, Mapping[str, Sequence[str]]], _table()["labels"]).items():
        for word in rows.get("words", ()):
            says.setdefault(_bare(word), kind)
            parts.append((word, _word_pattern(word)))
        for word in rows.get("latin", ()):
            says.setdefault(_bare(word), kind)
            parts.append((word, _latin_pattern(word)))
    ordered = sorted(set(parts), key=lambda one: (-len(one[0]), one[0]))
    return re.compile("|".join(pattern for _word, pattern in ordered), re.I), says


def _word_pattern(word: str) -> str:
    if word.isascii():
        return rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])"
    if word[0].isascii() and word[0].isalpha():
        return rf"(?<![A-Za-z]){re.escape(word)}"
    # signs of OCR and of evasion may stand between the signs of a Chinese word
    return r"[ ·.*_-]?".join(re.escape(sign) for sign in word) if 2 <= len(word) <= 4 else re.escape(word)


def _latin_pattern(word: str) -> str:
    inner = "[ _-]?".join(re.escape(part) for part in word.split(" "))
    return rf"(?<![A-Za-z]){inner}(?![A-Za-z])|(?<=[a-z_]){_camel(word)}(?![a-z])"


def _camel(word: str) -> str:
    """The word as the end of a name in code: userPassword, order_card_pwd."""
    parts = [part[:1].upper() + part[1:] for part in word.split(" ")]
    return f"(?-i:{'_?'.join(re.escape(part) for part in parts)})"


@cache
def _key_words() -> re.Pattern[str]:
    words = {word for one in load_formats() for word in one.words}
    labels = cast(Mapping[str, Mapping[str, Sequence[str]]], _table()["labels"])
    words |= {
        word
        for word in (
            *labels["key"]["words"],
            "密码",
            "点卡",
            "充值卡",
            "礼品卡",
            "月卡",
            "季卡",
            "年卡",
            "一卡通",
            "卡券",
        )
    }
    latin = {word.replace(" ", "[ _-]?") for word in labels["key"]["latin"]}
    han = [re.escape(word) for word in words if not word.isascii()]
    plain = [re.escape(word) for word in words if word.isascii()] + sorted(latin)
    return re.compile("|".join([*sorted(han), rf"(?<![A-Za-z])(?:{'|'.join(sorted(plain))})(?![A-Za-z])"]), re.I)


def _bare(word: str) -> str:
    return re.sub(r"[ _.·*-]", "", word).lower()

"""Normal forms of a text, from its bytes down to what is left when counters and order are taken away.

Two texts differ by the first form in which they are equal: that rung of the ladder is the name of their noise. Digits
are dropped only where a counter stands (sold, stock, views, days in operation, today's date), never in a term, a price,
a validity or a limit. Pure: text in, text out.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from enum import StrEnum
from functools import cache, lru_cache
from importlib import resources

from monitor.changes.lookalikes import undo_lookalikes

_INVISIBLE = re.compile(
    "[\u00ad\u0300-\u036f\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u20d0-\u20f0\u2800\u3164\ufe00-\ufe0f\ufeff]"
)
_OVERRIDDEN = re.compile("\u202e([^\u202c\n]*)\u202c?")
_SPACE = re.compile(r"\s+")
_LOOSE_SPACE = re.compile(r"(?<![0-9A-Za-z]) | (?![0-9A-Za-z])")
# "[售后](7天)" and "[售后]: 7天" are what a page says; a target begins like an address or holds no Chinese
_TARGET = r"(?:[a-z]{2,10}:|[/#?.])"
_MARKDOWN_TARGET = re.compile(
    rf"(?<=\])\((?=\s?{_TARGET}|[^()\n\u4e00-\u9fff]{{0,2000}}\))(?:[^()\n]|\([^()\n]*\)){{0,2000}}\)"
    rf"|(?<=\]): ?(?={_TARGET})\S{{1,2000}}|<(?:https?://|mailto:)[^>\s]{{1,2000}}>"
)
_URL_TAIL = re.compile(r"(https?://[^\s?#\"'<>)\]]{1,1000})[?#][^\s\"'<>)\]]{0,2000}")
_MARKDOWN = re.compile(r"\\(?=[^\w\s])|\*{2,3}|__|`")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
_NUMBERING = re.compile(
    r"^[ \t]*(?:[-*+•·●○■□◆◇▪►➤★☆※✅❌️]+[ \t]*)*"
    r"(?:第[0-9一二三四五六七八九十百零〇两]{1,6}[章节条款项篇部分]{1,2}[、:： .]?"
    r"|[(（【\[][0-9一二三四五六七八九十百]{1,4}[)）】\]][、.．]?"
    r"|[0-9]{1,3}(?:\.[0-9]{1,3}){1,3}[、.．)）]?(?![0-9%元])(?=\D)"
    r"|[0-9一二三四五六七八九十百]{1,4}[、.．)）:：](?![0-9])"
    r"|[①-⑳⑴-⒇⒈-⒛㈠-㈩❶-❿])?[ \t]*",
    re.MULTILINE,
)
# what stays of the punctuation is what makes another number of a number: 1.5, 3-5, 30%, <7, ¥9
_NOT_SAID = re.compile(
    r"(?:(?!(?<=\d)[%‰+]|(?<=\d)[-./:<>=~×](?=\d)|[<>≤≥$¥€](?=\d)|#|(?<=[0-9a-z]) (?=[0-9a-z]))[\W_])+"
)
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d+")
_LATIN = re.compile(r"[a-z]")
_BETWEEN_WORDS = re.compile(r"(?<=[0-9a-z])[^\w\s]*\s[\W_]*(?=[a-z])|(?<=[a-z])[^\w\s]*\s[\W_]*(?=[0-9])")
_BETWEEN = r" ·・.*_|/丶、\-~^。★☆♥♡●○◆◇■□+=@#&丨│┃ㅣ"
_SPACED_OUT = re.compile(rf"(?:[\u4e00-\u9fff][{_BETWEEN}]){{2,40}}[\u4e00-\u9fff]")
_SPACER = re.compile("[·・*_丶^~]")
_SPACED_MEASURE = re.compile(r"[\u4e00-\u9fff](?:[·・*_丶^~](?:[\u4e00-\u9fff]|\d{1,6})){2,40}")
_DASHED_MEASURE = re.compile(r"[\u4e00-\u9fff](?:-(?:[\u4e00-\u9fff]|\d(?!\d))){4,40}")
_SPACED_DIGITS = re.compile(
    r"(?<=(?<![\d.,:/-])[1-9]) (?=\d\s?个?(?:小时|工作日|自然日|天|日(?!期)|元|次))"
)  # 4 8 个小时
_SEPARATORS = re.compile(f"[{_BETWEEN}]")
_NOT_SPACED_OUT = re.compile(r"、")


class Rung(StrEnum):
    """The rungs of the noise ladder, strictest first."""

    BYTES = "bytes"
    WHITESPACE = "whitespace"
    LINKS = "links"
    PUNCTUATION = "punctuation"
    COUNTERS = "counters"
    ORDER = "order"


@cache
def _simplified_table() -> dict[int, str]:
    text = resources.files("monitor.reference").joinpath("simplified.txt").read_text(encoding="utf-8")
    pairs = (pair for line in text.splitlines() if not line.startswith("#") for pair in line.split())
    return {ord(pair[0]): pair[1] for pair in pairs}


@cache
def _folding_table() -> dict[int, str]:
    """Simplified characters, and full-width and compatibility forms that are one character long in NFKC."""
    table: dict[int, str] = {}
    for start, end in (
        (0xA0, 0x180),
        (0x2000, 0x2100),
        (0x2F00, 0x2FE0),
        (0x3000, 0x3001),
        (0xF900, 0xFB00),
        (0xFF00, 0xFFF0),
        (0x24B6, 0x24EA),
        (0x1D400, 0x1D800),
    ):
        for code in range(start, end):
            plain = unicodedata.normalize("NFKC", chr(code))
            if len(plain) == 1 and plain != chr(code):
                table[code] = plain
    table.update({code: _simplified_table().get(ord(plain), plain) for code, plain in table.items()})
    table.update(
        {ord("—"): "-", ord("–"): "-", ord("～"): "~", ord("〜"): "~", ord("﹣"): "-", ord("“"): '"', ord("”"): '"'}
    )
    return _simplified_table() | table


@cache
def _counter_patterns() -> tuple[tuple[re.Pattern[str], re.Pattern[str], bool], ...]:
    """Words of which one must be there (looked for first: that is cheap), the pattern, and whether all of it goes."""
    text = resources.files("monitor.reference").joinpath("counters.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    number, date, end = str(data["number"]), str(data["date"]), str(data["end"])
    return tuple(
        (
            re.compile("|".join(map(re.escape, str(row["needs"]).split()))),
            re.compile(str(row["pattern"]).replace("{N}", number).replace("{DATE}", date).replace("{END}", end), re.M),
            bool(row.get("whole", False)),
        )
        for row in data["counters"]
    )


@cache
def _counter_hint() -> re.Pattern[str]:
    """Any word of any counter: most texts have none, and one search says so."""
    return re.compile("|".join(sorted({word for row in _counter_patterns() for word in row[0].pattern.split("|")})))


def fold_text(text: str) -> str:
    """Simplified characters, half width, lower case. Every character keeps its place: spans stay valid."""
    folded = text.translate(_folding_table())
    lower = folded.lower()
    return lower if len(lower) == len(folded) else "".join(c.lower() if len(c.lower()) == 1 else c for c in folded)


def plain_text(text: str) -> str:
    """The form that is judged: folded, invisible characters gone, what was spaced out or disguised put right."""
    folded = fold_text(text)
    if "\u202e" in folded:
        folded = _OVERRIDDEN.sub(lambda match: match.group(1)[::-1], folded)
    folded = _INVISIBLE.sub("", folded)
    folded = _DASHED_MEASURE.sub(_draw_together, folded) if "-" in folded else folded  # 坏-券-3-0-天
    folded = _SPACED_OUT.sub(_draw_together, folded)
    folded = _SPACED_DIGITS.sub("", folded)
    folded = _SPACED_MEASURE.sub(_draw_together, folded) if _SPACER.search(folded) else folded
    return undo_lookalikes(folded)


def _draw_together(match: re.Match[str]) -> str:
    run = match.group()
    # "退、换、补" is a list, not a disguise: a disguise repeats one separator that nobody lists with
    return run if _NOT_SPACED_OUT.search(run) or (" " in run and "\n" in run) else _SEPARATORS.sub("", run)


def mask_counters(folded: str) -> str:
    """Put one mark in place of every counter. Takes folded text."""
    if not _DIGIT.search(folded) or not _counter_hint().search(folded):
        return folded
    for needs, pattern, whole in _counter_patterns():
        if needs.search(folded):
            folded = pattern.sub("" if whole else _keep_label, folded)
    return folded


def find_counters(text: str) -> tuple[str, ...]:
    """The digits of every counter in a text, in order: what moves by itself."""
    plain = plain_line(text)
    masked = mask_counters(plain)
    if masked == plain:
        return ()
    kept = _DIGITS.findall(masked)
    return tuple(digits for digits in _DIGITS.findall(plain) if digits not in kept)


def _keep_label(match: re.Match[str]) -> str:
    return re.sub(r"[0-9][0-9,.:/\-]*[0-9]|[0-9]", "#", match.group())


def strip_numbering(text: str) -> str:
    """Take list marks and clause numbers from the start of every line."""
    return _NUMBERING.sub("", text)


def collapse_whitespace(text: str) -> str:
    """Whitespace that carries no meaning removed: only the space between two Latin letters or digits stays."""
    return _LOOSE_SPACE.sub("", _SPACE.sub(" ", _INVISIBLE.sub("", text))).strip()


def without_link_targets(text: str) -> str:
    """Markdown targets gone, and of a bare URL its query and fragment: a new address is news, a new token is not."""
    return _URL_TAIL.sub(r"\1", _MARKDOWN_TARGET.sub("", text))


def _bare_characters(folded: str) -> str:
    if _LATIN.search(folded):
        folded = _BETWEEN_WORDS.sub(" ", folded)
    return _NOT_SAID.sub("", folded)


def without_markup(text: str) -> str:
    """Tags, markdown targets, escapes and emphasis gone; what is left is what a reader sees."""
    if "<" in text:
        text = _TAG.sub("", text)
    if "](" in text or "://" in text or "]:" in text:
        text = without_link_targets(text)
    return _MARKDOWN.sub("", text) if "*" in text or "\\" in text or "`" in text or "__" in text else text


@lru_cache(maxsize=20_000)
def plain_line(text: str) -> str:
    """A line as it is judged: plain text without its number and markup."""
    return plain_text(strip_numbering(without_markup(text)))


@lru_cache(maxsize=20_000)
def compact_form(text: str) -> str:
    """One line as compared: folded, no numbering, no markup, no punctuation, no spaces. Digits all stay."""
    return _bare_characters(plain_line(text))


@lru_cache(maxsize=20_000)
def steady_form(text: str) -> str:
    """The compact form with counters masked: equal steady forms say the same rule."""
    plain = plain_line(text)
    masked = mask_counters(plain)
    return compact_form(text) if masked == plain else _bare_characters(masked)


def forget_forms() -> None:
    """Empty the caches: for measuring."""
    for cached in (plain_line, compact_form, steady_form):
        cached.cache_clear()


def _lines_form(text: str, *, counters: bool, ordered: bool) -> str:
    one = steady_form if counters else compact_form
    lines = [form for form in map(one, text.splitlines()) if form]
    return "".join(lines) if ordered else "\n".join(sorted(lines))


def normal_form(text: str, rung: Rung) -> str:
    """The text as that rung sees it."""
    if rung is Rung.BYTES:
        return text
    if rung is Rung.WHITESPACE:
        return collapse_whitespace(text)
    if rung is Rung.LINKS:
        return collapse_whitespace(without_link_targets(text))
    return _lines_form(text, counters=rung is not Rung.PUNCTUATION, ordered=rung is not Rung.ORDER)


def name_noise(before: str, after: str) -> Rung | None:
    """The first rung on which both texts are equal, None when they differ in what they say."""
    return next((rung for rung in Rung if normal_form(before, rung) == normal_form(after, rung)), None)


def digest_forms(text: str) -> dict[str, str]:
    """SHA-256 of every normal form of a text, by rung: kept with a version, so that equal forms are found later."""
    return {rung.value: hashlib.sha256(normal_form(text, rung).encode("utf-8", "replace")).hexdigest() for rung in Rung}

"""Lines of a page as readers of identifiers scan them: one text of all lines, and for each position where it stood.

A `Run` is one line of text, one attribute, one script or one comment. A `Sheet` joins the runs of one sort, each
written for reading (NFKC, nothing invisible, spaced-out numbers closed up), so that each pattern is run once a page.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

MAX_LINE = 20_000
MAX_SCRIPT = 400_000
MAX_SHEET = 1_500_000
MAX_SHOWN = 300
_MOST_SIBLINGS = 1_000  # a list of more rows has no path that anybody counts out
# No space in a pattern matches it, so that no pattern reads on from one run into the next.
_BETWEEN = "\x00\n"
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\u20e3]")
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe63]")
_SPACES = re.compile(r"[^\S\n]+")
# Most lines of a shop bear no sign: the sets of single signs are asked first, the slow alternatives last.
_SIGNS = re.compile(
    "[Qq扣鹅球秋蔻叩口微薇威徽维卫绿信Vv❤♥➕群裙电机热致拨联短客售询投飞飛電☎✆📞📱@备证企司代码税址所场店部"
    "行室心收款付商户主©版体营方由称"
    "\u00ad\u200b-\u200f\u2060\ufeff\uff10-\uff19\uff20-\uff3a\uff41-\uff5a\u2460-\u24ff\U0001d400-\U0001d7ff]"
)
_OF_GOODS = re.compile("[已在预零出销]售|.?售[价罄]")  # every line of goods says so; 售后 is another word
_FIRST_OF_WORDS = re.compile("[TtWw4920IiABaLl网qPp]")
_WORDS = re.compile(
    r"[Tt] ?[GgEe]|[Tt]\.[Mm]|[Ww] ?[Xx]|[Ww]e[Cc]hat|WECHAT|[Ww]ei[Xx]in"
    r"|obile|OBILE|[Pp]hone|PHONE|400|4 0 0|9[1-3][0-9]{6}|2088|0x|T[1-9A-HJ-NP-Za-km-z]{33}|[Ii][Cc]"
    r"[Pp]|[AB][12] ?-|\b[Aa][Tt]\b|网文|[Ll][Tt][Dd]|LIMITED|Limited|LLC|I[Nn][Cc]"
)
# A script without one of these (in lower case) has none of the signs below, which take twenty times as long.
_SEEDS = (
    "\\u qq baidu cnzz _czc umeng 51.la la. ua- g- aw- gtm- ca-pub wechat weixin wx telegram t.me tg mail mobile phone "
    "tel 2088 mch pid alipay wxp icp captcha geetest gt sitekey 6l 0x uscc credit meiqia entid 53kf udesk tawk crisp "
    "easemob qiyu ysf sobot live800 looyu kuaishang kf5 zoosnet ntercom zdassets hatwoot websitetoken @ __lc tidio "
    "chatra btc bitcoin bc1 smartly aihecong xiaokefu qr. hotline 1- 2-"
)
_SCRIPT_SEEDS = tuple(_SEEDS.split())
_LONG_WORD = re.compile(r"T[1-9A-HJ-NP-Za-km-z]{33}")
_TELLING_SCRIPT = re.compile(
    r"[\u3400-\u9fff]|\\u[4-9]|[Qq]{2}|[Bb]aidu|cnzz|CNZZ|_czc|umeng|51\.la|LA\.|[Uu][Aa]-[0-9X]|"
    r"\bG-|AW-|[Gg][Tt][Mm]-|ca-pub|[Ww]e[Cc]hat|weixin|wx|[Tt]elegram|t\.me|tg|"
    r"[Mm]ail|[Mm]obile|[Pp]hone|tel|2088|[Mm]ch|MCH|pid|[Aa]lipay|ALIPAY|wxp|WXP|[Ii][Cc][Pp]|[Cc]aptcha|[Gg]ee"
    r"test|\bgt\b|[Ss]itekey|6L|0x|USCC|credit|T[1-9A-HJ-NP-Za-km-z]{33}|"
    r"[Mm][Ee][Ii][Qq][Ii][Aa]|entId|53kf|udesk|tawk|[Cc]risp|CRISP|easemob|qiyu|ysf|sobot|live800"
    r"|looyu|kuaishang|kf5|zoosnet|ntercom|zdassets|hatwoot|websiteToken|"
    r"@[\w-]{1,40}\.|__lc|tidio|[Cc]hatra|btc|BTC|[Bb]itcoin|bc1|smartly|aihecong|xiaokefu|qr\.|hotline|[0-9][AB]?[12]-",
)
# Every digit by itself: 1 2 3 4 5 6, 1-2-3-4-5-6, 1.2.3.4.5.6; the same sign all along.
_SPACED_DIGITS = re.compile(r"(?<![0-9])[0-9](?:([ ._·*-])[0-9](?:\1[0-9]){3,14})(?![0-9])")
_SPACED_WORD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z](?: [A-Za-z0-9_-]){4,24}(?![A-Za-z0-9])")
# V X：, T G @name; after the letters of a name or before anything else they are letters.
_SPACED_PAIR = re.compile(
    r"(?<![A-Za-z0-9])(?:([Qq]) ([Qq])|([VvWw]) ([Xx])|([Tt]) ([Gg]))(?=\s?[:：(（【@号群]|\s?[a-zA-Z0-9_-]{5})"
)
_SPACED_LABEL = re.compile(r"(?<![\u3400-\u9fff])[\u3400-\u9fff](?: [\u3400-\u9fff]){1,5}(?= ?[:：(（])")


class Run(NamedTuple):
    """One line as it stood. `where` is said already ("script 3"), or "" and `node` tells it."""

    text: str
    place: str
    where: str = ""
    block: str = ""
    node: object = None
    third: bool = False  # stands in a block about other parties


@dataclass(frozen=True)
class Hit:
    """An identifier found in a sheet, before it is told where it stood. `start` and `end` are places in the sheet."""

    kind: str
    value: str
    start: int
    end: int
    role: str = ""
    confidence: float = 1.0


class Sheet:
    """The runs of one sort as one text; a line each, in the order of the page."""

    def __init__(self, runs: Iterable[Run], *, script: bool = False, sifted: bool = False) -> None:
        """`script`: texts of many lines, kept as they are. `sifted`: all of them are known to be telling."""
        taken: list[Run] = []
        pieces: list[str] = []
        room = MAX_SHEET
        seen: set[tuple[str, str, bool]] = set()  # a line that stands twice says nothing more
        for run in runs:
            text = run.text[:MAX_SCRIPT] if script else run.text[:MAX_LINE].replace("\n", " ")
            if len(text) > room or not (script or sifted or is_telling(text)):
                continue
            key = (text, run.place, run.third)
            if key in seen:
                continue
            seen.add(key)
            room -= len(text)
            taken.append(run)
            pieces.append(text.replace("\x00", " "))
        joined = _BETWEEN.join(pieces)
        read = (plain_form(joined) if script else reading_form(joined)).split(_BETWEEN) if taken else []
        self.runs = taken
        self._starts: list[int] = []
        place = 0
        for text in read:
            self._starts.append(place)
            place += len(text) + len(_BETWEEN)
        self.text = _BETWEEN.join(read)
        lowered = self.text.lower()
        if len(lowered) != len(self.text):  # İ in lower case is two signs
            lowered = "".join(sign.lower() if len(sign.lower()) == 1 else sign for sign in self.text)
        self.lowered = lowered

    def run_at(self, position: int) -> Run:
        """The run in which a position of the text stands."""
        return self.runs[max(0, bisect_right(self._starts, position) - 1)]

    def line_at(self, position: int) -> str:
        """The whole line, as it is read, in which a position stands."""
        start = self.text.rfind("\n", 0, position) + 1
        end = self.text.find("\n", position)
        return self.text[start : end if end >= 0 else len(self.text)].rstrip("\x00")

    def before(self, position: int, length: int) -> str:
        """Up to `length` characters of the same line before a position."""
        earliest = max(0, position - length)  # no further back, for a script may be one line of 400,000 signs
        return self.text[max(self.text.rfind("\n", earliest, position) + 1, earliest) : position]

    def after(self, position: int, length: int) -> str:
        """Up to `length` characters of the same line after a position."""
        return self.text[position : position + length].partition("\x00")[0]

    def has(self, *words: str) -> bool:
        """Whether any of these words (lower case) occurs at all: asked before a costly pattern is run."""
        return any(word in self.lowered for word in words)

    def matches(self, pattern: re.Pattern[str], *words: str) -> Iterator[re.Match[str]]:
        """Matches of a pattern in the lines that hold any of these words (lower case), without which it has none."""
        for start, end in self._lines_with(words):
            yield from pattern.finditer(self.text, start, end)

    def _lines_with(self, words: tuple[str, ...]) -> list[tuple[int, int]]:
        lines: set[tuple[int, int]] = set()
        for word in words:
            place = self.lowered.find(word)
            while place >= 0:
                end = self.text.find("\n", place)
                end = end if end >= 0 else len(self.text)
                lines.add((self.text.rfind("\n", 0, place) + 1, end))
                place = self.lowered.find(word, end)
        return sorted(lines)

    def shown(self, hit: Hit) -> str:
        """What stood on the page where a hit was read: its own words, or the line where writing was normalised."""
        read = self.text[hit.start : hit.end].strip("\x00 \n")
        raw = self.run_at(hit.start).text
        if read in raw:
            return read[:MAX_SHOWN]
        line = _SPACES.sub(" ", raw.replace("\n", " ")).strip()
        return line[:MAX_SHOWN]


def is_telling(text: str) -> bool:
    """Whether a line bears any sign of an identifier: most lines of a shop are goods and prices, and bear none."""
    sign = _SIGNS.search(text)
    while sign is not None and sign.group() == "售" and _OF_GOODS.match(text, max(0, sign.start() - 1)):
        sign = _SIGNS.search(text, sign.end())
    if sign is not None:
        return True
    return _FIRST_OF_WORDS.search(text) is not None and _WORDS.search(text) is not None


def is_telling_script(text: str) -> bool:
    """Whether a script bears any sign of an identifier: most are programs and bear none."""
    if text.isascii():
        lowered = text.lower()
        if not any(seed in lowered for seed in _SCRIPT_SEEDS) and _LONG_WORD.search(text) is None:
            return False
    return _TELLING_SCRIPT.search(text) is not None


def plain_form(text: str) -> str:
    """A text as it is read, its lines kept: NFKC without invisible characters, every dash a hyphen."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).replace("丨", "|")  # a letter that footers part with
    return _DASHES.sub("-", _INVISIBLE.sub("", text))


def reading_form(text: str) -> str:
    """Lines as they are read: NFKC without invisible characters, one kind of dash, spaced-out words closed up."""
    text = _SPACES.sub(" ", plain_form(text))
    if " " in text or "." in text or "-" in text:
        text = _SPACED_DIGITS.sub(_close_up, text)
        text = _SPACED_PAIR.sub(lambda match: match.group().replace(" ", ""), text)
        text = _SPACED_WORD.sub(lambda match: match.group().replace(" ", ""), text)
        text = _SPACED_LABEL.sub(lambda match: match.group().replace(" ", ""), text)
    return text


def _close_up(match: re.Match[str]) -> str:
    return match.group().replace(match.group(1), "")


def css_path(node: object) -> str:
    """A short CSS path of an lxml element: up to five steps, or up to the nearest id."""
    steps: list[str] = []
    for element in _upwards(node):
        tag = getattr(element, "tag", None)
        if not isinstance(tag, str) or tag in ("html", "body"):
            break
        name = str(element.get("id") or "")  # type: ignore[attr-defined]
        if re.fullmatch(r"[A-Za-z_][\w-]{0,60}", name):
            steps.append(f"{tag}#{name}")
            break
        steps.append(tag + _nth(element, tag))
        if len(steps) == 5:
            break
    return " > ".join(reversed(steps)) or "body"


def _upwards(node: object) -> Iterator[object]:
    while node is not None:
        yield node
        node = node.getparent()  # type: ignore[attr-defined]


def _nth(element: object, tag: str) -> str:
    siblings = element.itersiblings(tag, preceding=True)  # type: ignore[attr-defined]
    before = sum(1 for _ in islice(siblings, _MOST_SIBLINGS))
    return f":nth-of-type({before + 1})" if 0 < before < _MOST_SIBLINGS else ""

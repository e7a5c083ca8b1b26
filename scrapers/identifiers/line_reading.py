"""A line as a person reads it: what hides a domain or the word beside it taken out.

Takes one line; gives it without invisible letters, in narrow letters, 網址 as 网址, "最 新 网 址" and "w w w" closed
up, 点, dot and stand-ins as dots. Finds no domains. Pure, linear in the length of the line.
"""

from __future__ import annotations

import re
import unicodedata

from scrapers.domains import is_domain_name
from scrapers.text import drop_invisible

LONGEST_LINE = 3_000
_COUNTING = re.compile("[\u2460-\u249b\u2776-\u2793]")
_MARKS = re.compile("[\ufe0e\ufe0f\u20e3\u0300-\u036f]")
ENDINGS = (
    "com net org cn cc top vip xyz club shop store site online info me io co tv pw icu fun link live work group ltd "
    "pro ink one win wang ren asia biz us hk tw ws la mobi so fit wiki love art space website tech cloud ai app dev li "
    "life world today zone city plus bond sbs lol quest cfd click cyou buzz rest games monster run beauty mom uno bid"
).replace(" ", "|")
_OPEN, _CLOSE = r"[\[({【<「]?", r"[\])}】>」]?"
# "xh88点com", "xh88(dot)com", "xh88【.】com", "xh88。com", "xh88 . com"
_SAID_DOT = re.compile(
    rf"(?<=[a-z0-9])\s{{0,2}}(?:{_OPEN}\s?(?:点|點|。|·|•|\.)\s?{_CLOSE}|\s?{_OPEN}\bdot\b{_CLOSE}\s?)\s{{0,2}}"
    rf"(?=(?:{ENDINGS})(?![a-z0-9]))",
    re.I,
)
# "xh88[.]monster": between brackets a dot is one under any ending.
_BRACKETED_DOT = re.compile(
    r"(?<=[a-z0-9])\s?[\[({【<「]\s?(?:点|。|\.|dot)\s?[\])}】>」]\s?(?=[a-z]{2,18}(?![a-z0-9.]))", re.I
)
# "xh 88 . com", whose end alone is somebody else's name.
_APART = re.compile(
    rf"(?<![A-Za-z0-9.\-])(?P<lead>(?:[A-Za-z0-9]{{1,30}}\s{{0,3}}[.\-]?\s{{1,3}}){{1,6}})"
    rf"(?P<last>[a-z0-9\-]{{1,30}})(?P<dot>\s{{0,3}}\.\s{{0,3}})(?P<end>{ENDINGS})(?![a-z0-9])",
    re.I,
)
_STOP_WORDS = (
    "is are at to on in our the a an use visit try go new old and or now via by url link site domain address website "
    "with from main backup mirror open see app dot"
)
_STOPS = frozenset(_STOP_WORDS.split())
_SAID_DOT_INSIDE = re.compile(
    rf"(?<=[a-z0-9]){_OPEN}(?:点|點|。){_CLOSE}(?=[a-z0-9-]{{1,40}}\.(?:{ENDINGS})(?![a-z0-9]))", re.I
)
_SPACED = re.compile(r"(?<![A-Za-z0-9.])(?:[A-Za-z0-9.\-]{1,2}[ \t_|~*]{1,3}){4,60}[A-Za-z0-9]{1,3}(?![A-Za-z0-9])")
_SPACES = re.compile(r"[ \t_|~*]+")
_SWAPPED = re.compile(r"(?:换成|改成|改为|替换(?:成|为)?|当作|代表|等于|[=＝])\s?[\"'“「]?(?:\.|点|。)")
_STAND_IN = re.compile(rf"(?<=[a-z0-9])[^\w\s./:](?=(?:{ENDINGS})(?![a-z0-9]))", re.I)
_FILLED = re.compile(r"(?:去掉|去除|删除|删掉|除去)(?:其中|里面|中间)?的?(?:汉字|中文|文字)")
HAN = "\u3400-\u9fff"
_FILLED_NAME = re.compile(rf"[a-z0-9](?:[{HAN}]{{0,3}}[a-z0-9.\-]){{3,60}}", re.I)
# Letters of notices in full form; each for one, so that places in the line stay.
_FULL = "網備請訪問記錄舊鏈連線換變遷轉啟發佈頁進開啓來們這無關與騙偽製還點鐘認準藏號後為臨時劃導電腦處幫聯繫對"
_SHORT = "网备请访问记录旧链连线换变迁转启发布页进开启来们这无关与骗伪制还点钟认准藏号后为临时划导电脑处帮联系对"
_SIMPLE = str.maketrans(_FULL, _SHORT)
_MISSPELT = re.compile("(?:网[祉扯止]|(?<![A-Za-z])[Ww](?=址)址|地[扯祉止]|[Uu][Rr][Ll](?=[:：\\s]))")
_SPREAD = re.compile(rf"(?:[【\[(（]\s?)?[{HAN}](?:(?:[^\w,;:!?，。；：！？、\n]|_){{1,3}}[{HAN}](?![{HAN}])){{2,20}}")
_WORDS_SPREAD = re.compile("网址|域名|地址|网站|入口|发布|备用|永久|最新|官网|新站|老站|谨防|假冒|收藏|防丢|警惕|假站")
_LETTER_BY_LETTER = re.compile(rf"[{HAN}]\s[{HAN}]\s[{HAN}]")
_BROKEN_ENDING = re.compile(
    r"(?<=[a-z0-9])\.(?:c\s?o\s?m|t\s?o\s?p|v\s?i\s?p|n\s?e\s?t|c\s?c|c\s?n)(?![a-z0-9.])", re.I
)


def read_line(text: str) -> str:
    """The line with what hides a domain taken out: full width, zero width, spaces between letters, words for dots."""
    text = _COUNTING.sub(r"\g<0> ", drop_invisible(text[:LONGEST_LINE]))  # 备用①a.com is no 1a.com
    line = _MARKS.sub("", unicodedata.normalize("NFKC", text))
    if not line.isascii():
        line = line.translate(_SIMPLE)
        line = _MISSPELT.sub(_spell, line.replace("域茗", "域名").replace("域明", "域名").replace("网域", "域名"))
        line = _SPREAD.sub(_close_words, line)
    line = _BRACKETED_DOT.sub(".", _SPACED.sub(_close_up, line))
    if ". " in line or " ." in line or _LETTER_BY_LETTER.search(text):
        spread = _LETTER_BY_LETTER.search(text) is not None
        line = _APART.sub(lambda match: _join_or_void(match, spread=spread), line)
    line = _BROKEN_ENDING.sub(lambda match: _SPACES.sub("", match.group()), line)
    line = _SAID_DOT_INSIDE.sub(".", _SAID_DOT.sub(".", line))
    if _SWAPPED.search(line):
        line = _STAND_IN.sub(".", line)
    if _FILLED.search(line):
        line = _FILLED_NAME.sub(_without_han, line)
    return line


def _close_up(match: re.Match[str]) -> str:
    """Letters that stand apart as one word, where that makes a domain."""
    closed = _SPACES.sub("", match.group())
    return closed if "." in closed.strip(".") and is_domain_name(closed.strip(".")) else match.group()


def _join_or_void(match: re.Match[str], *, spread: bool) -> str:
    """The parts of a name as one where the whole line stands apart; elsewhere no name, for its end is another's."""
    pieces = match.group("lead").split()
    stops = [place for place, piece in enumerate(pieces) if piece.lower() in _STOPS]
    before, own = pieces[: stops[-1] + 1] if stops else [], pieces[stops[-1] + 1 :] if stops else pieces
    if not own or (match.group("dot") == "." and not spread):
        return match.group()
    name = "".join((*own, match.group("last"), ".", match.group("end")))
    whole = name if spread and is_domain_name(name) else " ".join((*own, match.group("last"), match.group("end")))
    return " ".join((*before, whole.replace(".", " ") if whole is not name else name))


def _without_han(match: re.Match[str]) -> str:
    bare = re.sub(rf"[{HAN}]", "", match.group())
    return bare if is_domain_name(bare) else match.group()


def _spell(match: re.Match[str]) -> str:
    return "地址" if match.group().startswith("地") else "网址"


def _close_words(match: re.Match[str]) -> str:
    """Words of a notice that stand letter by letter: 最 新 网 址, 【最】【新】【网】【址】, 永#久#域#名."""
    closed = "".join(letter for letter in match.group() if "\u3400" <= letter <= "\u9fff")
    return closed if len(closed) > 3 or _WORDS_SPREAD.search(closed) else match.group()

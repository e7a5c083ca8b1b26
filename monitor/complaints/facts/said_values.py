"""What a person types for one fact, read as a value: amounts, times, yes or no, words of a list. Pure.

Every function takes the text as typed and gives the value, or raises ValueError with a Chinese sentence that says what
to type instead. Nothing is guessed: what can be read in two ways is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from monitor.times import SHANGHAI, parse_time

MOST_YUAN = Decimal(10**9)
LONGEST_TEXT = 500
LONGEST_STORY = 5000
UNKNOWN_WORDS = frozenset(
    (
        "",
        "不知道",
        "不清楚",
        "不确定",
        "不记得",
        "不记得了",
        "忘了",
        "忘记了",
        "没有",
        "无",
        "跳过",
        "未知",
        "-",
        "?",
        "unknown",
    )
)
YES_WORDS = frozenset(("是", "是的", "对", "有", "y", "yes", "true", "1", "收到", "收到了", "用了", "用过"))
NO_WORDS = frozenset(("否", "不是", "不", "没有", "没", "无", "n", "no", "false", "0", "没收到", "没用", "没用过"))
_AMOUNT = re.compile(
    r"(?:rmb|cny|人民币|[¥￥])?\s*(?P<whole>\d{1,3}(?:,\d{3})+|\d{1,12})(?P<part>\.\d{1,3})?\s*(?P<wan>万)?"
    r"\s*(?:(?P<unit>元整?|块钱?|rmb|cny|人民币)(?:(?P<jiao>\d)(?:角|毛)?)?)?"
)
_CHINESE_AMOUNT = re.compile(r"(?P<number>[零〇一二两三四五六七八九十百千万]{1,12})(?:元整?|块钱?)?")
_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_FOREIGN = re.compile(r"usdt|usd|u\b|美元|美金|刀|[$€£]|泰达|港币|hkd", re.IGNORECASE)
_MONTH_DAY = re.compile(r"(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号](?P<rest>.*)")
_WORDS_OF_DAY = (
    ("昨晚", "昨天晚上"),
    ("今晚", "今天晚上"),
    ("今早", "今天早上"),
    ("昨早", "昨天早上"),
    ("前晚", "前天晚上"),
)
_DAYS_BEFORE = (("大前天", 3), ("前日", 2))
_YEARS = {"今年": 0, "去年": 1, "前年": 2}
_MONTHS = {"本月": 0, "这个月": 0, "这月": 0, "上个月": 1, "上月": 1, "": 0}
_YEAR_TOLD = re.compile(r"(?P<year>今年|去年|前年)的?(?P<rest>\d{1,2}月\d{1,2}[日号].*)")
_DAY_TOLD = re.compile(r"(?P<month>本月|这个?月|上个?月|)的?(?P<day>\d{1,2})号(?P<rest>.*)")
_SHORT_DATE = re.compile(r"(?P<one>\d{1,2})[-/.](?P<two>\d{1,2})(?P<rest>(?:\s.*)?)")
_SPELLED_DATE = re.compile(
    r"(?:(?P<year>[零〇一二三四五六七八九]{4})年)?(?P<month>[一二三四五六七八九十]{1,2})月(?P<day>[一二三四五六七八九十]{1,3})[日号]"
)
_HALF_OF_DAY = re.compile(r"(?<=[日号天]|\d)\s*(?:晚上|夜里|夜间|早上|上午|下午|傍晚)$")
_MIDNIGHT = re.compile(r"(?<=\D)24(?:[:时点](?:00)?分?(?::00)?)$")
_HALF_HOUR = re.compile(r"半个?(?:小时|钟头)(?:之|以)?前")
_EVENING = re.compile(r"(?<=[日号天\s])晚(?=\d)")
_HALF_PAST = re.compile(r"(\d{1,2}|[一二两三四五六七八九十]{1,3})\s*点\s*半")
_CHINESE_HOUR = re.compile(r"([一二两三四五六七八九十]{1,3})\s*点")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_TOLERANCE = timedelta(minutes=5)  # clocks of a phone and this machine differ


def is_unknown(text: str) -> bool:
    """Whether a text says that it is not known."""
    return _plain(text) in UNKNOWN_WORDS


def read_text(text: str, most: int = LONGEST_TEXT) -> str:
    """A text without control characters and outer blanks."""
    found = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    found = found.encode("utf-8", "replace").decode()
    if len(found) > most:
        raise ValueError(f"有{len(found)}个字，最多{most}个字，请写短一些")
    return found


def read_amount(text: str) -> Decimal:
    """A sum in yuan: 50, 50元, ￥50.00, 1,234.5, 1.2万, 五十元. At most three decimals, never negative."""
    wanted = unicodedata.normalize("NFKC", text).strip().lower()
    if _FOREIGN.search(wanted):
        raise ValueError("请按实际付出的人民币填写，例如 50 元；付的是虚拟币或外币的，填当时折合的人民币数")
    found = _AMOUNT.fullmatch(wanted) if len(wanted) <= 40 else None
    if found and not (found["jiao"] and (found["part"] or found["wan"])):
        try:
            amount = Decimal(found["whole"].replace(",", "") + (found["part"] or ""))
        except InvalidOperation:  # pragma: no cover - the pattern gives digits only
            raise _no_amount(text) from None
        amount = amount * 10000 if found["wan"] else amount
        if found["jiao"]:
            amount += Decimal(found["jiao"]) / 10
        return _bounded(amount)
    spelled = _CHINESE_AMOUNT.fullmatch(wanted) if len(wanted) <= 40 else None
    if spelled:
        return _bounded(Decimal(_read_chinese(spelled["number"], text)))
    raise _no_amount(text)


def read_count(text: str, most: int = 1_000_000) -> int:
    """A whole number from 1: 2, 2张, 两个."""
    wanted = re.sub(r"[张个件份次条套]$", "", unicodedata.normalize("NFKC", text).strip())
    if re.fullmatch(r"\d{1,9}", wanted):
        count = int(wanted)
    elif re.fullmatch(r"[零一二两三四五六七八九十百千万]{1,12}", wanted):
        count = _read_chinese(wanted, text)
    else:
        raise ValueError(f"“{_shown(text)}”不是数量，请写整数，例如 2")
    if not 1 <= count <= most:
        raise ValueError(f"数量要在1到{most}之间")
    return count


def read_moment(text: str, now: datetime, *, past: bool = True) -> datetime:
    """A moment as aware UTC: 2026-11-10 14:30, 11月10日 14:30, 11/25 14:30, 去年12月3日, 10号, 昨天 20:30, 3天前.

    An evening without an hour is its day.

    With `past` a day alone is its first moment, a day without a year the last such day, and a moment after `now` is
    refused. Without it (a validity, a deadline) a day lasts to its end and the year is needed.
    """
    wanted = unicodedata.normalize("NFKC", text).strip()
    if len(wanted) <= LONGEST_TEXT:
        wanted, more = _write_out(wanted, now, text, past=past)
    else:
        more = timedelta(0)
    wanted = _HALF_PAST.sub(r"\1点30分", wanted)
    wanted = _CHINESE_HOUR.sub(lambda found: f"{_read_chinese(found[1], text)}点", wanted)
    if wanted in ("刚才", "刚刚", "现在"):
        return now
    dated = _MONTH_DAY.fullmatch(wanted)
    if dated:
        if not past:
            raise ValueError(f"“{_shown(text)}”没有写年份，请写全，例如 {now.year}年{dated['month']}月{dated['day']}日")
        wanted = f"{_last_year_of(int(dated['month']), int(dated['day']), now, text)}年{wanted}"
    try:
        moment = parse_time(wanted, now=now, end=not past) + more
    except ValueError:
        raise ValueError(
            f"看不懂时间“{_shown(text)}”，请写成 2026-11-10 14:30、11月10日 14:30、昨天 20:30 或 3天前"
        ) from None
    if past and moment > now + _TOLERANCE:
        raise ValueError(f"“{_shown(text)}”晚于现在，请核对日期")
    return moment


def _write_out(wanted: str, now: datetime, text: str, *, past: bool) -> tuple[str, timedelta]:
    """A time as it was typed, in the words that are read, and what is to be added to it: 24时 is a day more."""
    for short, full in _WORDS_OF_DAY:
        wanted = wanted.replace(short, full)
    wanted = _SPELLED_DATE.sub(lambda found: _spell_date(found, text), wanted)
    wanted = _EVENING.sub("晚上", _HALF_HOUR.sub("30分钟前", wanted))
    today = now.astimezone(SHANGHAI).date()
    for name, back in _DAYS_BEFORE:
        if wanted.startswith(name):
            wanted = f"{today - timedelta(days=back)} {wanted.removeprefix(name)}".strip()
    if told := _YEAR_TOLD.fullmatch(wanted):
        wanted = f"{today.year - _YEARS[told['year']]}年{told['rest']}"
    elif past and (told := _DAY_TOLD.fullmatch(wanted)):
        wanted = f"{_month_of(told, today, text)}{told['day']}日{told['rest']}"
    elif told := _SHORT_DATE.fullmatch(wanted):
        wanted = _month_first(told, text)
    if _MIDNIGHT.search(wanted):
        return _MIDNIGHT.sub("0:00", wanted), timedelta(days=1)
    return _HALF_OF_DAY.sub("", wanted), timedelta(0)


def _spell_date(found: re.Match[str], text: str) -> str:
    year = "".join(str(_DIGITS[sign]) for sign in found["year"]) + "年" if found["year"] else ""
    return f"{year}{_read_chinese(found['month'], text)}月{_read_chinese(found['day'], text)}日"


def _month_of(told: re.Match[str], today: date, text: str) -> str:
    """The month of a day that was told without one (the last such day), or as 本月 or 上个月."""
    back = _MONTHS.get(told["month"], 0)
    if not told["month"] and int(told["day"]) > today.day:
        back = 1
    first = today.replace(day=1)
    if back:
        first = (first - timedelta(days=1)).replace(day=1)
    try:
        first.replace(day=int(told["day"]))
    except ValueError:
        raise ValueError(f"“{_shown(text)}”不是日期，请写成 2026-11-10") from None
    return f"{first.year}年{first.month}月"


def _month_first(told: re.Match[str], text: str) -> str:
    """11/25 is 25 November; 11/10 may be two days, and is refused."""
    one, two = int(told["one"]), int(told["two"])
    if 1 <= one <= 12 and (two > 12 or one == two):
        return f"{one}月{two}日{told['rest']}"
    if 1 <= one <= 12 and 1 <= two <= 12:
        raise ValueError(
            f"看不懂时间“{_shown(text)}”：是{one}月{two}日还是{two}月{one}日？"
            f"请写成 {one}月{two}日 14:30 或 2026-11-10 14:30"
        )
    return told[0]


def read_day(text: str, now: datetime) -> date:
    """A day, such as that of a birth; from 1900 on."""
    wanted = unicodedata.normalize("NFKC", text).strip()
    found = re.fullmatch(r"(\d{4})(?:[-/.年]\s*)?(\d{1,2})(?:[-/.月]\s*)?(\d{1,2})日?", wanted)
    try:
        day = date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        day = None
    if day is None or not date(1900, 1, 1) <= day <= now.astimezone(SHANGHAI).date():
        raise ValueError(f"“{_shown(text)}”不是已过的日期，请写成 2010-05-31")
    return day


def read_yes_no(text: str) -> bool:
    """Yes or no."""
    wanted = _plain(text)
    if wanted in YES_WORDS:
        return True
    if wanted in NO_WORDS:
        return False
    raise ValueError(f"“{_shown(text)}”请答 是 或 否")


def read_choice(text: str, words: Mapping[str, Sequence[str]]) -> str:
    """One of the words: by its number in the list (1, 2 …), by the word itself or by one of its Chinese names."""
    wanted = _plain(text)
    if re.fullmatch(r"\d{1,2}", wanted) and 1 <= int(wanted) <= len(words):
        return list(words)[int(wanted) - 1]
    for word, names in words.items():
        if wanted == word or wanted in (_plain(name) for name in names):
            return word
    near = [word for word, names in words.items() if len(wanted) > 1 and any(wanted in _plain(name) for name in names)]
    if len(near) == 1:
        return near[0]
    told = "、".join(f"{number} {names[0]}" for number, names in enumerate(words.values(), start=1))
    raise ValueError(f"“{_shown(text)}”不在选项里，请写序号或名称：{told}")


def read_choices(text: str, words: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Several of the words, parted by commas or blanks."""
    parts = [part for part in re.split(r"[,，、;；\s]+", text.strip()) if part]
    if len(parts) > 20:
        raise ValueError("写得太多了，请只写选项的序号，例如 1,3")
    return tuple(dict.fromkeys(read_choice(part, words) for part in parts))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().strip("。.!！").lower()[:200]


def _shown(text: str) -> str:
    line = _CONTROL.sub("", text).replace("\n", " ").strip()
    return line if len(line) <= 30 else line[:30] + "…"


def _no_amount(text: str) -> ValueError:
    return ValueError(f"看不懂金额“{_shown(text)}”，请写成 50、50元 或 ￥50.00（最多三位小数）")


def _bounded(amount: Decimal) -> Decimal:
    if amount > MOST_YUAN:
        raise ValueError("金额过大，请核对")
    exact = amount.quantize(Decimal("0.001"))
    return exact.quantize(Decimal("0.01")) if exact == exact.quantize(Decimal("0.01")) else exact


def _read_chinese(word: str, text: str) -> int:
    """A whole number in Chinese numerals: 五十, 一百二十, 两千零五, 一万."""
    total = section = digit = 0
    for sign in word:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign in _UNITS:
            section += (digit or 1) * _UNITS[sign]
            digit = 0
        else:
            total, section, digit = (section + digit or 1) * 10000, 0, 0
    value = total + section + digit
    if _in_chinese(value) != re.sub("^一十", "十", word.replace("两", "二").replace("〇", "零")):
        raise ValueError(f"看不懂数字“{_shown(text)}”，请用阿拉伯数字写")
    return value


def _in_chinese(value: int) -> str:
    """The usual spelling below one hundred million, with 十 for 一十 at the front."""
    digits = "零一二三四五六七八九"

    def below(number: int) -> str:
        made, gap = "", False
        for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
            part = number // unit % 10
            if part:
                made += ("零" if gap and made else "") + digits[part] + sign
            gap = not part if made or part else gap
        return made

    high, low = divmod(value, 10000)
    told = (below(high) + "万" if high else "") + ("零" if high and 0 < low < 1000 else "") + below(low)
    return (told[1:] if told.startswith("一十") else told) or "零"


def _last_year_of(month: int, day: int, now: datetime, text: str) -> int:
    today = now.astimezone(SHANGHAI).date()
    for year in (today.year, today.year - 1):
        try:
            if date(year, month, day) <= today:
                return year
        except ValueError:
            continue
    raise ValueError(f"“{_shown(text)}”不是日期，请写成 2026-11-10")

"""Divisions of the country: six-digit codes to names, and retired codes to those of today.

The codes are those of python-stdnum (table cn/loc, with the years of each) and of monitor/reference/divisions.toml.
Every answer says by which step it was found and how fine it is; what cannot be told apart is a problem, never a guess.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources


class Fineness(StrEnum):
    """How fine a division is."""

    COUNTRY = "country"
    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"


@dataclass(frozen=True)
class Division:
    """A division of today. `name` is the full Chinese name: 广东省深圳市南山区.

    `has_counties` is false for prefectures without counties (东莞, 中山, 儋州, 嘉峪关): they are the last step there.
    """

    code: str
    name: str
    fineness: Fineness
    province: str
    prefecture: str = ""
    county: str = ""
    has_counties: bool = True

    @property
    def is_local(self) -> bool:
        """Whether it leads to one county-level authority, or to the city where there is none below it."""
        return self.fineness is Fineness.COUNTY or (self.fineness is Fineness.PREFECTURE and not self.has_counties)

    def holds(self, other: Division) -> bool:
        """Whether another division lies in this one, or is it."""
        if self.fineness is Fineness.COUNTRY:
            return True
        length = {Fineness.PROVINCE: 2, Fineness.PREFECTURE: 4, Fineness.COUNTY: 6}[self.fineness]
        return self.code[:length] == other.code[:length]


@dataclass(frozen=True)
class DivisionAnswer:
    """The division that a code or an address leads to, None with a `problem` where it leads to none.

    `step` says in Chinese how it was found, `retired` the name that it had where that is gone.
    """

    division: Division | None
    step: str
    problem: str = ""
    retired: str = ""


def find_division(code: str) -> DivisionAnswer:
    """Which division of today a six-digit code means: itself, its successor, else the city or province around it."""
    if not re.fullmatch(r"[0-9]{6}", code):
        return DivisionAnswer(None, "", f"“{code[:20]}”不是六位行政区划代码")
    table = read_table()
    if code == "100000":
        whole = Division(code, "全国", Fineness.COUNTRY, "")
        return DivisionAnswer(whole, "100000 表示在国家市场监督管理总局登记", "登记机关为国家级，看不出所在地")
    row = table.current.get(code)
    if row is not None and row.name not in PLACEHOLDERS:
        division = make_division(code)
        said = "" if division.is_local else f"代码只到{_FINENESS_ZH[division.fineness]}，看不出区县"
        return DivisionAnswer(division, f"代码 {code}", said)
    old = table.retired.get(code)
    if old is not None:
        return _successor(code, old)
    return _around(
        code, f"代码 {code} 不在区划表中（市辖区、开发区登记机关等）" if row is None else f"代码 {code}（{row.name}）"
    )


def find_division_of_uscc(uscc: str) -> DivisionAnswer:
    """The division of the authority that registered a unified social credit code: characters 3 to 8.

    It is where the subject was registered then; it may have moved its 住所 since.
    """
    if len(uscc) != 18:
        return DivisionAnswer(None, "", "统一社会信用代码应为18位")
    return find_division(uscc[2:8])


def province_of_plate(letter: str) -> Division | None:
    """The province of its one-character abbreviation (粤), as 备案 numbers bear it."""
    code = _ABBREVIATIONS.get(letter)
    return make_division(f"{code}0000") if code else None


def list_current(fineness: Fineness) -> tuple[Division, ...]:
    """All divisions of today of one fineness, by code."""
    found = (make_division(code) for code, row in read_table().current.items() if row.name not in PLACEHOLDERS)
    return tuple(one for one in found if one.fineness is fineness)


def list_retired() -> tuple[tuple[str, str, int], ...]:
    """All retired codes with their last name and last year."""
    return tuple((code, row.name, row.until or 0) for code, row in read_table().retired.items())


_FINENESS_ZH = {
    Fineness.COUNTRY: "全国",
    Fineness.PROVINCE: "省级",
    Fineness.PREFECTURE: "地级市",
    Fineness.COUNTY: "县级",
}
PLACEHOLDERS = frozenset({"市辖区", "县", "市区", "省直辖县级行政单位", "自治区直辖县级行政单位"})
_GENERIC = frozenset({"城区", "郊区", "新区", "矿区", "东区", "西区", "南区", "北区", "中区", "市中区", "新城区"})
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
_ABBREVIATIONS = {
    "京": "11", "津": "12", "冀": "13", "晋": "14", "蒙": "15", "辽": "21", "吉": "22", "黑": "23",
    "沪": "31", "苏": "32", "浙": "33", "皖": "34", "闽": "35", "赣": "36", "鲁": "37", "豫": "41",
    "鄂": "42", "湘": "43", "粤": "44", "桂": "45", "琼": "46", "渝": "50", "川": "51", "贵": "52",
    "云": "53", "藏": "54", "陕": "61", "甘": "62", "青": "63", "宁": "64", "新": "65",
}  # fmt: skip
_TAIL = re.compile(r"(?:自治州|自治县|自治旗|地区|市|区|县|旗|盟)$")


@dataclass(frozen=True)
class NameYears:
    """A name that a code had, with the years in which it had it."""

    name: str
    since: int | None
    until: int | None


@dataclass(frozen=True)
class DivisionTable:
    """All codes and names, read once."""

    current: dict[str, NameYears]
    retired: dict[str, NameYears]  # codes that mean nothing today, with the last name they had
    successors: dict[str, str]
    county_names: dict[str, tuple[str, ...]]  # full name → codes of today
    retired_names: dict[str, tuple[str, ...]]
    children: dict[str, tuple[str, ...]]  # prefecture's four digits → county codes of today
    longest: int


@cache
def read_table() -> DivisionTable:
    """The table of python-stdnum with what divisions.toml adds, read at the first question."""
    from stdnum import numdb

    rows: dict[str, list[NameYears]] = {}
    for length, low, _high, properties, children in numdb.get("cn/loc").prefixes:
        if length != 2:
            continue
        name = _PROVINCE_NAMES.get(low, properties["province"])
        rows.setdefault(f"{low}0000", []).append(NameYears(name, None, None))
        for _length, rest, _, told, _ in children:
            rows.setdefault(low + rest, []).extend(_read_names(told["county"]) if rest != "0000" else ())
    extra = tomllib.loads(resources.files("monitor.reference").joinpath("divisions.toml").read_text(encoding="utf-8"))
    for code, (name, since) in extra["newer"].items():
        rows.setdefault(code, []).append(NameYears(name, since, None))
    this_year = extra["checked"].year
    current = {code: row for code in sorted(rows) for row in rows[code] if row.until is None or row.until > this_year}
    retired = {code: rows[code][-1] for code in sorted(rows) if code not in current and rows[code]}
    names: dict[str, list[str]] = {}
    gone: dict[str, list[str]] = {}
    children_of: dict[str, list[str]] = {}
    for code, row in current.items():
        if not code.endswith("00") and row.name not in PLACEHOLDERS:
            names.setdefault(row.name, []).append(code)
            children_of.setdefault(code[:4], []).append(code)
    for code in rows:
        for row in rows[code]:
            if row.until is not None and not code.endswith("00") and row.name not in PLACEHOLDERS:
                gone.setdefault(row.name, []).append(code)
    return DivisionTable(
        current,
        retired,
        {old: new for old, (new, _) in extra["successors"].items()},
        {name: tuple(codes) for name, codes in names.items()},
        {name: tuple(codes) for name, codes in gone.items()},
        {prefix: tuple(codes) for prefix, codes in children_of.items()},
        max(map(len, (*names, *gone))),
    )


_PROVINCE_NAMES = {"81": "香港特别行政区", "82": "澳门特别行政区"}


def _read_names(told: str) -> Iterable[NameYears]:
    """The names that a code has had: `[1983-1995]南区,[1996-]天心区`."""
    for part in told.split(","):
        years = re.match(r"\[(\d*)-(\d*)\](.+)", part)
        if years is None:
            yield NameYears(part, None, None)
        else:
            yield NameYears(years[3], int(years[1]) if years[1] else None, int(years[2]) if years[2] else None)


def make_division(code: str) -> Division:
    """The division of a code of today, with the names around it."""
    table = read_table()
    province = table.current[f"{code[:2]}0000"].name
    if code.endswith("0000"):
        return Division(code, province, Fineness.PROVINCE, province)
    around = table.current.get(f"{code[:4]}00")
    prefecture = "" if around is None or around.name in PLACEHOLDERS else around.name
    has_counties = bool(table.children.get(code[:4]))
    if code.endswith("00"):
        return Division(code, province + prefecture, Fineness.PREFECTURE, province, prefecture, "", has_counties)
    county = table.current[code].name
    return Division(code, province + prefecture + county, Fineness.COUNTY, province, prefecture, county)


def _successor(code: str, old: NameYears) -> DivisionAnswer:
    table = read_table()
    gone = f"{old.name}（代码 {code}，{old.until} 年起不再使用）" if old.until else old.name
    told = table.successors.get(code)
    if told is not None:
        division = make_division(told)
        said = "" if division.is_local else f"代码只到{_FINENESS_ZH[division.fineness]}，看不出区县"
        return DivisionAnswer(division, f"原{gone}并入或改为{division.name}", said, old.name)
    if old.name not in PLACEHOLDERS and old.name not in _GENERIC:
        same_city = [one for one in table.children.get(code[:4], ()) if _lives_on(old.name, table.current[one].name)]
        if len(same_city) == 1:
            return DivisionAnswer(make_division(same_city[0]), f"原{gone}改设，同市同名", "", old.name)
        # the prefecture itself had another code then: the same name in the province, if it is the only one
        everywhere = [
            one
            for one, row in table.current.items()
            if one[:2] == code[:2] and not one.endswith("0000") and _lives_on(old.name, row.name)
        ]
        finest = [one for one in everywhere if not one.endswith("00")] or everywhere
        if len(finest) == 1 and not same_city:
            division = make_division(finest[0])
            if finest[0].endswith("00") and not code.endswith("00"):
                return DivisionAnswer(
                    division, f"原{gone}后继区县不明，只到同名的{division.name}", "看不出区县", old.name
                )
            said = "" if division.is_local else f"代码只到{_FINENESS_ZH[division.fineness]}，看不出区县"
            return DivisionAnswer(division, f"原{gone}改设，全省只此一处同名", said, old.name)
    around = _around(code, f"原{gone}已撤销，后继区县不明")
    return DivisionAnswer(around.division, around.step, around.problem, old.name)


def _around(code: str, why: str) -> DivisionAnswer:
    """The city, else the province around a code that means no county of today."""
    table = read_table()
    if code[:2] in MUNICIPALITIES:
        return DivisionAnswer(make_division(f"{code[:2]}0000"), f"{why}，按前两位取直辖市", "看不出区县")
    city = table.current.get(f"{code[:4]}00")
    if city is not None and city.name not in PLACEHOLDERS:
        division = make_division(f"{code[:4]}00")
        said = "看不出区县" if division.has_counties else ""
        return DivisionAnswer(division, f"{why}，按前四位取{division.prefecture}", said)
    if f"{code[:2]}0000" in table.current:
        return DivisionAnswer(make_division(f"{code[:2]}0000"), f"{why}，只按前两位取省", "看不出市和区县")
    return DivisionAnswer(None, "", f"代码 {code} 的前两位不是任何省份")


def stem_of(name: str) -> str:
    """A name without its rank: 富阳市 → 富阳."""
    return _TAIL.sub("", name)


def _lives_on(old: str, new: str) -> bool:
    """Whether a name of today is the old one with another rank: 富阳市 → 富阳区, 赣县 → 赣县区, 和县 → 和县."""
    return old == new or new == f"{old}区" or (len(stem_of(old)) >= 2 and stem_of(old) == stem_of(new))

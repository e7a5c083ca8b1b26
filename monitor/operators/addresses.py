"""The division that a postal address or a company's name begins with: 广东省深圳市南山区…, 深圳南山区…, 浙江义乌市….

Only the first chain of names counts, so that a street called after a city (南京路) says nothing. What several cities
bear needs its city beside it; a name that is gone is mapped to that of today. Nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from monitor.operators.divisions import (
    MUNICIPALITIES,
    PLACEHOLDERS,
    DivisionAnswer,
    find_division,
    make_division,
    read_table,
    stem_of,
)

_MOST_TEXT = 200  # of an address that is looked into
_FURTHEST_START = 40  # the division begins at most so far into a text
# 延边朝鲜族自治州 is written 延边州: the peoples in the names of the thirty prefectures that are called so
_PEOPLES = re.compile(
    r"(?:(?:朝鲜|土家|布依|哈尼|景颇|傈僳|苗|侗|彝|傣|藏|羌|壮|白|回|蒙古)族|蒙古|哈萨克|柯尔克孜)+自治州$"
)
# what may follow 昆山 for 昆山市 behind its city: nothing, a zone, a road or a town of its own; not 路 (建德路) alone
_SHORT_CITY = re.compile(
    r"$|(?:国家级?)?(?:经济|高新)?(?:技术)?(?:产业)?开发区|高新区|[\u4e00-\u9fff]{2,5}(?:镇|乡|街道|村|路|街|大道)"
)
_PROVINCE_TAIL = re.compile(r"(?:特别行政区|特別行政區|维吾尔自治区|壮族自治区|回族自治区|自治区|省|市)$")


def find_division_in(text: str) -> DivisionAnswer:
    """The division that an address names: 广东省深圳市南山区…, 深圳市南山区…, 浙江义乌市….

    A county whose name several cities bear needs its city beside it. Only the first chain of names counts, so that a
    street called after a city (南京路) says nothing.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text[: 2 * _MOST_TEXT]))[:_MOST_TEXT]
    plain = re.sub(r"^(?:.{0,8}?(?:地址|住所|场所|所在地)(?:为|在|是)?[:：]?)?(?:中华人民共和国|中国)?", "", plain)
    for start in range(min(len(plain), _FURTHEST_START)):
        found = _read_chain(plain, start)
        if found is not None:
            return found
    return DivisionAnswer(None, "", "没有认出省、市、区县的名称")


@cache
def _provinces() -> tuple[tuple[str, str], ...]:
    """(name or short name, two digits), the longest first."""
    found = {}
    for code, row in read_table().current.items():
        if code.endswith("0000"):
            found[row.name] = code[:2]
            found[_PROVINCE_TAIL.sub("", row.name)] = code[:2]
    found["内蒙古"] = "15"
    return tuple(sorted(found.items(), key=lambda one: -len(one[0])))


@cache
def _prefectures() -> tuple[tuple[str, str, str], ...]:
    """(full name, short name, four digits), the longest first."""
    rows = [
        (row.name, stem_of(row.name), code[:4])
        for code, row in read_table().current.items()
        if code.endswith("00") and not code.endswith("0000") and row.name not in PLACEHOLDERS
    ]
    short = [(_PEOPLES.sub("州", name), code) for name, _, code in rows]
    rows += [
        (name, name, code) for name, code in short if name.endswith("州") and name not in {one for one, *_ in rows}
    ]
    return tuple(sorted(rows, key=lambda one: -len(one[0])))


def _read_chain(text: str, start: int) -> DivisionAnswer | None:
    """The chain of names that begins here, None where none does."""
    place = start
    province = next(
        (
            (name, code)
            for name, code in _provinces()
            if text.startswith(name, place) and text[place : place + 3] != "海南州"
        ),
        None,
    )  # 海南州 lies in 青海
    if province is not None:
        name, digits = province
        after = place + len(name)
        if name == _PROVINCE_TAIL.sub("", name) and start > 0:
            return None  # a short name inside a text (南京西路上海大厦) begins nothing
        found = _below_province(text, after, digits)
        if found is not None:
            return found
        if digits == "22" and text.startswith("吉林市", place):
            return _read_counties(text, place + 3, "2202", "吉林市")
        if re.match(r"[路街道大]", text[after : after + 1]) and not name.endswith(("省", "区", "市")):
            return None
        return DivisionAnswer(
            make_division(f"{digits}0000"), f"地址写明“{name}”", "地址没有写到市或区县，或其名称未认出"
        )
    for name, short, digits in _prefectures():
        if text.startswith(name, place):
            return _read_counties(text, place + len(name), digits, name)
        if start == 0 and len(short) >= 2 and text.startswith(short, place):
            county = _county_at(text, place + len(short), digits)
            if county is not None:
                return county
    return _county_alone(text, place)


def _below_province(text: str, place: int, province: str) -> DivisionAnswer | None:
    if province in MUNICIPALITIES:
        place += len("市辖区") if text.startswith("市辖区", place) else 0
        place += 1 if text.startswith("市", place) else 0
        for prefix in (f"{province}01", f"{province}02"):
            county = _county_at(text, place, prefix)
            if county is not None:
                return county
        return None
    for name, short, digits in _prefectures():
        if digits[:2] != province:
            continue
        if text.startswith(name, place):
            return _read_counties(text, place + len(name), digits, name)
        if len(short) >= 2 and text.startswith(short, place) and not _names_county(text, place, province):
            return _county_at(text, place + len(short), digits) or _city_only(digits, short)
    foreign = next(
        (name for name, _, digits in _prefectures() if digits[:2] != province and text.startswith(name, place)), None
    )
    if foreign is not None:
        return DivisionAnswer(None, "", f"地址前后矛盾：{foreign}不在{make_division(province + '0000').name}")
    return _county_in(text, place, province)


def _read_counties(text: str, place: int, prefecture: str, name: str) -> DivisionAnswer:
    """The county after a city's name, else the city."""
    county = _county_at(text, place, prefecture)
    return county or _city_only(prefecture, name)


def _city_only(prefecture: str, name: str) -> DivisionAnswer:
    division = make_division(f"{prefecture}00")
    said = "地址没有写到区县，或其名称未认出" if division.has_counties else ""
    return DivisionAnswer(division, f"地址写明“{name}”", said)


def _county_at(text: str, place: int, prefecture: str) -> DivisionAnswer | None:
    """The county of one city whose name stands here; a name that is gone is mapped to that of today."""
    table = read_table()
    place += len("市辖区") if text.startswith("市辖区", place) else 0
    for length in range(min(table.longest, len(text) - place), 1, -1):
        name = text[place : place + length]
        codes = [code for code in table.county_names.get(name, ()) if code[:4] == prefecture]
        if codes:
            return DivisionAnswer(make_division(codes[0]), f"地址写明“{name}”")
        gone = [code for code in table.retired_names.get(name, ()) if code[:4] == prefecture]
        if gone:
            found = find_division(gone[-1])
            return DivisionAnswer(found.division, f"地址写明“{name}”，{found.step}", found.problem, name)
    return _short_city_at(text, place, prefecture)


def _short_city_at(text: str, place: int, prefecture: str) -> DivisionAnswer | None:
    """A city of county rank under this one, written without its 市: 苏州昆山前进路."""
    for code in read_table().children.get(prefecture, ()):
        city = make_division(code)
        name = stem_of(city.county)
        named = city.county.endswith("市") and len(name) >= 2 and text.startswith(name, place)
        if named and _SHORT_CITY.match(text, place + len(name)):
            return DivisionAnswer(city, f"地址写明“{name}”，即{city.county}")
    return None


def _names_county(text: str, place: int, province: str) -> bool:
    """Whether a county of the province stands here by its full name, which goes before a city's short one."""
    table = read_table()
    return any(
        code[:2] == province
        for length in range(min(table.longest, len(text) - place), 1, -1)
        for code in table.county_names.get(text[place : place + length], ())
    )


def _county_in(text: str, place: int, province: str) -> DivisionAnswer | None:
    """A county named right after its province: one that only one of its cities has."""
    table = read_table()
    for length in range(min(table.longest, len(text) - place), 1, -1):
        name = text[place : place + length]
        codes = [code for code in table.county_names.get(name, ()) if code[:2] == province]
        if len(codes) == 1:
            return DivisionAnswer(make_division(codes[0]), f"地址写明“{name}”")
        if codes:
            return _ambiguous(name, codes)
    return None


def _county_alone(text: str, place: int) -> DivisionAnswer | None:
    """A county without its city: told only if the country has one of that name."""
    table = read_table()
    for length in range(min(table.longest, len(text) - place), 2, -1):
        name = text[place : place + length]
        codes = table.county_names.get(name, ())
        if len(codes) == 1:
            return DivisionAnswer(make_division(codes[0]), f"地址写明“{name}”，全国只此一处")
        if codes:
            return _ambiguous(name, codes)
    return None


def _ambiguous(name: str, codes: Iterable[str]) -> DivisionAnswer:
    places = "、".join(make_division(code).name for code in list(codes)[:4])
    return DivisionAnswer(None, "", f"“{name}”有多处（{places}），地址没有写明是哪一处")

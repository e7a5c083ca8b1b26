"""A case from a TOML file, and the commented example of one.

Takes the text, gives the facts, or raises CaseFileWrong that names every wrong key and value with its line. Bounded in
size, depth and count. Keys are the names of storage.case.Facts; values are written as a person would say them
("50元", "昨天 20:30", "微信商户") or as TOML has them (50.0, 2026-11-10T14:30:00).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from difflib import get_close_matches
from importlib import resources
from pathlib import Path

from monitor.complaints.facts.fact_paths import (
    MOST_DEMANDS,
    MOST_MEANT,
    MOST_ORDERS,
    Said,
    is_list,
    list_fact_names,
    put_fact,
    read_fact,
    read_list,
)
from monitor.config.problems import ConfigError, Place, find_lines
from monitor.config.settings import parse_config_text
from storage.case import Demand, DemandKind, Facts, Meant, Order

LARGEST = 500_000
"""The largest file, in bytes."""

_MOST_TOLD = 30
_TABLES = ("buyer", "guardian", "helper", "respondent")
_ARRAYS = {"orders": MOST_ORDERS, "demands": MOST_DEMANDS, "meant": MOST_MEANT}


class CaseFileWrong(Exception):  # noqa: N818 - reads as a sentence where it is caught
    """A file of a case cannot be taken as it is; the message names every place and what to write there."""


def read_case_file(path: Path, now: datetime) -> Facts:
    """The facts that a file gives. Raises CaseFileWrong for what is no readable UTF-8 TOML of that form."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise CaseFileWrong(f"{path}：打不开（{error.strerror}）") from None
    if len(data) > LARGEST:
        raise CaseFileWrong(f"{path}：超过{LARGEST // 1000}KB，是不是选错了文件？")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CaseFileWrong(f"{path}：第{line}行不是 UTF-8 文字，请用 UTF-8 编码保存") from None
    return read_case_text(text, now, path.name)


def read_case_text(text: str, now: datetime, name: str = "文件") -> Facts:
    """The facts that a TOML text gives; as `read_case_file`."""
    try:
        values = parse_config_text(text, Path(name))
    except ConfigError as error:
        detail = "；".join(problem.reason for problem in error.problems)[:300]
        raise CaseFileWrong(
            f"{name}：不是正确的 TOML（{detail}）。`cardwatch case new --example` 打印一个样例"
        ) from None
    reader = _Reader(text, now)
    facts = reader.read(values)
    if reader.wrong:
        shown = reader.wrong[:_MOST_TOLD]
        if len(reader.wrong) > _MOST_TOLD:
            shown.append(f"……还有{len(reader.wrong) - _MOST_TOLD}处")
        raise CaseFileWrong(f"{name}：有{len(reader.wrong)}处要改\n" + "\n".join(f"  {line}" for line in shown))
    return facts


def show_example() -> str:
    """A commented example of such a file."""
    return resources.files("monitor.reference").joinpath("case_example.toml").read_text("utf-8")


class _Reader:
    """Goes through the tables and gathers what is wrong."""

    def __init__(self, text: str, now: datetime) -> None:
        self.wrong: list[str] = []
        self._lines = find_lines(text)
        self._now = now

    def read(self, values: Mapping[str, object]) -> Facts:
        facts = Facts()
        for key, value in values.items():
            if key in _ARRAYS:
                facts = replace(facts, **{key: self._read_array(key, value)})  # type: ignore[arg-type]
            elif key in _TABLES:
                if not isinstance(value, dict):
                    self._say((key,), f"要写成一个表 [{key}]")
                    continue
                for below, one in value.items():
                    facts = self._put(facts, f"{key}.{below}", (key, below), one)
            else:
                facts = self._put(facts, key, (key,), value)
        return facts

    def _put(self, facts: Facts, name: str, place: Place, value: object) -> Facts:
        if name not in list_fact_names() or name.partition(".")[0] in _ARRAYS:
            self._unknown(name, place)
            return facts
        found = self._value(name, place, value)
        return facts if found is None else put_fact(facts, name, found)

    def _read_array(self, table: str, value: object) -> tuple[Order | Demand | Meant, ...]:
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self._say((table,), f"要写成 [[{table}]]，每项一段")
            return ()
        if len(value) > _ARRAYS[table]:
            self._say((table,), f"有{len(value)}项，最多{_ARRAYS[table]}项")
            return ()
        made: list[Order | Demand | Meant] = []
        for number, one in enumerate(value):
            item = self._new_item(table, number, one)
            if item is None:
                continue
            for key, said in one.items():
                name, place = f"{table}.{key}", (table, number, key)
                if name not in list_fact_names():
                    self._unknown(name, place)
                    continue
                found = self._value(name, place, said)
                if found is not None:
                    item = replace(item, **{key: found})  # type: ignore[arg-type]
            made.append(item)
        return tuple(made)

    def _new_item(self, table: str, number: int, one: Mapping[str, object]) -> Order | Demand | Meant | None:
        """What an array holds, with the field it cannot be without; None where that is missing (and then told)."""
        if table == "orders":
            return Order()
        needed, told = ("kind", "诉求的种类") if table == "demands" else ("words", "原话")
        if needed not in one:
            self._say((table, number), f"没有写 {needed}（{told}）")
            return None
        found = self._value(f"{table}.{needed}", (table, number, needed), one[needed])
        if table == "meant":
            return Meant(str(found)) if found else None
        return Demand(found) if isinstance(found, DemandKind) else None

    def _value(self, name: str, place: Place, value: object) -> object:
        """The value, None where it is not known or wrong (and then told)."""
        try:
            if is_list(name):
                if not isinstance(value, list):
                    raise ValueError('要写成列表，例如 ["e-…"]')
                return read_list(name, value, self._now)
            if isinstance(value, time) or not isinstance(value, str | int | float | bool | datetime | date):
                raise ValueError("要写成一个值，不能是表、列表或只有钟点的时间")
            said: Said = value
            return read_fact(name, said, self._now)
        except ValueError as error:
            self._say(place, str(error))
            return None

    def _unknown(self, name: str, place: Place) -> None:
        close = get_close_matches(name[:80], [*list_fact_names(), *_ARRAYS, *_TABLES], n=1, cutoff=0.5)
        self._say(place, "没有这一项" + (f"，您是要写 {close[0]} 吗？" if close else ""))

    def _say(self, place: Place, what: str) -> None:
        line = next((self._lines[place[:n]] for n in range(len(place), 0, -1) if place[:n] in self._lines), 0)
        shown = ".".join(str(part + 1) if isinstance(part, int) else part[:40] for part in place)
        self.wrong.append((f"第{line}行 " if line else "") + f"{shown}：{what}")

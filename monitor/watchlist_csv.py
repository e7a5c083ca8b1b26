"""Pages from a CSV file, as spreadsheets save it: columns platform, url, role and, if wanted, schedule and vantage.

UTF-8 with or without a mark, or GB18030 (what Excel saves on a Chinese Windows); comma, semicolon or tab. Every row
that cannot be read is named by its line, the others are given.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from monitor.watchlist import NewPage

LARGEST_FILE = 20_000_000
_COLUMNS = {
    "platform": "platform", "平台": "platform",
    "url": "url", "网址": "url", "链接": "url",
    "role": "role", "用途": "role", "角色": "role", "类型": "role",
    "schedule": "schedule", "计划": "schedule", "频率": "schedule",
    "vantage": "vantage", "视角": "vantage",
}  # fmt: skip
_ROLES = {
    "商品": "product", "条款": "terms", "公告": "notice", "首页": "home", "联系": "contact", "订单": "order",
    "发布页": "release",
}  # fmt: skip
_NEEDED = ("platform", "url", "role")


class PageListError(ValueError):
    """The file is no list of pages."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be read: its first line, and why."""

    line: int
    reason: str


def read_page_list(path: Path) -> tuple[tuple[NewPage, ...], tuple[BadRow, ...]]:
    """The pages of a CSV file, each with its line as source, and the rows that are wrong. Raises PageListError."""
    text = _read_text(path)
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: list[str] | None = None
    pages: list[NewPage] = []
    bad: list[BadRow] = []
    line = 1
    try:
        for row in rows:
            first, line = line, rows.line_num + 1
            if not any(cell.strip() for cell in row):
                continue
            if columns is None:
                columns = _read_header(path, row)
                continue
            if len(row) > len(columns) and any(cell.strip() for cell in row[len(columns) :]):
                bad.append(BadRow(first, f"has {len(row)} cells, but there are {len(columns)} columns"))
                continue
            cells = {name: cell.strip() for name, cell in zip(columns, row, strict=False)}
            missing = [name for name in _NEEDED if not cells.get(name)]
            if missing:
                bad.append(BadRow(first, f"has no {' and no '.join(missing)}"))
                continue
            role = _ROLES.get(cells["role"], cells["role"])
            pages.append(
                NewPage(
                    cells["platform"], cells["url"], role, cells.get("schedule", ""), cells.get("vantage", ""),
                    source=f"line {first}",
                )
            )  # fmt: skip
    except csv.Error as error:
        bad.append(BadRow(line, f"cannot be read, nor can what follows: {error}"))
    if columns is None:
        raise PageListError(path, "is empty; its first line must be: platform,url,role,schedule")
    return tuple(pages), tuple(bad)


def _read_text(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise PageListError(path, f"has more than {LARGEST_FILE // 1_000_000} MB; split it")
    if data.startswith(b"PK"):
        raise PageListError(path, "is a spreadsheet or archive; save it as CSV first")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise PageListError(path, "is neither UTF-8 nor GBK; save it as CSV UTF-8")


def _read_header(path: Path, row: list[str]) -> list[str]:
    columns = [_COLUMNS.get(cell.strip().lower(), "") for cell in row]
    unknown = [cell.strip() for cell, name in zip(row, columns, strict=True) if not name and cell.strip()]
    missing = [name for name in _NEEDED if name not in columns]
    doubled = sorted({name for name in columns if name and columns.count(name) > 1})
    for words, what in ((missing, "has no column"), (unknown, "has an unknown column"), (doubled, "has twice")):
        if words:
            raise PageListError(path, f"{what} {', '.join(words)}; its first line must be: platform,url,role,schedule")
    return columns

"""The text of config.toml with pages put in: at the end of their platform, every other line as it was.

Files that write their lists inline (`pages = [{...}]`) are edited by tomlkit; the usual form is edited by lines,
because tomlkit puts a new table behind the comments that stand before the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import tomlkit
from tomlkit.items import AoT, Table

from monitor.config.problems import Place, find_lines


@dataclass(frozen=True)
class Entry:
    """A page to be written: its platform and the keys that it gets."""

    platform: str
    values: dict[str, str]


def insert_entries(text: str, data: dict[str, object], entries: Sequence[Entry]) -> str:
    """The text with the entries; `data` is the text as parsed. The caller checks the result against what it meant."""
    places = find_lines(text)
    inline = ("platforms",) in places or any(place[2:] == ("pages",) for place in places)
    if inline:
        return _insert_by_tomlkit(text, entries)
    return _insert_by_lines(text, _platform_names(data), places, entries)


def _platform_names(data: dict[str, object]) -> list[str]:
    platforms = data.get("platforms", [])
    listed = platforms if isinstance(platforms, list) else []
    return [str(platform.get("name", "")).strip() for platform in listed]


def _insert_by_lines(text: str, names: list[str], places: dict[Place, int], entries: Sequence[Entry]) -> str:
    carriage = "\r" if "\r\n" in text else ""
    lines = text.rstrip("\n").split("\n")
    additions: dict[int, list[str]] = {}
    for name in dict.fromkeys(entry.platform for entry in entries):
        blocks: list[str] = []
        if name in names:
            position = _last_line(lines, places, names.index(name))
        else:
            position = _last_line(lines, places, len(names) - 1) if names else len(lines)
            blocks += ["", "[[platforms]]", f"name = {_quote(name)}"]
        for entry in entries:
            if entry.platform == name:
                keys = [f"  {key} = {_quote(value)}" for key, value in entry.values.items()]
                blocks += ["", "  [[platforms.pages]]", *keys]
        additions.setdefault(position, []).extend(line + carriage for line in blocks)
    edited: list[str] = []
    for number in range(len(lines) + 1):
        if number:
            edited.append(lines[number - 1])
        edited += additions.get(number, [])
    return "\n".join(edited) + "\n"


def _last_line(lines: list[str], places: dict[Place, int], platform: int) -> int:
    """The last line that says something about a platform, counted from 1."""
    start = places[("platforms", platform)]
    headers = sorted(
        line for place, line in places.items() if lines[line - 1].lstrip().startswith("[") and line > start
    )
    inside = {line for place, line in places.items() if place[:2] == ("platforms", platform)}
    end = next((line for line in headers if line not in inside), len(lines) + 1) - 1
    while end > start and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def _quote(text: str) -> str:
    return tomlkit.string(text).as_string()


def _insert_by_tomlkit(text: str, entries: Sequence[Entry]) -> str:
    document = tomlkit.parse(text if text.endswith("\n") else text + "\n")
    platforms = document["platforms"]
    if not isinstance(platforms, (list, AoT)):
        return text
    by_name: dict[str, object] = {}
    for platform in platforms:
        by_name.setdefault(str(platform.get("name", "")).strip(), platform)
    for entry in entries:
        if entry.platform not in by_name:
            platforms.append(_make_table({"name": entry.platform}, inline=not isinstance(platforms, AoT)))
            by_name[entry.platform] = platforms[-1]
        platform = by_name[entry.platform]
        if not isinstance(platform, dict):
            return text
        if "pages" not in platform:
            platform["pages"] = tomlkit.aot() if isinstance(platform, Table) else tomlkit.array()
        pages = platform["pages"]
        pages.append(_make_table(entry.values, inline=not isinstance(pages, AoT)))
    return tomlkit.dumps(document)


def _make_table(values: dict[str, str], *, inline: bool) -> object:
    table = tomlkit.inline_table() if inline else tomlkit.table()
    for key, value in values.items():
        table.append(key, value)
    return table

"""Editing the watch list in config.toml: pages are added, and everything else in the file stays as it was.

The new text is checked before it replaces the file in one step: it must hold all that the old one held and the new
pages, and the new pages must be right. Two edits at once wait for each other.
"""

from __future__ import annotations

import copy
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from monitor.config.pages import PageSettings, read_page
from monitor.config.problems import ConfigError, Problem, Problems
from monitor.config.section import Section
from monitor.config.settings import Settings, parse_config_text, read_config_text, read_settings
from monitor.config.text import Entry, insert_entries

_WAIT_SECONDS = 10.0
_TRY_SECONDS = 0.05
_MARK = b"\xef\xbb\xbf"  # some editors on Windows begin a file with it; it is kept

Accepted = tuple[PageSettings, dict[str, str]]


@dataclass(frozen=True)
class NewPage:
    """A page to be added; an empty `schedule` or `vantage` leaves it to the defaults. `source` names a CSV line."""

    platform: str
    url: str
    role: str
    schedule: str = ""
    vantage: str = ""
    source: str = ""


@dataclass(frozen=True)
class Refusal:
    """A page that was not added, and why. `known` when it is in the list already."""

    page: NewPage
    reason: str
    known: bool = False


@dataclass(frozen=True)
class Addition:
    """What an edit did: the pages as they are watched now, those that were refused, and whether the file is new."""

    added: tuple[PageSettings, ...]
    refused: tuple[Refusal, ...]
    created: bool


def add_pages(path: Path, pages: Sequence[NewPage]) -> Addition:
    """Add pages to the file at `path`, which is made from the commented default if it is not there.

    Wrong pages and those already watched are refused one by one; the others are added. Raises ConfigError when the
    file itself cannot be edited; then nothing has changed.
    """
    target = path.resolve()  # a link is edited where it leads, not replaced
    target.parent.mkdir(parents=True, exist_ok=True)
    with _hold_edit(target):
        created = not target.exists()
        text = default_config() if created else read_config_text(target)
        settings = read_settings(text, target, {}, tolerant=True)
        accepted, refused = _choose_pages(settings, pages)
        if not accepted:
            return Addition((), tuple(refused), created=False)
        entries = [Entry(page.platform, values) for page, values in accepted]
        edited = _edit_text(text, entries, target)
        _replace_file(target, edited, marked=not created and target.read_bytes().startswith(_MARK))
        return Addition(tuple(page for page, _ in accepted), tuple(refused), created)


def default_config() -> str:
    """The commented default configuration."""
    return files("monitor").joinpath("reference/config.toml").read_text("utf-8")


def _choose_pages(settings: Settings, pages: Sequence[NewPage]) -> tuple[list[Accepted], list[Refusal]]:
    """Split pages into those that are right and new, and the others."""
    defaults = {platform.name: platform.defaults for platform in settings.platforms}
    known = {(page.platform, page.url, page.vantage.name) for page in settings.pages}
    accepted: list[Accepted] = []
    refused: list[Refusal] = []
    for page in pages:
        name = page.platform.strip()
        problems = Problems()
        section = Section(_values_of(page), (), problems)
        if not name or not name.isprintable():
            section.wrong("platform", "is empty" if not name else "has an invisible character in it")
        usual = defaults.get(name, settings.defaults)
        found = read_page(section, name, usual, settings.vantages)
        if found is None or len(problems):
            refused.append(Refusal(page, "; ".join(str(problem) for problem in problems.tell(""))))
            continue
        key = (name, found.url, found.vantage.name)
        if key in known:
            reason = f"{found.url} is in the list of '{name}' already (vantage {found.vantage.name})"
            refused.append(Refusal(page, reason, known=True))
            continue
        known.add(key)
        accepted.append((found, _values_of(page) | {"url": found.url}))
    return accepted, refused


def _values_of(page: NewPage) -> dict[str, str]:
    """The keys of a page as they will stand in the file."""
    given = {
        "url": page.url,
        "role": page.role.strip(),
        "schedule": page.schedule.strip(),
        "vantage": page.vantage.strip(),
    }
    return {key: value for key, value in given.items() if value}


def _edit_text(text: str, entries: Sequence[Entry], path: Path) -> str:
    """The text with the entries in it; it must say what the old one said and the entries, nothing else."""
    before = parse_config_text(text, path)
    wanted = _merge_entries(before, entries)
    edited = insert_entries(text, before, entries)
    try:
        same = parse_config_text(edited, path) == wanted
    except ConfigError:
        same = False
    if not same:
        mend = "its form is too unusual to be edited safely, nothing was changed; add the entry by hand"
        raise ConfigError(path, (Problem("platforms", mend),))
    return edited


def _merge_entries(before: dict[str, object], entries: Sequence[Entry]) -> dict[str, object]:
    after = copy.deepcopy(before)
    platforms = after.setdefault("platforms", [])
    if not isinstance(platforms, list):
        return after
    by_name: dict[str, dict[str, list[dict[str, str]]]] = {}
    for platform in platforms:
        by_name.setdefault(str(platform.get("name", "")).strip(), platform)
    for entry in entries:
        if entry.platform not in by_name:
            platforms.append({"name": entry.platform})
            by_name[entry.platform] = platforms[-1]
        by_name[entry.platform].setdefault("pages", []).append(entry.values)
    return after


@contextmanager
def _hold_edit(target: Path) -> Iterator[None]:
    """The right to edit the target, held by a file beside it that only one process can make; gone at the end."""
    lock = target.with_name(f".{target.name}.lock")
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            break
        except (FileExistsError, PermissionError) as error:
            # Windows says PermissionError while another process is about to remove the file.
            if time.monotonic() > deadline:
                told = "another edit is under way. If none is, one was killed: delete"
                raise ConfigError(target, (Problem("", f"{told} {lock} and try again"),)) from error
            if not os.access(target.parent, os.W_OK):
                raise ConfigError(target, (Problem("", f"{target.parent} cannot be written"),)) from error
            time.sleep(_TRY_SECONDS)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _replace_file(target: Path, text: str, *, marked: bool) -> None:
    draft = target.with_name(f".{target.name}.new")
    try:
        with draft.open("wb") as file:
            file.write((_MARK if marked else b"") + text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, draft)
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise

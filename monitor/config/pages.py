"""The watch list of the configuration: platforms, their pages, and the vantages from which they are looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.config.problems import Place, show_place
from monitor.config.section import Section
from monitor.page_address import normalise_address
from monitor.timetable import DEFAULT_TIMEZONE, ScheduleRule, check_timezone, parse_schedule
from scrapers.model import Role, Step, StepAction, Vantage

DEFAULT_SCHEDULE = "every 6 h"
DESKTOP = Vantage()
MOBILE = Vantage(name="mobile", width=390, height=844, mobile=True)
ROLES = {str(role): str(role) for role in Role}
_ROLE_HINTS = {
    "商品": "product", "条款": "terms", "协议": "terms", "售后": "terms", "公告": "notice", "首页": "home",
    "联系": "contact", "订单": "order", "发布页": "release", "item": "product", "goods": "product",
    "rules": "terms", "tos": "terms", "index": "home", "about": "contact", "news": "notice",
}  # fmt: skip
SESSION_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_SESSION_HINT = 'Sessions are kept encrypted now: `cardwatch login URL --session NAME`, then write session = "NAME".'
_MOST_PAGES = 100_000
_MOST_STEPS = 20
_LONGEST_WAIT = 30.0


@dataclass(frozen=True)
class PageSettings:
    """One page to watch. `keep` and `remove` are CSS selectors; `session` names a login session or is ""."""

    platform: str
    url: str
    role: Role
    schedule: ScheduleRule
    vantage: Vantage = DESKTOP
    steps: tuple[Step, ...] = ()
    keep: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    session: str = ""


@dataclass(frozen=True)
class PageDefaults:
    """What a page has when it does not say otherwise."""

    schedule: str = DEFAULT_SCHEDULE
    timezone: str = DEFAULT_TIMEZONE
    vantage: str = DESKTOP.name


NO_DEFAULTS = PageDefaults()


@dataclass(frozen=True)
class PlatformSettings:
    """A platform as the buyer knows it, with its pages and what they have when they do not say otherwise."""

    name: str
    pages: tuple[PageSettings, ...] = ()
    defaults: PageDefaults = NO_DEFAULTS


def read_vantages(section: Section) -> tuple[Vantage, ...]:
    """`desktop` and `mobile`, which are always there, and those that the file names or changes."""
    found = {DESKTOP.name: DESKTOP, MOBILE.name: MOBILE}
    for name, table in section.named_tables().items():
        usual = found.get(name, DESKTOP)
        zone = table.text("timezone", usual.timezone)
        _check_timezone(table, zone)
        agent = table.text("user_agent", usual.user_agent)
        if not agent.isascii() or not agent.isprintable():
            table.wrong("user_agent", "must be printable ASCII")
        found[name] = Vantage(
            name=name,
            width=table.count("width", usual.width, 200, 7680),
            height=table.count("height", usual.height, 200, 4320),
            locale=table.text("locale", usual.locale),
            timezone=zone,
            user_agent=agent,
            mobile=table.flag("mobile", usual.mobile),
        )
        table.refuse_rest()
    return tuple(found.values())


def read_defaults(section: Section, vantages: tuple[Vantage, ...]) -> PageDefaults:
    """What every page has when neither it nor its platform says otherwise."""
    defaults = _read_defaults(section, PageDefaults(), vantages)
    section.refuse_rest()
    return defaults


def read_platforms(
    root: Section, defaults: PageDefaults, vantages: tuple[Vantage, ...]
) -> tuple[PlatformSettings, ...]:
    """Every healthy page under its platform. What is wrong is noted and left out; the rest stays.

    A platform that stands twice is one platform. The same address from the same vantage may stand once in each.
    """
    pages: dict[str, list[PageSettings]] = {}
    said: dict[str, PageDefaults] = {}
    seen: dict[tuple[str, str, str], Place] = {}
    for platform in root.tables("platforms", most=_MOST_PAGES):
        name = platform.text("name", required=True).strip()
        own = _read_defaults(platform, defaults, vantages)
        if name and not name.isprintable():
            platform.wrong("name", "has an invisible character in it")
        listed = platform.tables("pages", most=_MOST_PAGES)
        platform.refuse_rest(dict.fromkeys(("url", "role"), "It belongs under [[platforms.pages]], after the name."))
        if not name:
            continue
        kept = pages.setdefault(name, [])
        said.setdefault(name, own)
        for section in listed:
            before = len(section.problems)
            page = read_page(section, name, own, vantages)
            if page is None or len(section.problems) > before:
                continue
            key = (name, page.url, page.vantage.name)
            if key in seen:
                first = show_place(seen[key])
                section.wrong("url", f"{page.url} stands twice in '{name}' (vantage {page.vantage.name}); see {first}")
                continue
            seen[key] = section.place
            kept.append(page)
    return tuple(PlatformSettings(name, tuple(listed), said[name]) for name, listed in pages.items())


def _read_defaults(section: Section, usual: PageDefaults, vantages: tuple[Vantage, ...]) -> PageDefaults:
    zone = section.text("timezone", usual.timezone)
    if not _check_timezone(section, zone):
        zone = usual.timezone
    schedule = section.text("schedule", usual.schedule)
    if "schedule" in section and _read_schedule(section, schedule, zone) is None:
        schedule = usual.schedule
    names = {vantage.name: vantage.name for vantage in vantages}
    return PageDefaults(schedule, zone, section.word("vantage", names, usual.vantage) or usual.vantage)


def read_page(
    section: Section, platform: str, usual: PageDefaults, vantages: tuple[Vantage, ...]
) -> PageSettings | None:
    """One page; None, or a problem noted, when it is wrong."""
    url = section.text("url", required=True)
    if url.strip():
        try:
            url = normalise_address(url)
        except ValueError as error:
            section.wrong("url", str(error))
    role = _read_role(section)
    own = _read_defaults(section, usual, vantages)
    schedule = _read_schedule(section, own.schedule, own.timezone)
    steps = _read_steps(section)
    keep, remove = _read_selectors(section, "keep"), _read_selectors(section, "remove")
    session = section.text("session")
    if session and not SESSION_NAME.fullmatch(session):
        section.wrong("session", "is no name of a session: letters, digits, - and _, at most 64 (`cardwatch login`)")
    section.refuse_rest({"session_file": _SESSION_HINT})
    if role is None or schedule is None:
        return None
    vantage = next(vantage for vantage in vantages if vantage.name == own.vantage)
    return PageSettings(platform, url, role, schedule, vantage, steps, keep, remove, session)


def _read_role(section: Section) -> Role | None:
    given = section.text("role") if "role" in section else ""
    if given in _ROLE_HINTS:
        section.wrong("role", f"'{given}' is not known. Did you mean '{_ROLE_HINTS[given]}'?")
        return None
    found = section.word("role", ROLES, required=True)
    return Role(found) if found else None


def _read_schedule(section: Section, text: str, zone: str) -> ScheduleRule | None:
    try:
        return parse_schedule(text, zone)
    except ValueError as error:
        section.wrong("schedule", str(error))
        return None


def _check_timezone(section: Section, zone: str) -> bool:
    if "timezone" not in section:
        return True
    try:
        check_timezone(zone)
    except ValueError as error:
        section.wrong("timezone", str(error))
        return False
    return True


def _read_steps(section: Section) -> tuple[Step, ...]:
    steps = []
    for table in section.tables("steps", most=_MOST_STEPS):
        word = table.word("action", {str(action): str(action) for action in StepAction}, required=True)
        selector = table.text("selector")
        seconds = table.number("seconds", 0.0, 0.0, _LONGEST_WAIT)
        table.refuse_rest()
        if word in {StepAction.CLICK, StepAction.HOVER} and not selector:
            table.wrong("selector", f'is missing: {word} what? Write selector = "#terms"')
        if word == StepAction.WAIT and not selector and not seconds:
            table.wrong("seconds", "is missing: wait how long? Write seconds = 2, or a selector to wait for")
        if word:
            steps.append(Step(StepAction(word), selector, seconds))
    return tuple(steps)


def _read_selectors(section: Section, key: str) -> tuple[str, ...]:
    selectors = section.texts(key)
    if selectors:
        import soupsieve

        for selector in selectors:
            try:
                soupsieve.compile(selector)
            except (soupsieve.SelectorSyntaxError, ValueError) as error:
                reason = str(error).partition("\n")[0]
                section.wrong(key, f"'{selector[:80]}' is no CSS selector: {reason}")
    return selectors

"""What is laid over a page: photographed and read first, closed afterwards; and what is folded away: opened and read.

Only in-page closers, tabs and notice toggles are clicked; nothing that buys, submits, logs in or leads elsewhere. The
tab's guards hold even when a page's own handler tries.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

from scrapers.deadline import Deadline
from scrapers.devtools import Payload, get_number, get_parts, get_text
from scrapers.errors import DevToolsRefused
from scrapers.model import Limits, Missing, View, ViewKind
from scrapers.page_scripts import (
    CLICK_MARKED,
    CLOSE_POPUPS,
    FIND_POPUPS,
    HIDE_STUBBORN,
    OPEN_FOLDED,
    SCROLL_THROUGH,
    VISIBLE_TEXT,
    fill,
)
from scrapers.settle import settle
from scrapers.tab import Tab

_ROUNDS = 4
_MOST_VIEWS = 16
_STEP_SECONDS = 5.0
_LEAST_GLIMPSE = 8
_WAITING = re.compile(r"加载|载入|请稍|loading", re.I)


@dataclass
class Shown:
    """What pop-ups, dialogs, tabs and notices showed, in the order seen."""

    known_pictures: dict[str, View]  # digest of a text that an earlier capture photographed -> that picture
    views: list[View] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    glimpsed: list[tuple[str, bytes]] = field(default_factory=list)  # text and picture of what was there at first

    def add_text(self, text: str, name: str) -> bool:
        """Keep a text once; False when it was there already or is empty."""
        if not text or text in self.texts or len(self.texts) >= _MOST_VIEWS:
            return False
        self.texts.append(text)
        data = text.encode("utf-8", "replace")
        self.views.append(View(ViewKind.POPUP_TEXT, "text/plain; charset=utf-8", data, _digest(data), name))
        return True

    def add_glimpsed(self) -> None:
        """Keep what had closed itself by the time pop-ups were read: nothing that was read since says the same."""
        for number, (text, picture) in enumerate(self.glimpsed, 1):
            read = {line for other in self.texts for line in other.splitlines()}
            if not any(line in read for line in text.splitlines()):
                name = f"closed itself {number}"
                if self.add_text(text, name):
                    self.views.append(View(ViewKind.POPUP_SCREENSHOT, "image/png", picture, _digest(picture), name))
        self.glimpsed.clear()

    def knows_picture(self, text: str) -> bool:
        """Whether an earlier capture photographed the same text."""
        return _digest(text.encode("utf-8", "replace")) in self.known_pictures

    def add_known_picture(self, text: str) -> bool:
        """Refer to the picture that an earlier capture took of the same text; False when there is none."""
        known = self.known_pictures.get(_digest(text.encode("utf-8", "replace")))
        if known is not None and known not in self.views:
            self.views.append(known)
        return known is not None

    async def photograph(self, tab: Tab, name: str) -> None:
        """Keep a picture of what the window shows now."""
        picture = await tab.photograph()
        self.views.append(View(ViewKind.POPUP_SCREENSHOT, "image/png", picture, _digest(picture), name))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def glimpse_popups(tab: Tab, shown: Shown, deadline: Deadline) -> None:
    """Remember what lies over the page as it has just loaded: it may close itself before the page is quiet."""
    found = await tab.evaluate(FIND_POPUPS, deadline.share(_STEP_SECONDS))
    for popup in get_parts({"list": found}, "list"):
        text = get_text(popup, "text")
        if len(text) >= _LEAST_GLIMPSE and not _WAITING.search(text[:60]) and not shown.knows_picture(text):
            shown.glimpsed.append((text, await tab.photograph()))


async def read_popups(tab: Tab, shown: Shown, deadline: Deadline, label: str = "popup") -> bool:
    """Photograph, read and close what lies over the page now, layer by layer; False when nothing did."""
    found_any = False
    for _ in range(_ROUNDS):
        found = await tab.evaluate(FIND_POPUPS, deadline.share(_STEP_SECONDS))
        popups = get_parts({"list": found}, "list")
        if not popups:
            return found_any
        found_any = True
        number = sum(1 for view in shown.views if view.kind is ViewKind.POPUP_TEXT) + 1
        name = f"{label} {number}"
        texts = [get_text(popup, "text") for popup in popups]
        fresh = [text for text in texts if shown.add_text(text, name)]
        if "" in texts or not all(shown.add_known_picture(text) for text in fresh):
            await shown.photograph(tab, name)
        await tab.evaluate(CLOSE_POPUPS, deadline.share(_STEP_SECONDS))
        await settle(tab, deadline.share(0.6))
        await tab.evaluate(HIDE_STUBBORN, deadline.share(_STEP_SECONDS))
    return found_any


def read_dialogs(tab: Tab, shown: Shown) -> None:
    """Keep what alert(), confirm() and prompt() said; they were dismissed when they came."""
    for number, message in enumerate(tab.dialogs, 1):
        shown.add_text(message, f"dialog {number}")


async def open_folded(tab: Tab, shown: Shown, deadline: Deadline, limits: Limits) -> None:
    """Open <details>, click through tabs and notice toggles, and let lazy pictures load."""
    found = await tab.evaluate(OPEN_FOLDED, deadline.share(_STEP_SECONDS))
    plan: Payload = found if isinstance(found, dict) else {}
    held, tab.held = tab.held, True
    try:
        tabs, toggles = get_parts(plan, "tabs"), get_parts(plan, "toggles")
        if tabs or toggles:
            await tab.guard_clicks()
        for kind, items in (("tab", tabs), ("notice", toggles)):
            for item in items:
                if deadline.left < deadline.seconds * 0.5:
                    shown.missing.append(Missing(f"{kind}s", f"not all were opened: no time left ({len(items)} found)"))
                    break
                await _open_one(tab, shown, deadline, limits, kind, item)
    finally:
        tab.held = held
    if (plan.get("lazy") is True or tab.observes) and plan.get("tall") is True and not tab.stilled:
        await tab.evaluate(fill(SCROLL_THROUGH, most=3000), deadline.share(_STEP_SECONDS))
        await settle(tab, deadline.share(4.0))


async def _open_one(tab: Tab, shown: Shown, deadline: Deadline, limits: Limits, kind: str, item: Payload) -> None:
    """Click one tab or toggle and keep the lines that it brought."""
    label = f"{kind}: {get_text(item, 'text')}"
    reading = fill(VISIBLE_TEXT, most=limits.text_characters)
    try:
        before = await tab.evaluate(reading, deadline.share(_STEP_SECONDS))
        click = fill(CLICK_MARKED, number=int(get_number(item, "number")))
        if await tab.evaluate(click, deadline.share(_STEP_SECONDS)) is not True:
            return
        await settle(tab, deadline.share(1.5))
        if await read_popups(tab, shown, deadline, label):
            return
        after = await tab.evaluate(reading, deadline.share(_STEP_SECONDS))
    except (DevToolsRefused, TimeoutError) as error:
        shown.missing.append(Missing(label, f"could not be opened: {error or 'no answer in time'}"))
        return
    old = set(str(before).splitlines())
    fresh = "\n".join(line for line in str(after).splitlines() if line.strip() and line not in old)
    if fresh and shown.add_text(fresh, label) and not shown.add_known_picture(fresh):
        await shown.photograph(tab, label)

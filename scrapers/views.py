"""The views of a page: DOM, text, screenshot, PDF and MHTML, each made at most once and only when it would be new.

Three sets: full; light (only the places where a price or a stock moved are photographed); reused (the page looks as
it did: the earlier views are named, not made). What was read is kept first and by itself; picture, print and MHTML come
after it, each with a deadline of its own, and what cannot be made is told with its reason.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from scrapers.appearance import find_moved_numbers, make_appearance
from scrapers.deadline import Deadline
from scrapers.devtools import Payload, get_number, get_text
from scrapers.errors import DevToolsRefused
from scrapers.layout import LOOK, join_layouts, pack_layout, parse_layout
from scrapers.model import Appearance, Exchange, KnownViews, Layout, Limits, Missing, Role, View, ViewKind
from scrapers.page_scripts import FIND_LINES, READ_PAGE, fill
from scrapers.tab import Frame, Tab

_READ_SECONDS = 10.0
_LOOK_SECONDS = 3.0
_MOST_LOOKED = 400
_VIEW_SECONDS = 15.0
_MOST_HTML = 20_000_000
_TALLEST = 16_000  # Chromium's compositor repeats or drops what lies beyond 16,384 px of one picture
_MOST_BANDS = 24
_BAND_GAP = 12.0
_MOST_BAND_PIXELS = 2_000_000
_LOOKED_AT = (Role.PRODUCT, Role.HOME)
_COSTLY = (ViewKind.SCREENSHOT, ViewKind.PDF, ViewKind.MHTML)
Box = tuple[float, float, float, float]
NO_LAYOUT = Layout()


@dataclass(frozen=True)
class PageReading:
    """What the page and its frames hold now."""

    html: str
    text: str
    title: str
    url: str
    styles: str
    width: int
    height: int
    pictures: int
    media_type: str
    frames: tuple[tuple[str, str], ...]  # URL, HTML
    missing: tuple[Missing, ...]
    layout: Layout = NO_LAYOUT
    canvases: tuple[Box, ...] = ()


@dataclass(frozen=True)
class ViewSet:
    """The costly views of one capture. `full` is False when some are an earlier capture's."""

    views: tuple[View, ...]
    full: bool
    missing: tuple[Missing, ...]


async def read_content(tab: Tab, limits: Limits, deadline: Deadline) -> PageReading:
    """Read DOM and visible text of the page and its frames. Raises TimeoutError or DevToolsRefused when it cannot."""
    script = fill(READ_PAGE, most=limits.text_characters, longest=_MOST_HTML)
    await tab.reveal_closed_roots(deadline.share(_LOOK_SECONDS))
    main = _object(await tab.evaluate(script, deadline.share(_READ_SECONDS)))
    text, missing = get_text(main, "text"), []
    if main.get("cut") is True:
        missing.append(Missing("text", f"cut at {limits.text_characters} characters"))
    if len(get_text(main, "html")) >= _MOST_HTML:
        missing.append(Missing("dom", f"cut at {_MOST_HTML} characters"))
    frames: list[tuple[str, str]] = []
    styles = get_text(main, "styles")
    looked = await _look(tab, deadline, missing)
    layouts = [parse_layout(looked)]
    # The usual page has none, and asking costs a round trip: its HTML tells.
    if "<iframe" in get_text(main, "html") or "<frame" in get_text(main, "html"):
        for frame in await tab.frames(deadline.share(2.0)):
            try:
                part = _object(await tab.evaluate(script, deadline.share(3.0), frame))
            except (DevToolsRefused, TimeoutError) as error:
                missing.append(Missing(f"frame {frame.url[:300]}", str(error) or "did not answer in time"))
                continue
            name = get_text(part, "url") or frame.url
            same = sum(1 for other, _ in frames if other.partition(" #")[0] == name)
            if name != "about:blank" or get_text(part, "text").strip():
                frames.append((f"{name} #{same + 1}" if same else name, get_text(part, "html")))
            if get_number(part, "seen") > 5000 and get_text(part, "text").strip():
                text += "\n" + get_text(part, "text")
                styles += get_text(part, "styles")
                layouts.append(parse_layout(await _look(tab, deadline, missing, frame)))
    return PageReading(
        html=get_text(main, "html"),
        text=text[: limits.text_characters],
        title=get_text(main, "title"),
        url=get_text(main, "url"),
        styles=styles,
        width=int(get_number(main, "width")),
        height=int(get_number(main, "height")),
        pictures=int(get_number(main, "pictures")),
        media_type=get_text(main, "media"),
        frames=tuple(frames),
        missing=tuple(missing),
        layout=join_layouts(layouts),
        canvases=_boxes(looked.get("canvases")),
    )


async def _look(tab: Tab, deadline: Deadline, missing: list[Missing], frame: Frame | None = None) -> Payload:
    """What the layout of the page or a frame tells; nothing where it did not answer, which is told."""
    try:
        script = fill(LOOK, most=_MOST_LOOKED, seconds=_LOOK_SECONDS / 2)
        found = await tab.evaluate(script, deadline.share(_LOOK_SECONDS), frame)
    except (DevToolsRefused, TimeoutError) as error:
        missing.append(Missing("layout", str(error) or "did not answer in time"))
        return {}
    return found if isinstance(found, dict) else {}


async def photograph_canvases(
    tab: Tab, reading: PageReading, deadline: Deadline
) -> tuple[tuple[View, ...], Missing | None]:
    """A picture of each canvas as it shows, tainted or not: what a script draws is text of no document."""
    views: list[View] = []
    try:
        async with asyncio.timeout(deadline.share(_VIEW_SECONDS)):
            for number, box in enumerate(reading.canvases, 1):
                views.append(_view(ViewKind.CANVAS, "image/png", await tab.photograph(box), f"canvas {number}"))
    except (DevToolsRefused, TimeoutError) as error:
        return tuple(views), Missing("canvas", str(error) or "not ready in time")
    return tuple(views), None


def fingerprint(reading: PageReading, popups: list[str], exchanges: tuple[Exchange, ...], tab: Tab) -> Appearance:
    """The appearance of a page that was read."""
    vantage = tab.vantage
    view = f"{vantage.width}x{vantage.height} {vantage.mobile} {vantage.locale} {vantage.user_agent}"
    return make_appearance(reading.text, popups, exchanges, reading.styles, (reading.width, reading.height), view)


async def make_views(
    tab: Tab,
    reading: PageReading,
    appearance: Appearance,
    known: KnownViews | None,
    role: Role,
    limits: Limits,
    deadline: Deadline,
) -> ViewSet:
    """Make picture, print and MHTML, or name those of `known`. Never raises for time: what was not ready is told."""
    if known is not None and known.appearance == appearance and _has_costly(known):
        return ViewSet(_reused(known), False, ())
    if known is not None and role in _LOOKED_AT and known.appearance.resources == appearance.resources:
        moved = find_moved_numbers(known.text, reading.text)
        if moved and _has_costly(known):
            regions = await _photograph_places(tab, moved, reading, known, deadline)
            if regions:
                return ViewSet((*regions, *_reused(known)), False, ())
    made: list[View] = []
    missing: list[Missing] = []
    ways: tuple[tuple[ViewKind, Callable[[], Awaitable[None]]], ...] = (
        (ViewKind.SCREENSHOT, lambda: _photograph_page(tab, reading, limits, made, missing)),
        (ViewKind.MHTML, lambda: _add_one(made, ViewKind.MHTML, "multipart/related", tab.save_mhtml())),
        (ViewKind.PDF, lambda: _add_one(made, ViewKind.PDF, "application/pdf", tab.print_pdf())),
    )
    for number, (kind, make) in enumerate(ways):
        try:
            async with asyncio.timeout(min(deadline.left / (len(ways) - number), _VIEW_SECONDS)):
                await make()
        except TimeoutError:
            missing.append(Missing(kind, "not ready in time"))
        except DevToolsRefused as error:
            missing.append(Missing(kind, f"the browser could not make it: {error}"))
    return ViewSet(tuple(made), True, tuple(missing))


async def _add_one(made: list[View], kind: ViewKind, media_type: str, work: Awaitable[bytes]) -> None:
    made.append(_view(kind, media_type, await work))


def keep_reading(reading: PageReading, known: KnownViews | None) -> tuple[View, ...]:
    """DOM, text and frames as views; one that an earlier capture holds byte for byte is only named."""
    views = [
        _view(ViewKind.DOM, "text/html; charset=utf-8", reading.html.encode("utf-8", "replace")),
        _view(ViewKind.TEXT, "text/plain; charset=utf-8", reading.text.encode("utf-8", "replace")),
    ]
    for url, html in reading.frames:
        views.append(_view(ViewKind.FRAME_DOM, "text/html; charset=utf-8", html.encode("utf-8", "replace"), url))
    if layout := pack_layout(reading.layout):
        views.append(_view(ViewKind.LAYOUT, "application/json", layout))
    if known is None:
        return tuple(views)
    held = {(view.kind, view.name, view.digest): view for view in known.views}
    return tuple(held.get((view.kind, view.name, view.digest), view) for view in views)


def _has_costly(known: KnownViews) -> bool:
    return any(view.kind is ViewKind.SCREENSHOT for view in known.views)


def _reused(known: KnownViews) -> tuple[View, ...]:
    return tuple(
        replace(view, data=None, reused_from=view.reused_from or known.capture_id)
        for view in known.views
        if view.kind in _COSTLY
    )


async def _photograph_page(
    tab: Tab, reading: PageReading, limits: Limits, made: list[View], missing: list[Missing]
) -> None:
    """The whole page, in parts where it is taller than one picture can be, cut at the limit of pixels."""
    width = max(min(reading.width, 4000), tab.vantage.width)
    height = max(reading.height, tab.vantage.height)
    most = max(int(limits.screenshot_pixels / width), 1)
    if height > most:
        missing.append(Missing("screenshot", f"cut at {most} of {height} px"))
        height = most
    tops = list(range(0, height, _TALLEST))
    for number, top in enumerate(tops, 1):
        clip = (0.0, float(top), float(width), float(min(_TALLEST, height - top)))
        name = f"part {number} of {len(tops)}" if len(tops) > 1 else ""
        made.append(_view(ViewKind.SCREENSHOT, "image/png", await tab.photograph(clip), name))


async def _photograph_places(
    tab: Tab, lines: tuple[str, ...], reading: PageReading, known: KnownViews, deadline: Deadline
) -> list[View]:
    """Pictures of the bands of the page that hold these lines; none when they are too many to be worth it."""
    script = fill(FIND_LINES, lines=json.dumps(lines), most=400)
    try:
        found = await tab.evaluate(script, deadline.share(_READ_SECONDS))
        bands = _join_bands(found, reading.width)
        if not bands or len(bands) > _MOST_BANDS or sum(box[2] * box[3] for box in bands) > _MOST_BAND_PIXELS:
            return []
        views = []
        async with asyncio.timeout(deadline.share(_VIEW_SECONDS)):
            for box in bands:
                name = ",".join(f"{edge:.0f}" for edge in box)
                picture = await tab.photograph(box)
                views.append(
                    replace(_view(ViewKind.REGION_SCREENSHOT, "image/png", picture, name), reused_from=known.capture_id)
                )
        return views
    except (DevToolsRefused, TimeoutError):
        return []


def _boxes(found: object) -> tuple[Box, ...]:
    """Boxes that a script gave: x, y, width and height in page pixels."""
    return tuple(
        (float(item[0]), float(item[1]), float(item[2]), float(item[3]))
        for item in (found if isinstance(found, list) else [])
        if isinstance(item, list) and len(item) == 4 and all(isinstance(edge, int | float) for edge in item)
    )


def _join_bands(found: object, width: int) -> list[Box]:
    """Boxes that share a height of the page become one band."""
    bands: list[Box] = []
    for x, y, wide, high in sorted(_boxes(found), key=lambda box: box[1]):
        if bands and y <= bands[-1][1] + bands[-1][3] + _BAND_GAP:
            left, top, old_wide, old_high = bands[-1]
            right, bottom = max(left + old_wide, x + wide), max(top + old_high, y + high)
            bands[-1] = (min(left, x), top, right - min(left, x), bottom - top)
        else:
            bands.append((x, y, wide, high))
    return [
        (max(x - 8, 0), max(y - 4, 0), min(wide + 16, max(width - x + 8, 1)), high + 8) for x, y, wide, high in bands
    ]


def _view(kind: ViewKind, media_type: str, data: bytes, name: str = "") -> View:
    return View(kind, media_type, data, hashlib.sha256(data).hexdigest(), name)


def _object(value: object) -> Payload:
    if not isinstance(value, dict):
        raise DevToolsRefused("the page gave no reading")
    return value

"""What a hostile page is: how it is served, and how a capture of it must end."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from scrapers.model import Capture, Outcome, Reason, ViewKind

from .site import Handler, Request, Site

RULES = "<h1>游戏点卡</h1><p>价格 10元 库存 5</p><p id=rules>售后：7天内包补发。</p>"
"""What every page shows beside its trick, so that a test can tell whether it was read."""

READ = (Outcome.COMPLETE, Outcome.PARTIAL)


@dataclass(frozen=True)
class Page:
    """One hostile page. `reasons` are what its capture may fail with; `shows` is in its text where it was read."""

    name: str
    serve: Handler
    outcomes: tuple[Outcome, ...] = (Outcome.COMPLETE,)
    reasons: tuple[str, ...] = ()
    told: str = ""  # a pattern of what is missing, refused or told in the detail
    shows: str = "7天内包补发"
    seconds: float = 6.0
    host: str = "a.test"
    weight: int = 1  # 3 for one that takes a whole core, 6 for one that ends the browser for all
    check: Callable[[Capture, Site], None] | None = None
    bench: bool = False  # like another one, or slow: only bench/hostile.py captures it


def find_fault(page: Page, capture: Capture, site: Site) -> str:
    """What is wrong about how the capture of a page ended, or ""."""
    ended = f"{capture.outcome} {capture.reason}: {capture.detail}; missing {capture.missing[:5]}"
    told = [f"{item.what}: {item.why}" for item in (*capture.missing, *capture.refused)]
    text = "\n".join(
        view.data.decode("utf-8", "replace") for view in capture.views if view.kind is ViewKind.TEXT and view.data
    )
    named = capture.reason in set(Reason) or re.fullmatch(r"http_\d{3}", capture.reason) is not None
    read = capture.outcome in READ
    faults = (
        (capture.outcome not in page.outcomes, "an outcome that it must not have"),
        (read and page.shows not in text, "its text was not read"),
        (capture.outcome is Outcome.PARTIAL and not capture.missing, "partial, and nothing is said to be missing"),
        (not read and not (capture.detail and named), "no name or no detail"),
        (not read and capture.reason not in page.reasons, "a reason that it must not have"),
        (
            bool(page.told)
            and capture.outcome is Outcome.PARTIAL
            and not any(re.search(page.told, line) for line in told),
            "what is missing is not told",
        ),
    )
    found = [why for wrong, why in faults if wrong]
    if page.check is not None:
        try:
            page.check(capture, site)
        except AssertionError as error:
            found.append(f"its own check failed: {error}")
    return f"{', '.join(found)} ({ended})" if found else ""


def html(body: str, *headers: str, parts: dict[str, Handler] | None = None) -> Handler:
    """Serve one HTML page, and its parts by the path below it."""

    async def serve(request: Request) -> None:
        part = (parts or {}).get(request.path)
        if part is not None:
            await part(request)
        elif request.path:
            await request.answer("no such part", status="404 Not Found")
        else:
            text = body if "<!doctype" in body.lower() else f"<!doctype html><meta charset=utf-8>{body}"
            await request.answer(text, "text/html; charset=utf-8", *headers)

    return serve


def script(code: str, *headers: str, before: str = "", parts: dict[str, Handler] | None = None) -> Handler:
    """Serve the rules, then a script."""
    return html(f"<title>点卡</title>{before}{RULES}<script>{code}</script>", *headers, parts=parts)

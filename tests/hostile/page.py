"""What a hostile page is: how it is served, and how a capture of it must end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scrapers.model import Capture, Outcome

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
    weight: int = 1  # 3 for one that takes a whole core
    costs_browser: bool = False
    check: Callable[[Capture, Site], None] | None = None


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

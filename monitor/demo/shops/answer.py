"""What a practice shop takes and gives: a request, its moment, an answer; and the noise that real pages have."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from monitor.demo.script import START
from monitor.demo.template import fill_template, read_asset

_ASSET_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


@dataclass(frozen=True)
class Request:
    """One request as it arrived."""

    method: str
    host: str
    path: str
    query: Mapping[str, str]
    number: int  # counts all requests since the platform began


@dataclass(frozen=True)
class Moment:
    """The platform at one simulated time."""

    at: datetime  # Asia/Shanghai
    state: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """What goes back. `headers` hold the media type."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def html_answer(text: str, *, status: int = 200, cookies: tuple[str, ...] = ()) -> Answer:
    """A UTF-8 page."""
    headers = (("Content-Type", "text/html; charset=UTF-8"), ("Cache-Control", "no-cache, private"))
    return Answer(status, headers + tuple(("Set-Cookie", cookie) for cookie in cookies), text.encode())


def redirect_answer(location: str, *, status: int = 302) -> Answer:
    """A redirect without a body."""
    return Answer(status, (("Location", location), ("Content-Type", "text/html")), b"")


def asset_answer(name: str) -> Answer:
    """A style sheet, script or picture of ours; 404 when there is none."""
    try:
        body = read_asset(name)
    except KeyError:
        return Answer(404, (("Content-Type", "text/plain"),), b"not found")
    kind = _ASSET_TYPES.get(name.rpartition(".")[2], "application/octet-stream")
    return Answer(200, (("Content-Type", kind), ("Cache-Control", "max-age=3600")), body)


def picture_answer(svg: str) -> Answer:
    """A drawn picture."""
    return Answer(200, (("Content-Type", "image/svg+xml"), ("Cache-Control", "max-age=3600")), svg.encode())


def wall_answer(kind: str, shop: str, request: Request, moment: Moment) -> Answer:
    """A page that stands in the way: captcha, challenge, gate, maintenance or missing; HTTP 200, as shops do."""
    values = {"shop": shop, "host": request.host, "path": request.path, **noise_of(request, moment)}
    return html_answer(fill_template(f"walls/{kind}.html", values))


def noise_of(request: Request, moment: Moment) -> dict[str, str]:
    """What flickers on every view and means nothing: token, element id, visitor counters, times, a countdown."""
    token = hashlib.sha256(f"{request.number}/{request.path}/{moment.at.isoformat()}".encode()).hexdigest()
    minutes = int((moment.at - START).total_seconds() // 60)
    return {
        "noise.token": token[:40],
        "noise.id": token[40:48],
        "noise.views": f"{183_250 + minutes * 3 + request.number:,}",
        "noise.today": str(310 + (minutes * 7 + request.number * 3) % 900),
        "noise.sold": str(5_120 + minutes // 37 + request.number % 3),
        "noise.online": str(23 + int(token[48:50], 16) % 60),
        "noise.time": moment.at.strftime("%Y-%m-%d %H:%M:%S"),
        "noise.countdown": f"{23 - moment.at.hour:02d}:{59 - moment.at.minute:02d}:{59 - moment.at.second:02d}",
        "noise.cost": f"{0.01 + int(token[50:52], 16) / 5000:.4f}",
    }

"""A card platform with a past: its pages are visited at given moments by the real pipeline; the commands run on it."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from click.testing import Result
from PIL import Image, ImageDraw
from terminal import invoke_apart

from monitor.cli.main import group
from monitor.page_result import PageResult
from monitor.selectors import Selectors
from monitor.watch import record_capture
from scrapers.model import Capture, Exchange, Outcome, Role, Vantage, View, ViewKind
from storage.archive import Archive, open_archive
from storage.ids import new_id
from storage.pages import ensure_page
from storage.sites import link_platform

FIRM = "杭州某某网络科技有限公司"


@dataclass
class Market:
    """The archive's folder, and what can be done there."""

    folder: Path

    def open(self) -> Archive:
        path = self.folder / "archive"
        return open_archive(path, f"sqlite:///{path / 'cardwatch.db'}", at=datetime.now().astimezone())

    def run(self, *words: str, text: str = "") -> Result:
        return invoke_apart(group, ["--config", str(self.folder / "config.toml"), *words], text=text)

    def ask(self, *words: str) -> Any:
        result = self.run(*words, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def visit(self, archive: Archive, platform: str, url: str, role: Role, body: str, at: datetime) -> PageResult:
        """One visit that showed this page; the same pipeline as a run's, without a browser."""
        with archive.database.writing() as session:
            page = ensure_page(session, platform, url, role, "desktop", at)
            link_platform(session, platform, url.split("/")[2], at)
        return record_capture(archive, capture_of(url, body, at), page, Selectors())


def make_market(folder: Path, config: str = "") -> Market:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(f'[archive]\npath = "archive"\n{config}', encoding="utf-8")
    return Market(folder)


def capture_of(url: str, body: str, at: datetime) -> Capture:
    html = f'<!doctype html><html><head><meta charset="utf-8"><title>卡盟</title></head><body>{body}</body></html>'
    data = html.encode()
    text = body.replace("</p>", "\n").replace("<p>", "").replace("<h1>", "").replace("</h1>", "\n")
    traffic = Exchange(
        sequence=0,
        url=url,
        method="GET",
        started_at=at,
        resource_type="document",
        status=200,
        response_headers=(("content-type", "text/html; charset=utf-8"),),
        body=data,
        body_digest=hashlib.sha256(data).hexdigest(),
        main_document=True,
    )
    views = (
        _view(ViewKind.DOM, data, "text/html"),
        _view(ViewKind.TEXT, text.encode(), "text/plain"),
        _view(ViewKind.SCREENSHOT, _picture(url, at), "image/png"),
    )
    return Capture(
        id=new_id("capture", at), url=url, final_url=url, vantage=Vantage(), started_at=at, ended_at=at,
        outcome=Outcome.COMPLETE, reason="", status=200, title="卡盟", exchanges=(traffic,), views=views,
        browser="HeadlessShell 156",
    )  # fmt: skip


def _picture(url: str, at: datetime) -> bytes:
    picture = Image.new("RGB", (640, 400), "white")
    ImageDraw.Draw(picture).text((20, 20), f"{url}\n{at:%Y-%m-%d %H:%M}", fill="black")
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


def _view(kind: ViewKind, data: bytes, media_type: str) -> View:
    return View(kind, media_type, data, hashlib.sha256(data).hexdigest())

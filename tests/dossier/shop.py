"""An archive with a platform that moved once, and sites that showed its account and contact long before it did."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from click.testing import Result
from terminal import invoke_apart

from monitor.cli.main import group
from scrapers.identity import Identifier
from scrapers.model import Role
from storage.archive import Archive, open_archive
from storage.identity import LookupKind, SitePeriod, SiteState
from storage.lookups import keep_lookup
from storage.pages import ensure_page
from storage.site_periods import begin_period
from storage.sites import link_platform
from storage.statements import note_identifiers

NAME = "松涛卡社"
OLD, NEW = "songtao-one.top", "songtao-two.top"
SUSPECTS = tuple(f"yisi-{number}.top" for number in range(6))  # from 确认 to 线索, whatever the weights are
FIRM = "海口松涛云数网络有限公司"
OWNER, QQ, PHONE, MAIL, WECHAT = "欧阳明月", "392817465", "13917654321", "owner.ming@mail.test", "mingyue_kami"
SINCE = datetime(2026, 5, 1, 2, tzinfo=UTC)
MOVED = SINCE + timedelta(days=20)
UNTIL = datetime(2026, 7, 1, 2, tzinfo=UTC)
KEY = "4f" * 32
SHARED = (
    Identifier("tls_spki", KEY, "tls"),
    Identifier("alipay_static", "fkx04417qxwzrbn2mcpte73", "image_ocr"),
    Identifier("baidu_tongji", "7be1094fa3c25d68b09e417ad3c6f258", "script"),
    Identifier("qq", QQ, "visible", block="contact"),
    Identifier("mobile", PHONE, "visible", block="contact"),
    Identifier("email", MAIL, "visible", block="contact"),
    Identifier("wechat", WECHAT, "visible", block="contact"),
    Identifier("payee", OWNER, "visible", block="pay", role="收款方"),
    Identifier("company", FIRM, "visible", block="footer"),
)

AGES = (0, 30, 60, 100, 150, 220)  # days before the platform at which each suspect showed what it shares


@dataclass
class Shop:
    """The archive's folder, and the command line on it."""

    folder: Path

    def open(self) -> Archive:
        path = self.folder / "archive"
        return open_archive(path, f"sqlite:///{path / 'cardwatch.db'}", at=datetime.now(UTC))

    def run(self, *words: str) -> Result:
        return invoke_apart(group, ["--config", str(self.folder / "config.toml"), *words])

    def write(self, *words: str, name: str = "out.html") -> str:
        """The file that the command writes, as text."""
        place = self.folder / name
        result = self.run(
            "dossier", NAME, "--at", "2026-06-01", "--filed-on", "2026-06-20", "--out", str(place), *words
        )
        assert result.exit_code == 0, result.output
        text = place.read_text(encoding="utf-8")
        place.unlink()
        return text

    def ask(self, *words: str) -> dict[str, Any]:
        result = self.run("dossier", NAME, "--at", "2026-06-01", "--filed-on", "2026-06-20", "--json", *words)
        assert result.exit_code == 0, result.output
        data = json.loads(result.stdout)
        assert isinstance(data, dict)
        return data


def make_shop(folder: Path) -> Shop:
    (folder / "config.toml").write_text('[archive]\npath = "archive"\n', encoding="utf-8")
    made = Shop(folder)
    archive = made.open()
    proofs = {}
    for number, (site, at) in enumerate(((OLD, SINCE), (OLD, UNTIL), (NEW, MOVED), (NEW, UNTIL))):
        proofs[site, at] = keep_lookup(
            archive, domain=site, kind=LookupKind.HTTP, server=site, asked_at=at, outcome="ok", raw=f"{number}".encode()
        ).id
    with archive.database.writing() as session:
        ensure_page(session, NAME, f"https://{OLD}/", Role.HOME, "desktop", SINCE)
        link_platform(session, NAME, OLD, SINCE)
        for (site, at), proof in proofs.items():
            note_identifiers(session, site, SHARED, at, proof)
        away = [Identifier("redirect", NEW, "redirect", where="301")]
        note_identifiers(session, OLD, away, UNTIL, proofs[OLD, UNTIL])
        for at in (SINCE, UNTIL):
            for number, site in enumerate(SUSPECTS):
                note_identifiers(session, site, (SHARED[1], SHARED[3]), at - timedelta(days=60 + AGES[number]))
        shown = (proofs[OLD, SINCE],)
        begin_period(session, SitePeriod(OLD, SiteState.ACTIVE, SINCE, MOVED, MOVED, reason="可以打开", proof=shown))
        begin_period(
            session,
            SitePeriod(OLD, SiteState.REDIRECTING, MOVED, UNTIL, reason=f"跳转，客服QQ{QQ}", target=NEW, proof=shown),
        )
        begin_period(session, SitePeriod(NEW, SiteState.ACTIVE, MOVED, UNTIL, reason="可以打开"))
    archive.close()
    return made

"""A small archive with authorities of our own whose papers last as long as a test wants."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from timestamps.authority import Papers, make_papers
from timestamps.tsa import openssl_reply
from verify_html.exports import URL, visit

from monitor.verify.options import Options
from scrapers.model import Role
from storage.archive import Archive, open_archive
from storage.checkpoints import seal_log
from storage.model import Checkpoint, StoredCapture, TokenKind
from storage.pages import ensure_page
from storage.token_files import keep_chain, publish_tokens
from storage.tokens import hold_token, request_token

from .maker import NOW

DAYS = timedelta(days=1)


class House:
    """An archive, and an authority whose papers last for so many days."""

    def __init__(self, folder: Path, days: int) -> None:
        self.folder = folder
        self.archive: Archive = open_archive(
            folder / "archive", f"sqlite:///{folder}/archive/cardwatch.db", at=NOW, minimum_free_megabytes=1
        )
        self.papers: dict[str, Papers] = {}
        self.add_authority("short", days)

    def add_authority(self, name: str, days: int) -> None:
        ends = (NOW + days * DAYS).replace(microsecond=0)
        self.papers[name] = make_papers(self.folder / name, name=name, ends=ends)

    @property
    def roots(self) -> tuple[x509.Certificate, ...]:
        return tuple(papers.root for papers in self.papers.values())

    def keep(self, at: datetime) -> StoredCapture:
        with self.archive.database.writing() as session:
            page = ensure_page(session, "示例卡盟", URL, Role.PRODUCT, "desktop", at)
        return self.archive.keep_capture(visit(at), page)

    def stamp(self, checkpoint: Checkpoint, authority: str) -> bytes:
        papers = self.papers[authority]
        query = papers.folder / "asked.tsq"
        words = ["openssl", "ts", "-query", "-digest", checkpoint.digest, "-sha256", "-cert", "-out", str(query)]
        subprocess.run(words, check=True, capture_output=True)
        data = openssl_reply(papers, query.read_bytes())
        chain = b"".join((papers.folder / f"{name}.pem").read_bytes() for name in ("signer", "intermediate", "root"))
        moment, ends = datetime.now(UTC), papers.signer.not_valid_after_utc
        with self.archive.database.writing() as session:
            key = request_token(session, checkpoint, TokenKind.RFC3161, authority, moment)
            hold_token(session, key, data, stamped_at=moment, expires_at=ends)
            keep_chain(session, key, chain)
        return data

    def options(self, days: float) -> Options:
        return Options(at=NOW + days * DAYS, roots=self.roots)


def make_house(folder: Path) -> tuple[House, str]:
    """Stamped by an authority of 30 days, by one of 300 days, then by one of ten years; with the first capture's id."""
    made = House(folder, 30)
    first = made.keep(NOW - 3 * DAYS)
    made.stamp(seal_log(made.archive, NOW - 3 * DAYS), "short")
    for number, (name, days) in enumerate((("middle", 300), ("long", 3650))):
        made.add_authority(name, days)
        made.keep(NOW - (2 - number) * DAYS)
        made.stamp(seal_log(made.archive, NOW - (2 - number) * DAYS), name)
    publish_tokens(made.archive)
    return made, first.id

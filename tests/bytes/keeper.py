"""Keeps captures into an archive until it is killed; run by the tests as a process of its own.

Arguments: the archive's folder, the name of the page, how many captures. Prints an id after each capture is kept.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from bytes.samples import START, list_page, with_body
from scrapers.model import Role
from storage.archive import open_archive
from storage.pages import ensure_page


def keep_until_killed(root: Path, name: str, count: int) -> None:
    archive = open_archive(root, f"sqlite:///{root}/cardwatch.db", at=START, minimum_free_megabytes=1)
    with archive.database.writing() as session:
        page = ensure_page(session, "示例卡盟", f"https://shop.test/{name}", Role.PRODUCT, "desktop", START)
    for number in range(count):
        at = START + timedelta(hours=number)
        capture = with_body(list_page(at, scale=0.02), "/api/prices", f"{name} {number}".encode() * 99)
        archive.keep_capture(capture, page)
        sys.stdout.write(capture.id + "\n")
        sys.stdout.flush()
    archive.close()


if __name__ == "__main__":
    keep_until_killed(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))

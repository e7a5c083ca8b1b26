"""An early token that later ones keep, in the browser, years on: the page says by what it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from verify.house import DAYS, House, make_house
from verify.maker import NOW

from storage.wacz import export_wacz

from .reader import ask, open_verifier
from .tampering import edit_file, read_files


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[House, bytes]:
    """The export of the first capture, with its archive."""
    folder = tmp_path_factory.mktemp("house")
    house, capture = make_house(folder)
    export_wacz(house.archive, capture, folder / "early.wacz", at=NOW)
    return house, (folder / "early.wacz").read_bytes()


@pytest.fixture
def later(chromium: Browser) -> Iterator[Page]:
    """The page, opened after the first certificate ended."""
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.clock.set_fixed_time(NOW + 31 * DAYS)
    open_verifier(page)
    yield page
    context.close()


def _roots(house: House, *names: str) -> bytes:
    return b"".join(Path(house.papers[name].root_pem).read_bytes() for name in names)


def test_an_early_time_stands_by_a_later_token(made: tuple[House, bytes], later: Page) -> None:
    house, data = made
    answer = ask(later, data, roots=_roots(house, "short", "long"))
    assert (answer.verdict, answer.ids("failed"), answer.ids("absent")) == ("intact", set(), set())
    assert answer.checks["token_renewal"] == "passed"
    assert "较晚的时间戳证明它在到期前已存在" in later.text_content("main")
    alone = ask(later, data, roots=_roots(house, "short"))
    assert alone.verdict == "cannot_say"
    assert "没有续盖的时间戳" in later.text_content("main")


@pytest.mark.parametrize("part", ["entry", "proof", "checkpoint", "by"])
def test_an_altered_renewal_is_found(made: tuple[House, bytes], later: Page, part: str) -> None:
    house, data = made
    (renewal,) = json.loads(read_files(data)["cardwatch/proof.json"])["renewals"]
    name = {**renewal, "entry": renewal["entry"]["path"], "proof": renewal["entry"]["proof"]}[part]
    altered = edit_file(name, lambda found: found[:-20] + bytes([found[-20] ^ 1]) + found[-19:])(data)
    answer = ask(later, altered, roots=_roots(house, "short", "long"))
    assert answer.verdict == "altered"
    assert answer.ids("failed") & {"token_renewal", "token_imprint", "token_signature"}
    gone = ask(later, edit_file(name, lambda _: None)(data), roots=_roots(house, "short", "long"))
    assert (gone.verdict, gone.ids("failed")) == ("incomplete", set())
    assert re.search("token_(renewal|imprint)", " ".join(gone.ids("absent")))

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.complaints.pack.build import build_pack
from monitor.complaints.pack.model import PackReport
from monitor.config.complaints import ChannelLimits, ComplaintSettings
from pack.house import AT, CHAT, House, make_house
from pack.planted import PAGE, STORY, plant
from scrapers.ocr import engine_release
from scrapers.process import FoundBrowser, find_browser

LIMITS = ComplaintSettings(limits={"p12315": ChannelLimits(max_files=4, max_megabytes=0.3, max_characters=900)})


@dataclass(frozen=True)
class Made:
    """One case, built twice in full and once compact."""

    house: House
    first: PackReport
    second: PackReport
    compact: PackReport


@pytest.fixture(scope="session")
def browser() -> FoundBrowser:
    found = find_browser(os.environ)
    if found is None:
        pytest.skip("no browser to print with")
    return found


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, browser: FoundBrowser) -> Iterator[Made]:
    if not engine_release():
        pytest.skip("no text recognition: pictures are withheld without it")
    folder: Path = tmp_path_factory.mktemp("pack")
    house = make_house(folder / "market", product=PAGE, pictured=True, what_happened=STORY)
    archive = house.open()
    plant(house, archive)
    house.bring(archive, "demand_chat", CHAT.encode(), media_type="text/plain", text=CHAT, text_source="chat")
    reports = []
    for name, compact in (("first.zip", False), ("second", False), ("compact.zip", True)):
        file = house.gather(archive)
        reports.append(
            build_pack(
                archive, file, "p12315", compact=compact, at=AT, settings=LIMITS, out=folder / name, browser=browser
            )
        )
    archive.close()
    yield Made(house, *reports)

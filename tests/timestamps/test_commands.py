"""`cardwatch import` and `cardwatch stamp` with an authority: what they print and how they leave."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli.main import group
from timestamps.tsa import Tsa, start_tsa

PAGE = "<!doctype html><title>售后</title><h1>售后条款</h1><p>一、卡密无效的，可以在购买后{}天内申请补发或者退款。</p>"


@dataclass
class Desk:
    folder: Path
    tsa: Tsa

    def call(self, *arguments: str) -> Result:
        return CliRunner().invoke(group, [*arguments, "--config", str(self.folder / "config.toml")])

    def bring_in(self, days: int) -> Result:
        (self.folder / "page.html").write_text(PAGE.format(days), "utf-8")
        return self.call("import", str(self.folder / "page.html"), "--url", "https://shop.test/terms", "--json")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with start_tsa(tmp_path / "tsa") as tsa:
        (tmp_path / "config.toml").write_text(
            f'[[tsa]]\nname = "own"\nurl = "{tsa.url}"\nca = "{tsa.root_pem}"\nseconds = 5\n'
        )
        yield Desk(tmp_path, tsa)


def test_an_import_is_sealed_and_stamped(desk: Desk) -> None:
    sealing = json.loads(desk.bring_in(7).stdout)["sealing"]
    assert sealing["checkpoint"]["size"] == 2 and sealing["waiting"] == 0 and sealing["problem"] == ""
    (token,) = sealing["tokens"]
    assert (token["authority"], token["kind"], token["status"]) == ("own", "rfc3161", "held")
    assert token["stamped_at"].endswith("+08:00") and abs(token["offset_seconds"]) < 5


def test_stamp_asks_for_what_an_outage_left_and_says_so(desk: Desk) -> None:
    desk.tsa.mode = "rejection"
    answer = desk.bring_in(7)
    assert json.loads(answer.stdout)["sealing"]["tokens"][0]["status"] == "refused" and answer.exit_code == 0
    desk.tsa.mode = "error"
    failed = desk.call("stamp")
    assert (
        failed.exit_code == 8 and "no token of own: it answered HTTP 503 (asked again with a run after" in failed.stderr
    )
    desk.tsa.mode = "good"
    done = desk.call("stamp")
    assert done.exit_code == 0 and "own: stamped at 20" in done.stdout and "checkpoint 1-2 of" in done.stdout
    again = desk.call("stamp")
    assert again.exit_code == 0 and "every authority has stamped it already" in again.stdout
    told = json.loads(desk.call("stamp", "--json").stdout)
    assert told["tokens"] == [] and told["checkpoint"]["epoch"] == 1


def test_stamp_without_an_authority_says_how_to_name_one(desk: Desk) -> None:
    (desk.folder / "config.toml").write_text("")
    answer = desk.call("stamp")
    assert answer.exit_code == 2 and "add [[tsa]] to config.toml" in answer.stderr

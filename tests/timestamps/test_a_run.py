"""A whole run by a real browser: its captures are sealed and stamped, and an authority that hangs fails nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from run.shop import Shop, Watcher, serve_shop

from timestamps.tsa import Tsa, start_tsa


@pytest.fixture
def shop() -> Iterator[Shop]:
    with serve_shop() as server:
        yield server


@pytest.fixture
def tsa(tmp_path: Path) -> Iterator[Tsa]:
    with start_tsa(tmp_path / "tsa") as server:
        yield server


def test_a_run_ends_with_a_token_over_its_captures_or_in_time_without(shop: Shop, tsa: Tsa, tmp_path: Path) -> None:
    watcher = Watcher(tmp_path)
    authority = f'[[tsa]]\nname = "own"\nurl = "{tsa.url}"\nca = "{tsa.root_pem}"\nseconds = 2\n'
    watcher.configure(shop, extra=f"{authority}[sites]\ncheck = false\n")  # lookups are entries of the log too
    told = watcher.ask("run", "--all")
    sealing = told["sealing"]
    assert isinstance(sealing, dict)
    assert sealing["checkpoint"]["size"] == 2 and sealing["tokens"][0]["status"] == "held", sealing
    again = watcher.run("run", "--all").stdout
    assert "sealed: 4 log entries; time stamp by own" in again
    status = watcher.ask("custody", "status")["token"]
    assert isinstance(status, dict) and (status["authority"], status["size"]) == ("own", 4) and status["stamped_at"]
    assert "over the first 4 entries" in watcher.run("custody", "status").stdout
    log = tmp_path / "archive" / "log"
    command = ["openssl", "ts", "-verify", "-data", "checkpoint", "-in", "tokens/1-4.own.tsr", "-CAfile", tsa.root_pem]
    assert b"Verification: OK" in subprocess.run(command, cwd=log, capture_output=True).stdout
    next((tmp_path / "archive" / "keys").glob("custody-*.pem")).unlink()
    tsa.mode = "hang"
    done = watcher.run("run", "--all")
    assert done.returncode == 0, done.stderr
    assert "no token of own: no whole answer within" in done.stderr and "asked again with a run after" in done.stderr
    assert "1 visit to 1 due page" in done.stdout and "no time stamp yet" in done.stdout
    assert "by a new key, for the old one is gone" in done.stdout and "custody import-key FILE" in done.stderr

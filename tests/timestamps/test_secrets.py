"""No key of a service and no key of ours leaves the machine: not by output, file, export or a traceback."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli.main import group
from monitor.config.settings import load_settings
from monitor.sessions import make_key
from timestamps.tsa import Tsa, start_tsa

SERVICE_KEY, PASSPHRASE = "apikey-0f3b8cc6a1d2", "passphrase-77aa19"
PAGE = "<!doctype html><title>售后</title><h1>售后条款</h1><p>一、卡密无效的，可以在购买后7天内申请补发或者退款。</p>"


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    session_key = make_key()
    monkeypatch.setenv("CARDWATCH_SESSION_KEY", session_key)
    monkeypatch.setenv("CARDWATCH_KEY_PASSPHRASE", PASSPHRASE)
    return SERVICE_KEY, PASSPHRASE, session_key


def call(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(group, [*words, "--config", str(folder / "config.toml")])


def configure(folder: Path, tsa: Tsa) -> None:
    (folder / "config.toml").write_text(
        f'[[tsa]]\nname = "own"\nurl = "{tsa.url}?key={SERVICE_KEY}"\nca = "{tsa.root_pem}"\nseconds = 5\n'
    )


@pytest.mark.parametrize("mode", ["good", "redirect", "error", "web page"])
def test_secrets_stand_in_no_output_no_file_and_no_export(tmp_path: Path, secrets: tuple[str, ...], mode: str) -> None:
    with start_tsa(tmp_path / "tsa") as tsa:
        tsa.mode = mode
        configure(tmp_path, tsa)
        (tmp_path / "page.html").write_text(PAGE, "utf-8")
        told = [call(tmp_path, "import", str(tmp_path / "page.html"), "--url", "https://shop.test/terms", "--json")]
        capture = json.loads(told[0].stdout)["captures"][0]["capture"]["id"]
        told += [call(tmp_path, *words.split()) for words in ("stamp", "stamp --json", "doctor", "doctor --json")]
        told += [call(tmp_path, *words.split()) for words in ("custody status --json", f"attest {capture} --json")]
        told.append(call(tmp_path, "export", capture, "--wacz", str(tmp_path / "out.wacz")))
    said = "\n".join(one.output + one.stderr for one in told).encode()
    assert (tmp_path / "out.wacz").is_file(), told[-1].output
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "config.toml"]
    for secret in secrets:
        assert secret.encode() not in said
        assert [path for path in files if secret.encode() in path.read_bytes()] == []


def test_settings_show_no_secret_in_a_traceback(tmp_path: Path, secrets: tuple[str, ...]) -> None:
    with start_tsa(tmp_path / "tsa") as tsa:
        configure(tmp_path, tsa)
    with (tmp_path / "config.toml").open("a") as file:
        file.write(f'[[opentimestamps]]\nname = "alice"\nurl = "http://calendar.test/?key={SERVICE_KEY}"\n')
    settings = load_settings(tmp_path / "config.toml", dict(os.environ))
    assert settings.authorities[0].url.endswith(SERVICE_KEY)
    assert not any(secret in repr(settings) for secret in secrets)

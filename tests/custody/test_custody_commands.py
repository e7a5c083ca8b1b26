"""The commands `custody` and `evidence`, from the first file to a proof that verifies without the archive."""

from __future__ import annotations

import base64
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from bytes.samples import list_page, shop_page
from click.testing import CliRunner, Result

from monitor.cli.main import group
from storage.merkle import hash_leaf, verify_consistency, verify_inclusion
from storage.notes import VerifierKey, parse_head, parse_note, parse_proof

from .conftest import open_at

Call = Callable[..., Result]


@pytest.fixture
def call(tmp_path: Path) -> Call:
    config = tmp_path / "config.toml"
    config.write_text('[archive]\npath = "archive"\nminimum_free_megabytes = 1\n')

    def run(*words: object) -> Result:
        return CliRunner().invoke(group, ["--config", str(config), *map(str, words)])

    return run


@pytest.fixture
def capture_id(tmp_path: Path) -> str:
    archive = open_at(tmp_path / "archive")
    stored = archive.keep_capture(list_page(scale=0.01), shop_page(archive))
    archive.close()
    return stored.id


def told(done: Result) -> dict[str, object]:
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def test_a_proof_verifies_with_nothing_but_the_printed_key(call: Call, capture_id: str) -> None:
    assert call("custody", "prove", capture_id).exit_code == 6  # not sealed yet
    assert call("custody", "checkpoint").exit_code == 0
    key = VerifierKey.parse(call("custody", "key").stdout.strip())
    proof = parse_proof(call("custody", "prove", capture_id[:14]).stdout.encode())
    entry = str(told(call("custody", "prove", capture_id, "--json"))["entry"]).encode()
    head = parse_head(proof.note)
    assert key.verify(proof.note)
    assert verify_inclusion(hash_leaf(entry), proof.index, head.size, proof.hashes, head.root)


def test_growth_is_proven_between_checkpoints(call: Call, capture_id: str, tmp_path: Path) -> None:
    one = told(call("custody", "checkpoint", "--json"))
    two = told(call("custody", "rotate", "--reason", "compromise", "--json"))["checkpoint"]
    assert isinstance(two, dict)
    found = told(call("custody", "prove", "--from", one["size"], "--to", two["size"]))
    heads = [parse_head(parse_note(str(found[name]).encode())) for name in ("from", "to")]
    hashes = [base64.b64decode(item) for item in found["hashes"]]  # type: ignore[attr-defined]
    assert verify_consistency(heads[0].size, heads[1].size, heads[0].root, heads[1].root, hashes)
    assert call("custody", "prove", "--from", 1).exit_code == 6
    assert call("custody", "prove", "--from", two["size"], "--to", one["size"]).exit_code == 2
    assert call("custody", "prove").exit_code == 2


def test_status_says_what_is_sealed_and_whether_the_key_is_there(call: Call, capture_id: str, tmp_path: Path) -> None:
    before = told(call("custody", "status", "--json"))
    assert (before["entries"], before["unsealed"], before["checkpoint"], before["key_state"]) == (2, 2, None, "here")
    call("custody", "checkpoint")
    after = told(call("custody", "status", "--json"))
    assert (after["unsealed"], after["checkpoints"], after["epoch"], after["token"]) == (0, 1, 1, None)
    assert "none: nobody else has witnessed the time" in call("custody", "status").stdout
    for path in (tmp_path / "archive" / "keys").glob("*.pem"):
        path.unlink()
    assert told(call("custody", "status", "--json"))["key_state"] == "missing"
    assert "import-key" in call("custody", "status").stderr
    assert "missing" in call("custody", "status").stdout


def test_a_checkpoint_by_a_new_key_says_that_the_old_one_was_lost(call: Call, capture_id: str, tmp_path: Path) -> None:
    assert told(call("custody", "checkpoint", "--json"))["key_lost"] is False
    next((tmp_path / "archive" / "keys").glob("custody-*.pem")).unlink()
    archive = open_at(tmp_path / "archive")
    archive.keep_capture(list_page(scale=0.01), shop_page(archive))
    archive.close()
    done = call("custody", "checkpoint")
    assert "old one was lost" in done.stderr and "custody import-key FILE" in done.stderr
    assert told(call("custody", "checkpoint", "--json"))["key_lost"] is True


def test_an_empty_log_is_said_to_be_empty(call: Call) -> None:
    assert "the log is empty" in call("custody", "status").stdout
    assert call("custody", "key").exit_code == 6
    assert call("custody", "publish").exit_code == 6


def test_a_key_goes_out_and_comes_back(call: Call, capture_id: str, tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    call("custody", "checkpoint")
    assert call("custody", "export-key", path).exit_code == 0
    assert os.name == "nt" or stat.S_IMODE(path.stat().st_mode) == 0o600
    assert call("custody", "export-key", path).exit_code == 8  # nothing is overwritten
    for held in (tmp_path / "archive" / "keys").glob("*.pem"):
        held.unlink()
    assert call("custody", "export-key", tmp_path / "none.pem").exit_code == 6
    assert told(call("custody", "import-key", path, "--json"))["signs"] is True
    assert told(call("custody", "status", "--json"))["key_state"] == "here"
    key = call("custody", "key").stdout
    call("custody", "checkpoint")
    assert call("custody", "key").stdout == key


def test_publish_mends_the_files(call: Call, capture_id: str, tmp_path: Path) -> None:
    call("custody", "checkpoint")
    (tmp_path / "archive" / "log" / "tile" / "0" / "000.p" / "2").unlink()
    assert call("check").exit_code == 7
    assert call("custody", "publish").exit_code == 0
    done = call("check", "--json")
    assert (done.exit_code, json.loads(done.stdout)["entries"]) == (0, 2)


def test_a_backup_holds_the_key_only_when_asked(call: Call, capture_id: str, tmp_path: Path) -> None:
    call("backup", tmp_path / "without")
    call("backup", tmp_path / "with", "--with-key")
    assert list((tmp_path / "without").rglob("*.pem")) == []
    (key,) = (tmp_path / "with").rglob("*.pem")
    assert os.name == "nt" or stat.S_IMODE(key.stat().st_mode) == 0o600


def test_evidence_is_kept_copied_shown_and_erased(call: Call, tmp_path: Path) -> None:
    (tmp_path / "订单.txt").write_text("张三 0042")
    (tmp_path / "masked.txt").write_text("** 0042")
    item = told(call("evidence", "add", tmp_path / "订单.txt", "--note", "微信截图", "--json"))
    assert (item["name"], item["media_type"], item["note"], item["log_index"]) == (
        "订单.txt",
        "text/plain",
        "微信截图",
        1,
    )
    words = ("evidence", "add", tmp_path / "masked.txt", "--masked-from", item["id"])
    copy = told(call(*words, "--what", "姓名", "--json"))
    assert (copy["original"], copy["note"]) == (item["id"], "姓名")
    assert call(*words).exit_code == 2
    listed = told(call("evidence", "list", "--json"))["evidence"]
    assert listed == [item, copy]
    assert "订单.txt" in call("evidence", "list").stdout
    call("evidence", "show", item["id"], "--to", tmp_path / "out.txt")
    assert (tmp_path / "out.txt").read_text() == "张三 0042"
    assert call("evidence", "show", item["id"], "--to", tmp_path / "out.txt").exit_code == 2
    call("custody", "checkpoint")
    assert call("custody", "prove", item["id"]).stdout.startswith("c2sp.org/tlog-proof@v1\nindex 1\n")
    assert call("evidence", "erase", item["id"], "--reason", "本人要求").exit_code == 130  # nobody said yes
    assert told(call("evidence", "erase", item["id"], "--reason", "本人要求", "--yes", "--json"))["object"] == ""
    assert "(erased)" in call("evidence", "show", item["id"]).stdout
    assert call("evidence", "show", "e-none").exit_code == 6
    assert call("check").exit_code == 0

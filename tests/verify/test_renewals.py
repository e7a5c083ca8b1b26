"""An early token outlives its certificate where a later token stamps a log that names it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from monitor.verify.checks import Status
from monitor.verify.options import Options
from monitor.verify.target import verify_target
from monitor.verify.verdict import Report, Verdict
from storage.checkpoints import seal_log
from storage.token_renewals import find_renewals, newest_ending
from storage.tokens import get_token
from storage.wacz import export_wacz

from .conftest import assert_altered, checks, ids
from .house import DAYS, House, make_house
from .maker import NOW, Files, list_files, package_key, sha, write_zip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[House, str]:
    return make_house(tmp_path_factory.mktemp("house"))


@pytest.fixture
def house(made: tuple[House, str]) -> House:
    return made[0]


@pytest.fixture
def capture(made: tuple[House, str]) -> str:
    """The first capture, which the first authority stamped."""
    return made[1]


def export(house: House, capture: str, folder: Path) -> Path:
    path = folder / "early.wacz"
    export_wacz(house.archive, capture, path, at=NOW)
    return path


def files_of(path: Path) -> Files:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def said(report: Report, kind: str) -> list[tuple[str, str]]:
    return [(check.status.value, check.detail.en) for check in checks(report) if check.id == kind]


def test_an_early_time_outlives_its_certificate(house: House, capture: str, tmp_path: Path) -> None:
    path = export(house, capture, tmp_path)
    proof = json.loads(files_of(path)["cardwatch/proof.json"])
    assert [token["authority"] for token in proof["tokens"]] == [
        "short",
        "long",
    ]
    for days in (1, 29, 31, 301, 3600):
        report = verify_target(path, house.options(days))
        assert report.verdict is Verdict.INTACT, (days, said(report, "token_trust"))
        assert ids(report, Status.FAILED) == ids(report, Status.ABSENT) == set()
        assert "token_renewal" in ids(report, Status.PASSED)
        proven = report.subjects[0].facts.proven_before
        assert proven is not None and abs(proven - NOW) < DAYS
    late = verify_target(path, house.options(31))
    trust = [text for _, text in said(late, "token_trust")]
    assert any("its certificate ended on" in text and "existed before that" in text for text in trust)
    assert verify_target(path, house.options(3700)).verdict is Verdict.CANNOT_SAY


def test_without_the_later_authority_s_root_the_early_time_has_lapsed(
    house: House, capture: str, tmp_path: Path
) -> None:
    path = export(house, capture, tmp_path)
    options = Options(at=NOW + 31 * DAYS, roots=(house.papers["short"].root,))
    report = verify_target(path, options)
    assert report.verdict is Verdict.CANNOT_SAY
    assert any("no token renews it" in text for _, text in said(report, "token_trust"))


def test_a_whole_archive_says_the_same(house: House) -> None:
    for days in (31, 301):
        report = verify_target(house.folder / "archive", house.options(days))
        trouble = [(c.id, c.about, c.detail.en) for c in checks(report) if c.status in ("failed", "absent")]
        assert (report.verdict, trouble) == (Verdict.INTACT, [])
        assert not any("no token renews it" in text for _, text in said(report, "token_trust"))
        assert "token_renewal" in ids(report, Status.PASSED)


@pytest.mark.parametrize("what", ["entry", "proof", "checkpoint", "token"])
def test_an_altered_renewal_is_found(house: House, capture: str, tmp_path: Path, what: str) -> None:
    files = files_of(export(house, capture, tmp_path))
    (renewal,) = json.loads(files["cardwatch/proof.json"])["renewals"]
    names = {"entry": renewal["entry"]["path"], "proof": renewal["entry"]["proof"]}
    name = names.get(what) or {"checkpoint": renewal["checkpoint"], "token": renewal["by"]}[what]
    data = files[name]
    altered = {**files, name: data[:-20] + bytes([data[-20] ^ 1]) + data[-19:]}
    path = tmp_path / "altered.wacz"
    path.write_bytes(write_zip(list_files(altered, package_key())))
    owners = ("token_renewal", "token_imprint", "token_signature")
    assert_altered(verify_target(path, house.options(31)), *owners)
    gone = {other: content for other, content in files.items() if other != name}
    path.write_bytes(write_zip(list_files(gone, package_key())))
    report = verify_target(path, house.options(31))
    assert report.verdict is Verdict.INCOMPLETE
    assert ids(report, Status.ABSENT) & set(owners)


def test_a_renewal_that_names_another_token_renews_nothing(house: House, capture: str, tmp_path: Path) -> None:
    files = files_of(export(house, capture, tmp_path))
    proof = json.loads(files["cardwatch/proof.json"])
    entry = json.loads(files[proof["renewals"][0]["entry"]["path"]])
    assert entry["sha256"] == sha(files["cardwatch/token-short.tsr"])
    proof["renewals"][0]["token"] = "cardwatch/token-long.tsr"
    files["cardwatch/proof.json"] = json.dumps(proof, indent=2).encode()
    path = tmp_path / "other.wacz"
    path.write_bytes(write_zip(list_files(files, package_key())))
    assert_altered(verify_target(path, house.options(31)), "token_renewal")


def test_a_token_that_came_after_the_certificate_ended_renews_nothing(tmp_path: Path) -> None:
    late = House(tmp_path, -1)  # its token is of a certificate that had ended when the later one came
    late.keep(NOW - 2 * DAYS)
    late.stamp(seal_log(late.archive, NOW - 2 * DAYS), "short")
    late.add_authority("long", 3650)
    capture = late.keep(NOW - DAYS)
    late.stamp(seal_log(late.archive, NOW - DAYS), "long")
    path = tmp_path / "late.wacz"
    export_wacz(late.archive, capture.id, path, at=NOW)
    assert verify_target(path, late.options(0.5)).verdict is Verdict.INTACT
    with late.archive.database.reading() as session:
        assert find_renewals(session, get_token(session, 1)) == ()
        assert newest_ending(session, NOW, NOW + 100 * DAYS) is None

"""A redacted export verifies as redacted; whatever is not said to be redacted is still proven."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from bytes.conftest import open_at
from bytes.samples import START, list_page, shop_page

from monitor.verify.checks import Status
from monitor.verify.verdict import Verdict
from storage.checkpoints import seal_log
from storage.notes import VerifierKey
from storage.wacz import export_wacz

from .conftest import Bench, Judge, assert_altered, checks, ids
from .maker import Files, edit_proof

AT = START + timedelta(days=1)
Exports = dict[str, Files]


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Exports:
    """Redacted exports of a full and of an unchanged capture, without cookies and without a named text too."""
    folder = tmp_path_factory.mktemp("redacted")
    archive = open_at(folder / "archive")
    page = shop_page(archive)
    first = list_page(scale=0.01)
    archive.keep_capture(first, page)
    at = START + timedelta(hours=6)
    second = list_page(at, known=archive.known_views(page.id, at=at, max_age=timedelta(days=7)), scale=0.01)
    archive.keep_capture(second, page)
    key = seal_log(archive, AT).note.split(b"\n")[0].decode()
    made: Exports = {}
    for name, capture, masks in (("cookies", first, ()), ("text", first, ("7天内补发",)), ("repeat", second, ())):
        path = folder / f"{name}.wacz"
        export_wacz(archive, capture.id, path, at=AT, masks=masks)
        with zipfile.ZipFile(path) as package:
            made[name] = {entry: package.read(entry) for entry in package.namelist()}
    assert key
    archive.close()
    return made


@pytest.fixture
def key(exports: Exports) -> VerifierKey:
    return VerifierKey.parse(json.loads(exports["cookies"]["cardwatch/key-0.json"])["key"])


@pytest.mark.parametrize("name", ["cookies", "text", "repeat"])
def test_a_redacted_export_is_intact_and_tells_what_is_hidden(
    exports: Exports, key: VerifierKey, judge: Judge, name: str
) -> None:
    report = judge(exports[name], pinned=(key,))
    wrong = [(c.id, c.status, c.about, c.detail.en) for c in checks(report) if c.status in ("failed", "absent")]
    assert report.verdict is Verdict.INTACT, wrong
    assert {"redactions", "warc_digest", "record_commitments"} <= ids(report, Status.REDACTED)
    assert {"derivative", "statement", "inclusion"} <= ids(report, Status.PASSED)
    assert report.subjects[0].facts.redacted > 0


Change = Callable[[dict[str, object], Files], None]


def say_nothing(told: dict[str, object], files: Files) -> None:
    told["redactions"] = []


def say_less(told: dict[str, object], files: Files) -> None:
    told["redactions"] = [item for item in told["redactions"] if "record" not in item or item["record"] != 1]  # type: ignore[attr-defined]


def say_it_is_whole(told: dict[str, object], files: Files) -> None:
    told["warc"] = {**told["warc"], "redacted": False}  # type: ignore[dict-item]


def other_head(told: dict[str, object], files: Files) -> None:
    told["redactions"] = [
        {**item, "head": "0" * 64} if item.get("how") == "head" else item for item in told["redactions"]
    ]  # type: ignore[attr-defined]


def beyond(told: dict[str, object], files: Files) -> None:
    told["redactions"] = [*told["redactions"], {"record": 9999, "how": "withheld"}]  # type: ignore[misc]


def places_moved(told: dict[str, object], files: Files) -> None:
    places = told["records"]
    places["2"], places["3"] = places["3"], places["2"]  # type: ignore[index]


def wrong_salt(told: dict[str, object], files: Files) -> None:
    labels = told["salts"]["labels"]  # type: ignore[index]
    labels["record:0"] = "0" * 64


LIES = [
    (say_nothing, {"record_commitments"}),
    (say_less, {"record_commitments"}),
    (say_it_is_whole, {"warc_digest"}),
    (other_head, {"record_commitments"}),
    (beyond, {"redactions"}),
    (places_moved, {"record_commitments", "warc_records"}),
    (wrong_salt, {"record_commitments"}),
]


@pytest.mark.parametrize(("change", "names"), LIES)
def test_a_lie_about_what_is_hidden_is_found(
    exports: Exports, bench: Bench, judge: Judge, change: Change, names: set[str]
) -> None:
    files = dict(exports["cookies"])
    told = json.loads(files["cardwatch/proof.json"])
    change(told, files)
    edit_proof(files, **told)
    report = judge(bench.listed(files))
    assert report.verdict in (Verdict.ALTERED, Verdict.INCOMPLETE)
    assert (ids(report, Status.FAILED) | ids(report, Status.ABSENT)) & names


@pytest.mark.parametrize(
    "name", ["cardwatch/derivative.json", "cardwatch/derivative.checkpoint", "cardwatch/derivative.tlog-proof"]
)
def test_the_copy_s_own_entry_is_watched(exports: Exports, bench: Bench, judge: Judge, name: str) -> None:
    data = exports["cookies"][name]
    for place in (0, len(data) // 2, len(data) - 1):
        altered = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        assert_altered(judge(bench.listed({**exports["cookies"], name: altered})), "derivative")
    without = {key: value for key, value in exports["cookies"].items() if key != name}
    report = judge(bench.listed(without))
    assert report.verdict is Verdict.INCOMPLETE
    assert "derivative" in ids(report, Status.ABSENT)


def test_a_masked_page_that_is_masked_anew_is_another_copy(exports: Exports, bench: Bench, judge: Judge) -> None:
    """Who holds a redacted copy cannot change its masked content either: the copy is an entry of the log."""
    files = dict(exports["text"])
    files["archive/capture.warc.gz"] = exports["cookies"]["archive/capture.warc.gz"]
    told = json.loads(exports["cookies"]["cardwatch/proof.json"])
    edit_proof(files, **{name: told[name] for name in ("warc", "records", "redactions", "salts", "resolved")})
    assert_altered(judge(bench.listed(files)), "derivative")

"""A complaint pack in the browser: the same answers as on the command line, file by file."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from verify.packs import (
    EXPORT,
    LETTER,
    MASKED,
    ORDER,
    ORIGINAL,
    Packed,
    flip,
    make_packed,
    sign_again,
    to_zip,
)
from verify.test_packs import HOSTILE, spoil

from monitor.verify.checks import Status
from monitor.verify.target import verify_target
from monitor.verify.verdict import Report
from storage.pack_note import PACK_NOTE
from storage.pack_proof import PACK_PROOF

from .reader import Answer, ask, open_verifier
from .tampering import read_files
from .tampering import sign_anew as sign_export_anew
from .test_packs import pack

Files = dict[str, bytes]


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Packed:
    return make_packed(tmp_path_factory.mktemp("packed"))


@pytest.fixture
def both(packed: Packed, verifier: Page, tmp_path: Path) -> Callable[..., tuple[Answer, Report]]:
    """Ask the page and the command about the same ZIP."""

    def judge(data: bytes | Files, *, rooted: bool = True) -> tuple[Answer, Report]:
        given = data if isinstance(data, bytes) else to_zip(data)
        path = tmp_path / "投诉包.zip"
        path.write_bytes(given)
        roots = packed.house.papers["short"].root_pem.read_bytes() if rooted else b""
        answer = ask(verifier, given, roots=roots, name=path.name)
        options = packed.house.options(0.1)
        return answer, verify_target(path, type(options)(at=options.at, roots=options.roots if rooted else ()))

    return judge


Both = Callable[..., tuple[Answer, Report]]


def assert_same(answer: Answer, report: Report) -> None:
    """The same verdict, failed and absent checks of everything that was found."""
    told = [(one.name, one.kind, one.verdict, one.ids("failed"), one.ids("absent")) for one in answer.subjects]
    expected = []
    for subject in report.subjects:
        failed, absent, redacted = (
            {check.id for check in subject.checks if check.status is status}
            for status in (Status.FAILED, Status.ABSENT, Status.REDACTED)
        )
        assert redacted - failed - absent <= next(
            one.ids("redacted") for one in answer.subjects if one.name == subject.name or len(answer.subjects) == 1
        )
        name, kind = (subject.name, subject.kind) if len(report.subjects) > 1 else ("", "")
        expected.append((name, kind, subject.verdict.value, failed, absent - failed))
    assert told == expected
    assert answer.verdict == report.verdict.value


def files_told(page: Page) -> dict[str, str]:
    rows = page.locator("[data-file]").evaluate_all(
        "rows => rows.map((row) => [row.dataset.file, row.dataset.fileStatus])"
    )
    return dict(rows)


def test_a_good_pack_is_told_as_on_the_command_line(packed: Packed, both: Both, verifier: Page) -> None:
    answer, report = both(packed.files)
    assert answer.verdict == "intact"
    assert_same(answer, report)
    (told,) = [subject.facts.pack for subject in report.subjects if subject.kind == "pack"]
    assert told is not None
    assert files_told(verifier) == {file.path: file.status.value for file in told.files}
    assert f"{packed.copy.id} ← {packed.order.id} · 卡密、手机号" in answer.text
    assert "内容是制作人自己的陈述" in answer.text
    alone, without = both(packed.files, rooted=False)
    assert alone.verdict == "cannot_say"
    assert_same(alone, without)


def test_a_pack_that_another_program_packed_into_a_folder_is_as_good(packed: Packed, both: Both) -> None:
    again = pack({f"案件/{name}": data for name, data in packed.files.items()}, zipfile.ZIP_DEFLATED)
    answer, report = both(again)
    assert answer.verdict == "intact", answer.text
    assert_same(answer, report)


def test_a_pack_whose_key_was_replaced_is_still_good(verifier: Page, tmp_path: Path) -> None:
    packed = make_packed(tmp_path)
    for path in packed.house.archive.keys.folder.glob("custody-*.pem"):
        path.unlink()
    files = packed.build()
    assert "proof/consistency.json" in files
    answer = ask(verifier, to_zip(files), roots=packed.house.papers["short"].root_pem.read_bytes())
    assert (answer.verdict, answer.ids("failed"), answer.ids("absent")) == ("intact", set(), set()), answer.text


def test_one_flipped_byte_in_any_file_is_found_and_named_by_both(packed: Packed, both: Both, verifier: Page) -> None:
    for name, data in packed.files.items():
        answer, report = both({**packed.files, name: flip(data)})
        assert answer.verdict == "altered", name
        (told,) = [subject.facts.pack for subject in report.subjects if subject.kind == "pack"]
        assert files_told(verifier) == ({file.path: file.status.value for file in told.files} if told else {}), name
        assert name in answer.text.partition("发现的问题")[2], name
        assert_same(answer, report)


WAYS: dict[str, Callable[[Files], Files]] = {
    "a letter away": lambda files: {name: data for name, data in files.items() if name != LETTER},
    "an original away": lambda files: {name: data for name, data in files.items() if name != ORIGINAL},
    "the export away": lambda files: {name: data for name, data in files.items() if name != EXPORT},
    "the list away": lambda files: {name: data for name, data in files.items() if name != PACK_NOTE},
    "the proof away": lambda files: {name: data for name, data in files.items() if name != PACK_PROOF},
    "the checkpoint away": lambda files: {name: data for name, data in files.items() if name != "proof/checkpoint"},
    "a letter more": lambda files: {**files, "02 和解书.docx": b"x"},
    "a proof more": lambda files: {**files, "proof/more.json": b"x"},
    "two change places": lambda files: {**files, MASKED: files[ORIGINAL], ORIGINAL: files[MASKED]},
    "the original for its copy": lambda files: {**files, MASKED: ORDER},
    "another list": lambda files: {**files, PACK_NOTE: files["proof/checkpoint"]},
    "an export of another log": lambda files: {**files, EXPORT: sign_export_anew(files[EXPORT])},
    "an export cut off": lambda files: {**files, EXPORT: files[EXPORT][:-3000]},
    "no export at all": lambda files: {**files, EXPORT: b"hello"},
    "litter": lambda files: {**files, "证据/.DS_Store": b"x", "__MACOSX/证据/._a": b"x"},
    "beside an export": lambda files: {**{f"包/{name}": data for name, data in files.items()}, "1.wacz": files[EXPORT]},
    "an export in a folder": lambda files: {
        **files, **{f"证据/网页/{name}": data for name, data in read_files(files[EXPORT]).items()},
    },
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_what_was_done_to_it_is_told_as_on_the_command_line(way: str, packed: Packed, both: Both) -> None:
    assert_same(*both(WAYS[way](packed.files)))


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_proof_is_refused_as_on_the_command_line(case: str, packed: Packed, both: Both) -> None:
    answer, report = both(sign_again(packed, packed.files, spoil(json.loads(packed.files[PACK_PROOF]), HOSTILE[case])))
    assert "pack_format" in answer.ids("failed")
    assert_same(answer, report)


def test_salts_and_values_are_judged_alike(packed: Packed, both: Both) -> None:
    told = json.loads(packed.files[PACK_PROOF])
    for item in told["items"]:
        item["salts"], item["stated"] = {}, {}
    answer, report = both(sign_again(packed, packed.files, told))
    assert answer.verdict == "incomplete"
    assert_same(answer, report)
    told = json.loads(packed.files[PACK_PROOF])
    for item in told["items"]:
        if item["id"] == packed.picture.id:
            item["stated"]["media_type"] = "text/plain"
    assert_same(*both(sign_again(packed, packed.files, told)))
    told = json.loads(packed.files[PACK_PROOF])
    for file in told["files"]:
        if file["what"] == "masked":
            file["what"] = "original"
        elif file["what"] == "capture":
            file["id"] = "c-20200101T000000-aaaaaaaa"
    answer, report = both(sign_again(packed, packed.files, told))
    assert {"derivative", "statement"} <= answer.ids("failed")
    assert_same(answer, report)


def test_a_pack_fits_a_phone(packed: Packed, chromium: Browser) -> None:
    page = chromium.new_page(viewport={"width": 360, "height": 800})
    open_verifier(page)
    ask(page, to_zip(packed.files), name=f"{'很长的名字' * 12}.zip")
    assert page.locator("html").evaluate("page => page.scrollWidth <= page.clientWidth")
    page.click("#language")
    page.get_by_text("made for this pack, not proven").first.wait_for(state="attached")
    page.close()

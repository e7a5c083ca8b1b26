"""A complaint pack: what is intact, masked, made; what was altered is named; hostile ones are refused by name."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.cli.exit_codes import ExitCode
from monitor.cli.main import find_entry, load_command
from monitor.verify.anchors import read_earlier
from monitor.verify.checks import Status
from monitor.verify.target import verify_target
from monitor.verify.verdict import Report, Subject, Verdict
from storage.checkpoints import seal_log
from storage.evidence import keep_evidence
from storage.notes import VerifierKey
from storage.pack_note import PACK_NOTE
from storage.pack_proof import PACK_PROOF, PackedAs, PackedItem, close_pack, gather_item_proofs

from .conftest import assert_altered, checks, failed, ids
from .house import DAYS, House
from .maker import NOW, Files
from .packs import (
    CASE,
    EXPORT,
    LETTER,
    MASKED,
    ORDER,
    ORIGINAL,
    PICTURE,
    Packed,
    flip,
    list_file,
    make_packed,
    pack_house,
    sign_again,
    to_folder,
    to_zip,
)

Told = dict[str, object]


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Packed:
    return make_packed(tmp_path_factory.mktemp("packed"))


@pytest.fixture
def check(packed: Packed, tmp_path: Path) -> Callable[..., Report]:
    """Check the files of a pack as a ZIP."""

    def judge(files: Files, name: str = "投诉包.zip", **options: object) -> Report:
        path = tmp_path / name
        path.write_bytes(to_zip(files))
        found = packed.house.options(0.1)
        return verify_target(path, type(found)(**{**found.__dict__, **options}))

    return judge


Check = Callable[..., Report]


def the_pack(report: Report) -> Subject:
    (subject,) = [subject for subject in report.subjects if subject.kind == "pack"]
    return subject


def told_files(report: Report) -> dict[str, tuple[str, str]]:
    told = the_pack(report).facts.pack
    assert told is not None
    return {file.path: (file.what, file.status.value) for file in told.files}


def named(report: Report) -> set[str]:
    """What failed or is absent, by the file that it is about."""
    return {one.about for one in checks(report) if one.status in (Status.FAILED, Status.ABSENT)}


# --- a good one --------------------------------------------------------------------------------------------------


def test_a_good_pack_is_intact_and_each_file_is_told_as_what_it_is(packed: Packed, check: Check) -> None:
    report = check(packed.files)
    assert [(subject.kind, subject.verdict) for subject in report.subjects] == [
        ("pack", Verdict.INTACT),
        ("capture", Verdict.INTACT),
    ]
    assert told_files(report) == {
        "00 使用说明.txt": ("made", "cannot_say"),
        LETTER: ("made", "cannot_say"),
        "verify.html": ("made", "cannot_say"),
        EXPORT: ("capture", "passed"),
        MASKED: ("masked", "redacted"),
        ORIGINAL: ("original", "passed"),
    }
    facts = the_pack(report).facts
    assert facts.pack is not None and facts.proven_before is not None
    assert (facts.pack.case, facts.pack.channel, facts.redacted) == (CASE, "p12315", 1)
    (masked,) = [file for file in facts.pack.files if file.what == "masked"]
    assert (masked.original, masked.masked) == (packed.order.id, "卡密、手机号")
    assert "verify.html" in {one.about for one in the_pack(report).checks if one.id == "other_files"}


def test_without_a_token_that_is_trusted_nothing_rules_out_the_holder_of_the_key(packed: Packed, check: Check) -> None:
    report = check(packed.files, roots=())
    assert {subject.verdict for subject in report.subjects} == {Verdict.CANNOT_SAY}
    key = VerifierKey.parse(str(json.loads(packed.files["proof/key-0.json"])["key"]))
    assert check(packed.files, roots=(), pinned=(key,)).verdict is Verdict.INTACT
    earlier = (read_earlier("kept", packed.files["proof/checkpoint"]),)
    assert check(packed.files, roots=(), earlier=earlier).verdict is Verdict.INTACT


def test_a_folder_and_a_zip_packed_anew_in_a_folder_are_as_good(packed: Packed, tmp_path: Path) -> None:
    folder = to_folder(packed.files, tmp_path / "包")
    (folder / ".DS_Store").write_bytes(b"x")
    report = verify_target(folder, packed.house.options(0.1))
    assert report.verdict is Verdict.INTACT
    assert any(".DS_Store" in one.detail.en for one in checks(report))
    path = tmp_path / "mail.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in packed.files.items():
            package.writestr(f"案件/包/{name}", data)
    report = verify_target(path, packed.house.options(0.1))
    assert (report.verdict, the_pack(report).name) == (Verdict.INTACT, "mail.zip/案件/包")


def test_a_pack_whose_key_was_replaced_since_shows_the_way_to_the_new_one(tmp_path: Path) -> None:
    packed = make_packed(tmp_path)
    for path in packed.house.archive.keys.folder.glob("custody-*.pem"):
        path.unlink()
    report = verify_target(to_folder(packed.build(), tmp_path / "包"), packed.house.options(0.1))
    assert report.verdict is Verdict.INTACT, named(report)


def test_a_pack_of_a_log_that_began_a_new_epoch_since_leads_to_it(tmp_path: Path) -> None:
    packed = make_packed(tmp_path)
    shutil.rmtree(tmp_path / "archive" / "log")
    packed.house.keep(NOW)
    seal_log(packed.house.archive, NOW)
    files = packed.build()
    assert files["proof/checkpoint"] == packed.files["proof/checkpoint"]
    assert files["proof/newest.checkpoint"].split(b"\n")[0].endswith(b"/2")
    assert verify_target(to_folder(files, tmp_path / "包"), packed.house.options(0.1)).verdict is Verdict.INTACT


def test_a_pack_beside_an_export_and_another_pack_is_told_of_each(packed: Packed, check: Check) -> None:
    two = {f"{folder}/{name}": data for folder in ("甲", "乙") for name, data in packed.files.items()}
    report = check({**two, "一.wacz": packed.files[EXPORT], "信.txt": b"x"})
    kinds = [subject.kind for subject in report.subjects]
    assert kinds == ["container", "pack", "capture", "pack", "capture", "capture"]
    assert report.verdict is Verdict.INTACT
    wrong = check({**two, f"乙/{LETTER}": b"another letter"})
    verdicts = {one.name.rpartition("/")[2]: one.verdict for one in wrong.subjects if one.kind == "pack"}
    assert verdicts == {"甲": Verdict.INTACT, "乙": Verdict.ALTERED}


def test_evidence_that_is_itself_a_zip_is_evidence_and_no_package(packed: Packed, check: Check) -> None:
    archive = packed.house.archive
    chats = to_zip({"chat.txt": b"x", "a.warc.gz": b"y"})
    item = keep_evidence(archive, chats, name="聊天.zip", media_type="application/zip", note="", at=NOW)
    proof = gather_item_proofs(archive, [PackedItem(item.id, ("name",))], NOW)
    listed = [list_file("证据/5-1 聊天.zip", chats, PackedAs.ORIGINAL, item.id)]
    files = {"证据/5-1 聊天.zip": chats, **close_pack(archive, proof, listed, NOW, case=CASE)}
    report = check(files)
    assert [subject.kind for subject in report.subjects] == ["pack"]
    assert told_files(report) == {"证据/5-1 聊天.zip": ("original", "passed")}
    assert failed(report) == set()


def test_a_package_of_another_tool_that_was_brought_as_evidence_is_judged_as_evidence(
    packed: Packed, check: Check
) -> None:
    archive = packed.house.archive
    foreign = to_zip({"datapackage.json": b"{}", "archive/data.warc.gz": b"y"})
    item = keep_evidence(archive, foreign, name="x.wacz", media_type="application/wacz", note="", at=NOW)
    proof = gather_item_proofs(archive, [PackedItem(item.id)], NOW)
    listed = [list_file("证据/2-2.wacz", foreign, PackedAs.ORIGINAL, item.id)]
    report = check({"证据/2-2.wacz": foreign, **close_pack(archive, proof, listed, NOW, case=CASE)})
    assert told_files(report) == {"证据/2-2.wacz": ("original", "passed")}
    assert len(report.subjects) == 1


def test_a_token_that_has_ended_stands_by_a_later_one(tmp_path: Path) -> None:
    packed = make_packed(tmp_path, 30)
    house = packed.house
    house.add_authority("long", 3650)
    house.keep(NOW)
    house.stamp(seal_log(house.archive, NOW), "long")
    files = packed.build()
    assert "proof/token-long.tsr" in files
    options = house.options(100)
    assert verify_target(to_folder(packed.files, tmp_path / "old"), options).verdict is Verdict.CANNOT_SAY
    assert verify_target(to_folder(files, tmp_path / "new"), options).verdict is Verdict.INTACT


# --- altered -----------------------------------------------------------------------------------------------------


def test_one_flipped_byte_in_any_file_is_found_and_the_file_named(packed: Packed, check: Check) -> None:
    for name, data in packed.files.items():
        for place in {0, len(data) // 2, len(data) - 1}:
            report = check({**packed.files, name: flip(data, place)})
            assert report.verdict is Verdict.ALTERED, (name, place)
            assert name in named(report), (name, place, named(report))


def test_no_evidence_is_called_proven_under_a_checkpoint_that_is_not_good(packed: Packed, check: Check) -> None:
    for name in ("proof/checkpoint", "proof/key-0.json"):
        for place in (5, 100):
            report = check({**packed.files, name: flip(packed.files[name], place)})
            proven = {path for path, (what, status) in told_files(report).items() if status in ("passed", "redacted")}
            assert proven == {EXPORT}, (name, place)  # which has a proof of its own


def test_a_file_that_was_taken_away_is_named(packed: Packed, check: Check) -> None:
    for name in packed.files:
        report = check({other: data for other, data in packed.files.items() if other != name})
        assert report.verdict in (Verdict.INCOMPLETE, Verdict.ALTERED), name
        assert name in named(report), name


@pytest.mark.parametrize("name", ["02 和解书.docx", "证据/9-9.png", "proof/more.json", "证据/2-2.wacz"])
def test_a_file_that_was_put_in_is_named(packed: Packed, check: Check, name: str) -> None:
    data = packed.files[EXPORT] if name.endswith(".wacz") else b"x"
    report = check({**packed.files, name: data})
    assert_altered(report, "pack_files")
    assert {"pack_files", "pack_note"} <= failed(report)
    assert name in named(report)


def test_two_files_that_change_places_and_one_that_is_renamed_are_named(packed: Packed, check: Check) -> None:
    files = dict(packed.files)
    files[MASKED], files[ORIGINAL] = files[ORIGINAL], files[MASKED]
    assert {MASKED, ORIGINAL} <= named(check(files))
    files = {(f"{name}x" if name == LETTER else name): data for name, data in packed.files.items()}
    assert {LETTER, f"{LETTER}x"} <= named(check(files))


def test_the_original_in_the_place_of_its_masked_copy_is_found(packed: Packed, check: Check) -> None:
    report = check(sign_again(packed, {**packed.files, MASKED: ORDER}))
    assert {"pack_files", "derivative", "item_bytes"} <= failed(report)


def test_a_pack_signed_by_another_key_is_found(packed: Packed, check: Check, tmp_path: Path) -> None:
    other = make_packed(tmp_path)
    forged = {**packed.files, LETTER: b"another letter"}
    told = json.loads(packed.files[PACK_PROOF])
    for file in told["files"]:
        if file["path"] == LETTER:
            listed = list_file(LETTER, forged[LETTER])
            file["sha256"], file["bytes"] = listed.sha256, listed.bytes
    report = check(sign_again(other, forged, told))
    assert failed(report) == {"pack_note"}
    assert failed(check(sign_again(packed, forged, told))) == set()  # the key's own holder can: letters are his word


def test_another_capture_than_the_one_named_is_found(packed: Packed, check: Check) -> None:
    told = json.loads(packed.files[PACK_PROOF])
    for file in told["files"]:
        if file["what"] == "capture":
            file["id"] = "c-20200101T000000-aaaaaaaa"
    report = check(sign_again(packed, packed.files, told))
    assert_altered(report, "statement")
    assert told_files(report)[EXPORT] == ("capture", "failed")


def test_a_capture_of_another_history_of_the_log_is_found(tmp_path: Path) -> None:
    """The key's holder keeps two copies of one archive and adds another visit to each."""
    first = House(tmp_path / "a", 3650)
    first.keep(NOW - 5 * DAYS)
    seal_log(first.archive, NOW - 5 * DAYS)
    first.archive.close()
    shutil.copytree(tmp_path / "a" / "archive", tmp_path / "b" / "archive")
    one, other = (pack_house(House(tmp_path / name, 3650)) for name in "ab")
    told = json.loads(one.files[PACK_PROOF])
    for file in told["files"]:
        if file["what"] == "capture":
            listed = list_file(EXPORT, other.files[EXPORT])
            file.update(sha256=listed.sha256, bytes=listed.bytes, id=other.visit.id)
    files = sign_again(one, {**one.files, EXPORT: other.files[EXPORT]}, told)
    options = one.house.options(0.1)
    report = verify_target(to_folder(files, tmp_path / "包"), options)
    assert failed(report) == {"consistency"}


def test_proofs_of_another_item_do_not_serve(packed: Packed, check: Check) -> None:
    told = json.loads(packed.files[PACK_PROOF])
    items = {item["id"]: item for item in told["items"]}
    picture, order = items[packed.picture.id], items[packed.order.id]
    for field in ("manifest", "entry"):
        wrong = deepcopy(told)
        for item in wrong["items"]:
            if item["id"] == packed.picture.id:
                item[field] = order[field]
        files = {
            name: data
            for name, data in packed.files.items()
            if field != "manifest" or name != picture["manifest"]["path"]
        }
        report = check(sign_again(packed, files, wrong))
        assert_altered(report, "manifest_digest", "statement", "pack_files")
        assert told_files(report)[ORIGINAL][1] == "failed"


# --- hostile -----------------------------------------------------------------------------------------------------


def spoil(told: Told, change: Callable[[Told], object]) -> Told:
    told = deepcopy(told)
    change(told)
    return told


def files_of(told: Told) -> list[Told]:
    found = told["files"]
    assert isinstance(found, list)
    return found


def items_of(told: Told) -> list[Told]:
    found = told["items"]
    assert isinstance(found, list)
    return found


HOSTILE: dict[str, Callable[[Told], object]] = {
    "a later version": lambda told: told.update(format="cardwatch-pack-2"),
    "no version": lambda told: told.pop("format"),
    "no list": lambda told: told.update(files={}),
    "a list beyond measure": lambda told: told.update(files=files_of(told) * 10_001),
    "a path that leads out": lambda told: files_of(told)[0].update(path="../../etc/passwd"),
    "an absolute path": lambda told: files_of(told)[0].update(path="/etc/passwd"),
    "a path in proof": lambda told: files_of(told)[0].update(path="proof/checkpoint"),
    "a file listed twice": lambda told: files_of(told).append(files_of(told)[0]),
    "a length of text": lambda told: files_of(told)[0].update(bytes="1"),
    "a length that is true": lambda told: files_of(told)[0].update(bytes=True),
    "a length beyond numbers": lambda told: files_of(told)[0].update(bytes=1 << 70),
    "an unknown kind": lambda told: files_of(told)[0].update(what="notarised"),
    "a letter that says it is evidence": lambda told: files_of(told)[0].update(id="e-1"),
    "evidence that nothing proves": lambda told: files_of(told)[0].update(what="original", id="e-1"),
    "an item twice": lambda told: items_of(told).append(items_of(told)[0]),
    "an item of nothing": lambda told: items_of(told).append({**items_of(told)[0], "id": "e-2"}),
    "a copy of itself": lambda told: [item.update(original=item["id"]) for item in items_of(told) if item["original"]],
    "copies in a circle": lambda told: [
        item.update(original=items_of(told)[(place + 1) % 3]["id"]) for place, item in enumerate(items_of(told))
    ],
    "a salt that is none": lambda told: items_of(told)[1].update(salts={"bytes": "00"}),
    "a salt of another label": lambda told: items_of(told)[1].update(salts={"record:0": "0" * 64}),
    "a value without its salt": lambda told: items_of(told)[1].update(stated={"name": "x", "media_type": "x"}),
    "a proof from elsewhere": lambda told: told.update(checkpoint=MASKED),
    "a moment that is none": lambda told: told.update(made_at="yesterday"),
    "a case beyond measure": lambda told: told.update(case="k" * 1000),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_proof_is_refused_by_name(case: str, packed: Packed, check: Check) -> None:
    told = spoil(json.loads(packed.files[PACK_PROOF]), HOSTILE[case])
    report = check(sign_again(packed, packed.files, told))
    assert_altered(report, "pack_format")


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{", b"[" * 100_000, b'{"format": 1, "format": 2}', b"\xff", b'{"format": NaN}'],
    ids=["empty", "a list", "cut off", "deep", "said twice", "no text", "no number"],
)  # fmt: skip
def test_what_is_no_json_is_refused_by_name(data: bytes, packed: Packed, check: Check) -> None:
    assert_altered(check(sign_again(packed, packed.files, data)), "pack_format")


def test_a_list_that_is_no_list_is_refused_by_name(packed: Packed, check: Check) -> None:
    for data in (b"", b"cardwatch-files-1\n", packed.files["proof/checkpoint"], packed.files[PACK_NOTE] + b"\n"):
        assert_altered(check({**packed.files, PACK_NOTE: data}), "pack_note")


def test_salts_that_were_left_out_make_it_incomplete(packed: Packed, check: Check) -> None:
    told = json.loads(packed.files[PACK_PROOF])
    for item in told["items"]:
        item["salts"], item["stated"] = {}, {}
    report = check(sign_again(packed, packed.files, told))
    assert (report.verdict, failed(report)) == (Verdict.INCOMPLETE, set())
    assert "item_bytes" in ids(report, Status.ABSENT)


def test_a_name_that_is_stated_wrongly_is_found(packed: Packed, check: Check) -> None:
    told = json.loads(packed.files[PACK_PROOF])
    for item in told["items"]:
        if item["id"] == packed.picture.id:
            item["stated"]["media_type"] = "text/plain"
    assert_altered(check(sign_again(packed, packed.files, told)), "item_bytes")


def test_a_token_before_the_evidence_is_found(tmp_path: Path) -> None:
    """Evidence whose entry claims a later time than the token over it: a clock was wrong, or it was made up."""
    packed = make_packed(tmp_path)
    archive = packed.house.archive
    item = keep_evidence(archive, PICTURE, name="x", media_type="image/png", note="", at=NOW + 3 * DAYS)
    packed.house.stamp(seal_log(archive, NOW + 3 * DAYS), "short")
    proof = gather_item_proofs(archive, [PackedItem(item.id)], NOW)
    listed = [list_file("x.png", PICTURE, PackedAs.ORIGINAL, item.id)]
    files = {"x.png": PICTURE, **close_pack(archive, proof, listed, NOW, case=CASE)}
    report = verify_target(to_folder(files, tmp_path / "包"), packed.house.options(4))
    assert_altered(report, "clock_order")


# --- the command -------------------------------------------------------------------------------------------------


def run(*words: object) -> Result:
    entry = find_entry("verify")
    assert entry is not None
    return CliRunner().invoke(load_command("verify", entry), [str(word) for word in words], standalone_mode=False)


def test_a_person_reads_what_each_file_is(packed: Packed, tmp_path: Path) -> None:
    path = tmp_path / "投诉包.zip"
    path.write_bytes(to_zip(packed.files))
    result = run(path, "--trust", packed.house.papers["short"].root_pem)
    assert result.return_value == ExitCode.DONE
    lines = result.output.splitlines()
    assert any(line.strip().startswith(f"[遮盖] {MASKED}  遮盖副本  {packed.copy.id} ← ") for line in lines)
    assert any(line.strip() == f"[通过] {ORIGINAL}  原件  {packed.picture.id}" for line in lines)
    assert any(line.strip() == f"[说明] {LETTER}  为本包制作，未经证明" for line in lines)
    assert any("内容是制作人自己的陈述" in line for line in lines)
    path.write_bytes(to_zip({**packed.files, LETTER: b"x"}))
    wrong = run(path, "--trust", packed.house.papers["short"].root_pem, "--language", "en")
    assert wrong.return_value == ExitCode.VERIFY_ALTERED
    assert f"[FAILED] {LETTER}" in wrong.output


def test_json_tells_the_same(packed: Packed, tmp_path: Path) -> None:
    path = tmp_path / "投诉包.zip"
    path.write_bytes(to_zip(packed.files))
    told = json.loads(run(path, "--trust", packed.house.papers["short"].root_pem, "--json").output)
    pack, capture = told["targets"][0]["subjects"]
    assert (pack["kind"], pack["verdict"], capture["kind"], capture["pack"]) == ("pack", "intact", "capture", None)
    assert set(pack["pack"]) == {"case", "channel", "made_at", "files"}
    assert {name for file in pack["pack"]["files"] for name in file} == {
        "path", "what", "status", "id", "original", "masked",
    }  # fmt: skip

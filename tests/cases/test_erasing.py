"""Erasing a case destroys what it holds of persons, keeps what others rest on, and leaves a log that verifies."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from complaints.casefiles import NOW, make_case, make_facts, make_item, make_step

from monitor.cli.main import group
from monitor.complaints.erasing import erase_whole_case, plan_erasure
from storage.archive import Archive
from storage.backup import backup_archive
from storage.case import Facts, Person
from storage.case_items import keep_item, list_items
from storage.case_steps import keep_step, list_steps
from storage.cases import change_case, keep_case, list_events, load_case
from storage.check import check_archive
from storage.custody import read_entry
from storage.evidence import keep_evidence, keep_masked_copy, list_evidence, load_evidence
from storage.identity import VerifiedRecord
from storage.model import EntryKind
from storage.restore import restore_archive
from storage.verified import keep_verified

LATER = NOW + timedelta(days=1)
CASE = make_case().id
OTHER = "k-20261123T040000-bbbbbbbb"


def keep(archive: Archive, data: bytes, name: str = "账单.png") -> str:
    return keep_evidence(archive, data, name=name, media_type="image/png", note="林小明的账单", at=NOW).id


def put(archive: Archive, evidence: str, item: str, case: str = CASE, kind: str = "order") -> None:
    with archive.database.writing() as session:
        made = make_item(kind, id=item, case=case, evidence=evidence, title="林小明的账单", text="林小明 13800138000")
        keep_item(session, made)


@pytest.fixture
def full(archive: Archive) -> Archive:
    """A case with two items, a masked copy of one, a copy of that, and a step whose proof is no item."""
    with archive.database.writing() as session:
        keep_case(session, make_case())
    one, two, proof = keep(archive, b"bill of Lin"), keep(archive, b"chat of Lin"), keep(archive, b"receipt of Lin")
    put(archive, one, "i-one")
    put(archive, two, "i-two")
    masked = keep_masked_copy(archive, one, b"bill of ***", "姓名", NOW)
    keep_masked_copy(archive, masked.id, b"bill of ****", "姓名和金额", NOW)
    with archive.database.writing() as session:
        keep_step(session, make_step("p12315", proof=(proof,), note="林小明"))
    return archive


def test_everything_of_the_case_goes_and_the_log_still_verifies(full: Archive) -> None:
    before = {one.id: one.object for one in list_evidence(full)}
    plan = plan_erasure(full, CASE)
    assert (len(plan.items), len(plan.copies), plan.kept, plan.steps) == (3, 2, (), 1)
    report = erase_whole_case(full, CASE, "本人要求", LATER)
    assert set(report.erased) == set(before) and report.kept == () and report.shared == ()
    assert report.forgotten
    for evidence, sha256 in before.items():
        item = load_evidence(full, evidence)
        assert item.erased_at == LATER and item.name == "" and not full.objects.has(sha256)
        with full.database.reading() as session:
            entry = read_entry(session, item.tombstone_index or 0)
        assert entry.kind is EntryKind.TOMBSTONE and entry.fields["reason"] == f"案件 {CASE} 清除：本人要求"
    with full.database.reading() as session:
        case = load_case(session, CASE)
        assert (case.facts, case.erased_at, case.erased_why) == (Facts(), LATER, "本人要求")
        assert list_steps(session) == () and [one.kind for one in list_events(session, CASE)] == ["erased"]
        assert {item.text + item.title for item in list_items(session, CASE, removed=True)} == {""}
    assert check_archive(full).problems == []


def test_no_file_of_the_archive_holds_a_word_of_it_afterwards(full: Archive) -> None:
    with full.database.writing() as session:
        change_case(session, CASE, make_facts(what_happened="旧的经过" * 2000, buyer=Person("旧名字")), NOW)
    with full.database.writing() as session:
        change_case(session, CASE, make_facts(what_happened="新"), NOW)
    erase_whole_case(full, CASE, "本人要求", LATER)
    full.close()
    left = b"".join(path.read_bytes() for path in full.root.rglob("*") if path.is_file())
    for secret in (b"of Lin", b"bill of", "林小明".encode(), rb"\u6797\u5c0f\u660e", b"13800138000", b"XH20261110001",
                   rb"\u65e7"):  # fmt: skip
        assert secret not in left, secret


def test_what_another_case_uses_is_kept_and_named(full: Archive) -> None:
    (one, two, proof) = [one.id for one in list_evidence(full) if not one.original]
    with full.database.writing() as session:
        other = replace(make_case(), id=OTHER, facts=make_facts(consent=f"授权书 {two}"))
        keep_case(session, other)
        keep_step(session, make_step("p12315", id="p-other", case=OTHER, proof=(proof,)))
    put(full, one, "i-other", OTHER)
    report = erase_whole_case(full, CASE, "本人要求", LATER)
    assert report.erased == () and {kept.evidence for kept in report.kept} == {one, two, proof}
    assert all(OTHER in kept.why for kept in report.kept)
    with full.database.reading() as session:
        assert [item.evidence for item in list_items(session, OTHER)] == [one]
    assert check_archive(full).whole
    assert set(erase_whole_case(full, OTHER, "本人要求", LATER).erased) == {item.id for item in list_evidence(full)}
    assert check_archive(full).whole


def test_an_item_that_was_taken_out_goes_too_and_holds_nothing_back(full: Archive) -> None:
    from storage.case_items import remove_item

    (one, *_) = [one.id for one in list_evidence(full) if not one.original]
    with full.database.writing() as session:
        keep_case(session, replace(make_case(), id=OTHER))
    put(full, one, "i-other", OTHER)
    with full.database.writing() as session:
        remove_item(session, "i-other", NOW)
        remove_item(session, "i-one", NOW)
    assert one in erase_whole_case(full, CASE, "本人要求", LATER).erased


def test_what_a_record_of_the_archive_rests_on_is_kept_and_named(full: Archive) -> None:
    (one, *_) = [one.id for one in list_evidence(full) if not one.original]
    record = VerifiedRecord(
        "w-1", "xh88.test", "payment", "订单", (("name", "某公司"),), date(2026, 11, 20), NOW, "林", one, None
    )
    with full.database.writing() as session:
        keep_verified(session, record, full.keys)
    (kept,) = erase_whole_case(full, CASE, "本人要求", LATER).kept
    assert kept.evidence == one and "verified w-1" in kept.why and "evidence erase" in kept.why
    assert check_archive(full).whole


def test_an_erasure_that_was_stopped_is_finished_by_the_next(full: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    from monitor.complaints import erasing

    real, done = erasing.erase_evidence, list[str]()

    def stumble(archive: Archive, evidence: str, reason: str, at: object) -> object:
        if len(done) == 3:
            raise OSError("power cut")
        done.append(evidence)
        return real(archive, evidence, reason, LATER)

    monkeypatch.setattr(erasing, "erase_evidence", stumble)
    with pytest.raises(OSError, match="power cut"):
        erase_whole_case(full, CASE, "本人要求", LATER)
    with full.database.reading() as session:
        assert load_case(session, CASE).erased_at is None
    monkeypatch.setattr(erasing, "erase_evidence", real)
    report = erase_whole_case(full, CASE, "本人要求", LATER)
    assert len(report.erased) == 2
    assert all(item.erased_at for item in list_evidence(full)) and check_archive(full).whole


def test_the_same_bytes_in_another_item_are_said_to_be_left(full: Archive) -> None:
    twin = keep(full, b"bill of Lin", "另一份.png")
    with full.database.writing() as session:
        keep_case(session, replace(make_case(), id=OTHER))
    put(full, twin, "i-twin", OTHER)
    report = erase_whole_case(full, CASE, "本人要求", LATER)
    assert len(report.shared) == 1 and load_evidence(full, twin).erased_at is None
    assert check_archive(full).whole


def test_cases_come_back_from_a_backup(full: Archive, tmp_path: Path) -> None:
    backup_archive(full, tmp_path / "backup", at=LATER)
    restore_archive(tmp_path / "backup", tmp_path / "again", at=LATER)
    from storage.archive import open_archive

    again = open_archive(
        tmp_path / "again", f"sqlite:///{tmp_path}/again/cardwatch.db", at=LATER, minimum_free_megabytes=1
    )
    with again.database.reading() as session:
        assert load_case(session, CASE) == replace(make_case(), updated_at=NOW)
        assert len(list_items(session, CASE)) == 2 and len(list_steps(session, CASE)) == 1
    assert check_archive(again).whole
    again.close()


def test_a_row_that_was_made_unreadable_is_told_by_the_check(full: Archive) -> None:
    from sqlalchemy import text

    with full.database.writing() as session:
        session.connection().execute(text("UPDATE case_record SET facts = '{\"orders\": 5}'"))
        session.connection().execute(text("UPDATE case_item SET stage = 'later' WHERE id = 'i-one'"))
    assert [problem.capture for problem in check_archive(full).problems] == [CASE, "i-one"]


def test_the_command_asks_first_and_tells_what_it_destroyed(full: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    full.close()
    monkeypatch.chdir(full.root.parent)
    Path("config.toml").write_text("[archive]\nminimum_free_megabytes = 1\n", "utf-8")

    def run(*words: str, text: str = "") -> tuple[int, str]:
        answer = CliRunner().invoke(group, list(words), input=text)
        return answer.exit_code, answer.output

    code, told = run("case", "erase", CASE, "--reason", "本人要求", text="n\n")
    assert code != 0 and "3件证据、2件遮盖副本" in told and "备份不在其内" in told
    assert run("case", "erase", CASE, "--reason", " ", "--yes")[0] == 2
    assert run("case", "erase", CASE, "--reason", "x" * 201, "--yes")[0] == 2
    code, told = run("case", "erase", CASE, "--reason", "本人要求", "--yes", "--json")
    made = json.loads(told)
    assert code == 0 and len(made["erased"]) == 5 and made["case"]["facts"] is None
    assert "本人要求" in run("case", "show", CASE)[1] and "已清除" in run("case", "list")[1]
    assert run("case", "erase", CASE, "--reason", "再来", "--yes")[0] == 2
    assert run("check")[0] == 0

"""What a pack's proof discloses, which checkpoint it takes, and that it comes out the same again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.export import export_capture
from monitor.verify.target import verify_target
from monitor.verify.verdict import Verdict
from storage.checkpoints import checkpoint_covering, head_of, seal_log
from storage.custody import log_size
from storage.errors import ArchiveError, NotInArchive
from storage.evidence import erase_evidence, evidence_seed, keep_evidence, keep_masked_copy
from storage.manifest import make_salt
from storage.notes import parse_head, parse_note
from storage.pack_note import PACK_NOTE, parse_pack_note
from storage.pack_proof import (
    PACK_PROOF,
    PackedAs,
    PackedItem,
    close_pack,
    find_masked_copy,
    gather_item_proofs,
)

from .house import DAYS
from .maker import NOW
from .packs import CASE, MASKED, MASKED_ORDER, ORDER, PICTURE, Packed, list_file, make_packed


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Packed:
    return make_packed(tmp_path_factory.mktemp("packed"))


@pytest.fixture
def fresh(tmp_path: Path) -> Packed:
    """One that a test may change."""
    return make_packed(tmp_path)


def test_the_pack_says_of_every_file_what_it_is(packed: Packed) -> None:
    told = json.loads(packed.files[PACK_PROOF])
    assert (told["format"], told["case"], told["channel"]) == ("cardwatch-pack-1", CASE, "p12315")
    assert [(file["path"], file["what"]) for file in told["files"]] == [
        ("00 使用说明.txt", "made"),
        ("01 投诉书.docx", "made"),
        ("verify.html", "made"),
        ("证据/2-1 商品页.wacz", "capture"),
        ("证据/3-1 订单.txt", "masked"),
        ("证据/4-1 兑换失败截图.png", "original"),
    ]
    assert {item["id"] for item in told["items"]} == {packed.picture.id, packed.order.id, packed.copy.id}


def test_nothing_of_a_masked_original_is_disclosed(packed: Packed) -> None:
    whole = b"".join(packed.files.values())
    seed = evidence_seed(packed.house.archive, packed.order.id)
    assert seed is not None
    for secret in (ORDER, packed.order.object.encode(), packed.order.name.encode(), seed.hex().encode()):
        assert secret not in whole
    for label in ("bytes", "length", "media_type", "name", "note"):
        assert make_salt(seed, label).hex().encode() not in whole


def test_of_an_original_name_and_note_are_disclosed_only_where_asked_for(packed: Packed) -> None:
    proofs = packed.files[PACK_PROOF]
    assert packed.picture.name.encode() not in proofs
    item = PackedItem(packed.picture.id, ("note",))
    (told,) = gather_item_proofs(packed.house.archive, [item], NOW).fields["items"]  # type: ignore[misc, attr-defined]
    assert told["stated"] == {"media_type": "image/png", "note": "兑换失败"}
    assert set(told["salts"]) == {"bytes", "length", "media_type", "note"}


def test_the_same_bytes_come_out_after_the_log_has_grown(fresh: Packed) -> None:
    fresh.house.keep(NOW + DAYS)
    seal_log(fresh.house.archive, NOW + DAYS)
    assert fresh.build() == fresh.files
    changed = {name for name, data in fresh.build(steady=False).items() if data != fresh.files[name]}
    assert changed == {"证据/2-1 商品页.wacz", PACK_PROOF, PACK_NOTE}


def test_a_redacted_export_is_entered_once_and_comes_out_the_same(fresh: Packed, tmp_path: Path) -> None:
    archive, sizes, made = fresh.house.archive, [], []
    for number in range(3):
        path = tmp_path / f"{number}.wacz"
        export_capture(archive, fresh.visit.id, path, at=NOW, masks=("10.00",), steady=True)
        with archive.database.reading() as session:
            sizes.append(log_size(session))
        made.append(path.read_bytes())
        if number:
            keep_evidence(archive, b"more", name="a", media_type="text/plain", note="", at=NOW)
            seal_log(archive, NOW)
    assert made[0] == made[1] == made[2]
    assert sizes[0] == sizes[1]
    options = fresh.house.options(0.1)
    assert verify_target(tmp_path / "2.wacz", options).verdict is Verdict.INTACT


def test_the_checkpoint_is_the_earliest_with_a_token_that_covers_all(fresh: Packed) -> None:
    archive = fresh.house.archive
    later = keep_evidence(archive, b"later", name="a", media_type="text/plain", note="", at=NOW)
    seal_log(archive, NOW)
    fresh.house.keep(NOW)
    stamped = seal_log(archive, NOW)
    fresh.house.stamp(stamped, "short")
    one = gather_item_proofs(archive, [PackedItem(fresh.picture.id)], NOW)
    both = gather_item_proofs(archive, [PackedItem(fresh.picture.id), PackedItem(later.id)], NOW)
    assert one.files["proof/checkpoint"] == fresh.files["proof/checkpoint"]
    assert both.files["proof/checkpoint"] == stamped.note


def test_a_log_that_no_checkpoint_covers_is_sealed_first(fresh: Packed) -> None:
    archive = fresh.house.archive
    later = keep_evidence(archive, b"later", name="a", media_type="text/plain", note="", at=NOW)
    proof = gather_item_proofs(archive, [PackedItem(later.id)], NOW)
    assert parse_head(parse_note(proof.files["proof/checkpoint"])).size > later.log_index
    assert proof.fields["tokens"] == []


def test_a_pack_of_letters_alone_has_a_checkpoint_too(packed: Packed) -> None:
    proof = gather_item_proofs(packed.house.archive, [], NOW)
    files = close_pack(packed.house.archive, proof, [list_file("信.txt", b"x")], NOW)
    assert {"proof/checkpoint", PACK_PROOF, PACK_NOTE} <= set(files)


def test_a_key_that_is_gone_is_replaced_and_the_way_to_the_new_one_is_shown(fresh: Packed) -> None:
    for path in (fresh.house.archive.keys.folder).glob("custody-*.pem"):
        path.unlink()
    files = fresh.build()
    told = json.loads(files[PACK_PROOF])
    assert told["consistency"]["keys"]
    assert files["proof/checkpoint"] == fresh.files["proof/checkpoint"]
    with fresh.house.archive.database.reading() as session:
        newest = checkpoint_covering(session, told["consistency"]["keys"][0]["index"])
    assert newest is not None
    _, note = parse_pack_note(files[PACK_NOTE])
    assert note.signatures[0].name == head_of(newest).origin
    assert fresh.build() == files


def test_a_masked_copy_that_is_kept_already_is_found(packed: Packed) -> None:
    archive = packed.house.archive
    found = find_masked_copy(archive, packed.order.id, packed.copy.object)
    assert found == packed.copy
    assert find_masked_copy(archive, packed.picture.id, packed.copy.object) is None
    assert find_masked_copy(archive, packed.order.id, "0" * 64) is None


def test_the_original_of_a_copy_of_a_copy_is_proven_too(fresh: Packed) -> None:
    archive = fresh.house.archive
    again = keep_masked_copy(archive, fresh.copy.id, b"less", "全部", NOW)
    proof = gather_item_proofs(archive, [PackedItem(again.id)], NOW)
    told = {item["id"]: item for item in proof.fields["items"]}  # type: ignore[attr-defined]
    assert set(told) == {again.id, fresh.copy.id, fresh.order.id}
    assert told[fresh.copy.id]["salts"] == {}


def test_an_original_that_was_erased_leaves_its_masked_copy_provable(fresh: Packed) -> None:
    erase_evidence(fresh.house.archive, fresh.order.id, "本人要求", NOW)
    assert fresh.build() == fresh.files


def test_what_would_not_verify_is_never_packed(packed: Packed) -> None:
    archive = packed.house.archive
    proof = gather_item_proofs(archive, [PackedItem(packed.copy.id)], NOW)
    good = list_file(MASKED, MASKED_ORDER, PackedAs.MASKED, packed.copy.id)
    wrong = {
        "altered": [list_file(MASKED, MASKED_ORDER + b"x", PackedAs.MASKED, packed.copy.id)],
        "listed as original": [list_file(MASKED, MASKED_ORDER, PackedAs.ORIGINAL, packed.copy.id)],
        "not proven": [good, list_file("x.png", PICTURE, PackedAs.ORIGINAL, packed.picture.id)],
        "no file": [list_file("x.txt", b"x")],
        "in proof": [good, list_file("Proof/x", b"x")],
        "two files": [good, list_file("a.txt", b"x"), list_file("A.txt", b"x")],
        "other systems": [good, list_file("a/../b", b"x")],
        "made": [good, list_file("a", b"x", PackedAs.MADE, packed.copy.id)],
    }
    for name, files in wrong.items():
        with pytest.raises(ArchiveError):
            pytest.fail(f"{name}: {list(close_pack(archive, proof, files, NOW))}")
    assert close_pack(archive, proof, [good], NOW)


def test_an_item_that_is_not_there_or_was_erased_cannot_be_packed(fresh: Packed) -> None:
    archive = fresh.house.archive
    with pytest.raises(NotInArchive):
        gather_item_proofs(archive, [PackedItem("e-20200101T000000-aaaaaaaa")], NOW)
    with pytest.raises(ArchiveError, match="twice"):
        gather_item_proofs(archive, [PackedItem(fresh.picture.id)] * 2, NOW)
    erase_evidence(archive, fresh.picture.id, "x", NOW)
    with pytest.raises(ArchiveError, match="erased"):
        gather_item_proofs(archive, [PackedItem(fresh.picture.id)], NOW)

"""`dossier` on a real archive: what rows rest on, what stays on this machine, what is masked, and that it prints."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from dossier.shop import (
    FIRM,
    MAIL,
    MOVED,
    NAME,
    NEW,
    OLD,
    OWNER,
    PHONE,
    QQ,
    SINCE,
    UNTIL,
    WECHAT,
    Shop,
    make_shop,
)  # fmt: skip
from scrapers.identity import Identifier
from scrapers.model import Role
from storage.identity import Objection, VerifiedRecord
from storage.objections import keep_objection
from storage.pages import ensure_page
from storage.statements import note_identifiers
from storage.verified import keep_verified

PRIVATE = (OWNER, QQ, PHONE, MAIL, WECHAT)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return make_shop(tmp_path)


def numbers_in(value: object) -> list[int]:
    """Every number of proof that stands anywhere in the data."""
    if isinstance(value, dict):
        own = value["proof"] if isinstance(value.get("proof"), list) else []
        return [*own, *(number for one in value.values() for number in numbers_in(one))]
    return [number for one in value for number in numbers_in(one)] if isinstance(value, list) else []


def test_every_row_of_a_link_names_what_proves_it(shop: Shop) -> None:
    data = shop.ask()
    link = next(one for one in data["links"] if {one["a"], one["b"]} == {OLD, NEW})
    rows = {row["kind"]: row["proof"] for row in link["rows"]}
    weighed = [kind for kind, proof in rows.items() if kind not in ("prior", "name") and not proof]
    assert weighed == [] and "tls_spki" in rows
    proofs = {one["number"]: one for one in data["proofs"]}
    assert {proofs[number]["about"] for number in rows["tls_spki"]} == {OLD, NEW}
    assert sum(float(row["bits"]) for row in (*link["rows"], *link["contrary"])) == pytest.approx(
        float(link["bits"]), abs=0.5
    )


def test_each_number_is_in_the_list_and_the_list_holds_nothing_else(shop: Shop) -> None:
    data = shop.ask()
    listed = [one["number"] for one in data["proofs"]]
    assert listed == list(range(1, len(listed) + 1)) and listed
    used = {*numbers_in(data)} | {one for site in data["sites"] for one in site["picture_proof"]}
    assert used == set(listed)
    page = shop.write()
    assert {int(one) for one in re.findall(r'href="#p(\d+)"', page)} <= {
        int(one) for one in re.findall(r'id="p(\d+)"', page)
    }
    for one in data["proofs"]:
        assert one["log_index"] is not None and one["sealed_at"] and len(one["sha256"]) == 64


def test_nothing_below_confirmed_leaves_the_machine(shop: Shop) -> None:
    inside = shop.ask("--internal")
    assert {link["band"] for link in inside["links"]} == {"确认", "高度疑似", "线索"}
    ours = [link for link in inside["links"] if OLD in (link["a"], link["b"])]
    unsure = {link["a"] if link["b"] == OLD else link["b"] for link in ours if link["band"] != "确认"}
    assert unsure and {link["band"] for link in ours} == {"确认", "高度疑似", "线索"}
    outside = shop.ask()
    assert {link["band"] for link in outside["links"]} == {"确认"}
    assert outside["leads"] == [] and outside["leads_left"]
    assert {move["kind"] for move in outside["moves"]} == {"successor"}
    steps = json.dumps(outside["steps"], ensure_ascii=False)
    assert FIRM not in steps and outside["steps_left"]
    for text in (shop.write(), json.dumps(outside, ensure_ascii=False), shop.write("--unmask")):
        assert not any(site in text for site in unsure)


def test_a_persons_word_is_told_as_that_and_only_on_this_machine(shop: Shop) -> None:
    other = "copied-it.top"
    archive = shop.open()
    with archive.database.writing() as session:
        note_identifiers(session, other, [Identifier("mobile", PHONE, "visible", block="contact")], UNTIL)
    archive.close()
    judged = shop.run("judge", OLD, other, "same", "--reason", "付款时收款人相同", "--by", "值班员")
    assert judged.exit_code == 0, judged.output
    for text in (shop.write(), json.dumps(shop.ask(), ensure_ascii=False)):
        assert other not in text and "人工判定" not in text
    inside = shop.ask("--internal")
    link = next(one for one in inside["links"] if {one["a"], one["b"]} == {OLD, other})
    assert link["band"] == "人工判定" and link["evidence_band"] != "确认"
    assert (link["decision"]["by"], link["decision"]["reason"]) == ("值班员", "付款时收款人相同")
    assert next(site["why"] for site in inside["sites"] if site["site"] == other) == "judged"
    page = shop.write("--internal")
    assert "人工判定”的除外" in page and "付款时收款人相同" in page and 'stroke="#4b2a86"' in page
    told = shop.run("who", NAME, "--at", "2026-06-01").stdout
    assert "只由人工判定" in told and not re.search(f"同一运营者（确认）还有[^注]*{other}", told)


def test_what_evidence_confirms_stays_so_when_a_person_says_the_same(shop: Shop) -> None:
    said = ("judge", OLD, NEW, "same", "--reason", "两站同一收款")
    assert shop.run(*said).exit_code == 0 and shop.run("judge", OLD, NEW, "--undo").exit_code == 0
    before = shop.ask()
    assert shop.run(*said).exit_code == 0
    after = shop.ask()
    assert after["sisters"] == before["sisters"] != []
    assert [(one["a"], one["b"], one["band"]) for one in after["links"]] == [
        (one["a"], one["b"], one["band"]) for one in before["links"]
    ]


def test_each_sign_of_a_move_has_its_own_day_and_its_own_side(shop: Shop) -> None:
    archive = shop.open()
    told = Identifier("notice_successor", NEW, "visible", shown=f"新网址 {NEW}")
    with archive.database.writing() as session:
        note_identifiers(session, OLD, [told], SINCE)
    archive.close()
    move = next(one for one in shop.ask()["moves"] if (one["before"], one["after"]) == (OLD, NEW))
    signs = {one["sentence"]: one for one in move["signals"]}
    notice, redirect = (next(one for name, one in signs.items() if word in name) for word in ("公告", "跳转"))
    assert (notice["first_seen"][:10], redirect["first_seen"][:10]) == (f"{SINCE:%Y-%m-%d}", f"{UNTIL:%Y-%m-%d}")
    assert notice["of_old_side"] and redirect["of_old_side"]
    others = [one for one in move["signals"] if one not in (notice, redirect)]
    assert others and not any(one["of_old_side"] for one in others)
    assert move["when"] == f"{SINCE:%Y-%m-%d}起旧站有公告，{UNTIL:%Y-%m-%d}起旧站跳转"
    page = shop.write()
    assert move["when"] in page and "旧站一方的说法及所见日期" in page
    arrow = re.search(rf"后继：{OLD} → {NEW}，(\S+)", page)
    assert arrow is not None and arrow[1] == f"{UNTIL:%Y-%m-%d}"


def test_no_row_is_dated_outside_what_its_site_was_seen_to_say(shop: Shop) -> None:
    archive = shop.open()
    with archive.database.writing() as session:
        named = [Identifier("tls_san", site, "tls") for site in (OLD, NEW)]
        note_identifiers(session, OLD, named, SINCE)
        note_identifiers(session, NEW, named, UNTIL)
    archive.close()
    data = shop.ask("--internal")
    said: dict[tuple[str, str], list[str]] = {}
    for site in data["sites"]:
        for one in site["statements"]:
            said.setdefault((site["site"], one["kind"]), []).extend((one["first_seen"], one["last_seen"]))
    rows = [(link, row) for link in data["links"] for row in (*link["rows"], *link["contrary"])]
    assert any(row["kind"] == "tls_san" and row["first_a"] for _, row in rows)
    for link, row in rows:
        for side in ("a", "b"):
            seen = said.get((link[side], row["kind"]))
            if seen and row[f"first_{side}"]:
                assert min(seen) <= row[f"first_{side}"] <= row[f"last_{side}"] <= max(seen), row


def test_a_note_that_names_a_lead_stays_on_the_machine(shop: Shop) -> None:
    paid = ("--payee", "海口别家商贸有限公司")
    assert any(FIRM in note for note in shop.ask("--internal", *paid)["notes"])
    assert not any(FIRM in note for note in shop.ask(*paid)["notes"])


def test_the_first_page_tells_the_words_to_type(shop: Shop) -> None:
    first = shop.write().split("<h2>")[0]
    assert re.search(r"工信部[^<]*：输入“[^”]*" + re.escape(OLD), first)


def test_an_internal_file_says_so_on_every_page(shop: Shop) -> None:
    assert re.search(r'class="internal">仅供本机参考', shop.write("--internal"))
    assert 'class="internal"' not in shop.write()


def test_persons_and_contacts_are_masked_wherever_they_stand(shop: Shop) -> None:
    archive = shop.open()
    spaced = f"{PHONE[:3]}-{PHONE[3:7]} {PHONE[7:]}"
    with archive.database.writing() as session:
        objection = f"我是{OWNER}，电话{spaced}，Q Q：{QQ}，微信号：someone_else77"
        keep_objection(session, Objection("o-1", NAME, OWNER, objection, UNTIL, UNTIL), archive.keys)
        keep_verified(
            session,
            VerifiedRecord("w-1", OLD, "payment", "交易单号", (("name", "司徒晚晴"), ("account", "2088102938475610")),
                           SINCE.date(), UNTIL, "诸葛小满"),
            archive.keys,
        )  # fmt: skip
    archive.close()
    for text in (shop.write(), json.dumps(shop.ask(), ensure_ascii=False), shop.run("dossier", NAME, "--json").output):
        for private in (*PRIVATE, spaced, "someone_else77", "司徒晚晴", "诸葛小满", "2088102938475610"):
            assert private not in text, private
        assert FIRM in text and OLD in text and NEW in text
    full = shop.write("--unmask")
    assert all(one in full for one in (*PRIVATE, "司徒晚晴", "诸葛小满"))


def test_an_objection_goes_along_and_weighs_nothing(shop: Shop, tmp_path: Path) -> None:
    before = shop.ask()
    letter = tmp_path / "letter.txt"
    letter.write_text("与我司无关", encoding="utf-8")
    words = ("objection", "add", OLD, "--by", "某某客服部", "--text", "本店与该网站无关", "--received", "2026-06-09")
    kept = shop.run(*words, "--file", str(letter), "--json")
    assert kept.exit_code == 0, kept.output
    after = shop.ask()
    (objection,) = after["objections"]
    assert objection["received_at"].startswith("2026-06-09") and objection["by"] == "某某客服部"
    (number,) = objection["proof"]
    proof = after["proofs"][number - 1]
    assert (proof["kind"], proof["id"]) == ("evidence", json.loads(kept.stdout)["evidence"])
    assert "本店与该网站无关" in shop.write() and "本店与该网站无关" in shop.run("who", NAME).stdout
    for field in ("conclusion", "respondents", "moves", "sisters", "leads_left"):
        assert after[field] == before[field]
    bits = [[(link["a"], link["b"], link["bits"], link["band"]) for link in data["links"]] for data in (before, after)]
    assert bits[0] == bits[1]


def test_a_payment_record_names_the_payee(shop: Shop) -> None:
    data = shop.ask("--payee", FIRM, "--internal")
    assert any((one["name"], one["role"], one["band"]) == (FIRM, "收款方", "高度疑似") for one in data["respondents"])
    assert any("您称" in row["sentence"] for one in data["respondents"] for row in one["rows"])


def test_whoever_is_below_confirmed_stays_on_the_machine(shop: Shop) -> None:
    paid = "海口别家商贸有限公司"
    inside = shop.ask("--payee", paid, "--internal")
    assert paid in inside["conclusion"] and not inside["forums"]
    outside = shop.ask("--payee", paid)
    assert outside["respondents"] == [] and "主体不明" in outside["conclusion"] and outside["forums"]
    assert outside["leads_left"] == len(inside["respondents"]) + len(inside["leads"])
    page = shop.write("--payee", paid, "--unmask")
    assert paid not in page and paid not in json.dumps(outside, ensure_ascii=False) and "未达到“确认”" in page
    printed = shop.run("dossier", NAME, "--payee", paid, "--out", str(shop.folder / "told.html")).output
    assert paid not in printed


def test_no_day_of_an_order_is_made_up(shop: Shop) -> None:
    words = ("--payee", FIRM, "--internal")
    given, bare = shop.ask(*words), json.loads(shop.run("dossier", NAME, "--json", *words).stdout)
    assert given["at_given"] is True and bare["at_given"] is False
    told = json.dumps([bare[part] for part in ("respondents", "leads", "notes")], ensure_ascii=False)
    assert "订单日" not in told and "离制作日较远" in told
    place = shop.folder / "bare.html"
    assert shop.run("dossier", NAME, "--out", str(place), *words).exit_code == 0
    head = place.read_text(encoding="utf-8").split("</h1>")[1].split("</p>")[0]
    assert "未给订单日，按制作日" in head and not re.search(r"订单日 \d", head)
    assert "订单日 2026-06-01" in shop.write(*words)


def test_hostile_values_stay_text_and_many_of_them_stay_few(shop: Shop) -> None:
    archive = shop.open()
    bad = "</td><script>alert(1)</script>\u202e<svg onload=x>"
    with archive.database.writing() as session:
        note_identifiers(session, OLD, [Identifier("company", f"{bad}有限公司", "visible")], SINCE)
        note_identifiers(session, OLD, [Identifier("verification_meta", "k=" + "x" * 300_000, "visible")], SINCE)
        many = (Identifier("qq", str(100_000_000 + number), "visible") for number in range(3000))
        note_identifiers(session, OLD, many, SINCE)
    archive.close()
    page = shop.write()
    assert "<script" not in page and "\u202e" not in page and "<svg onload" not in page and "&lt;script&gt;" in page
    assert len(page) < 400_000
    left = [site["statements_left"] for site in shop.ask()["sites"]]
    assert left[0] > 2900


def test_a_platform_without_any_look_gives_an_honest_file(shop: Shop) -> None:
    archive = shop.open()
    with archive.database.writing() as session:
        ensure_page(session, "空白店", "https://kongbai.top/", Role.HOME, "desktop", SINCE)
    archive.close()
    out = shop.folder / "empty.html"
    assert shop.run("dossier", "空白店", "--out", str(out)).exit_code == 0
    page = out.read_text(encoding="utf-8")
    assert "主体不明" in page and "没有证据" in page and "没有达到“确认”的关联" in page


def test_what_is_no_evidence_is_not_called_false(shop: Shop) -> None:
    archive = shop.open()
    odd = Identifier("tls_san", OLD, "tls", problem="certificate not trusted: ERR_CERT_AUTHORITY_INVALID")
    with archive.database.writing() as session:
        note_identifiers(session, NEW, [odd], MOVED)
    archive.close()
    page = shop.write()
    assert "不作依据：浏览器不信任的证书" in page and "ERR_CERT" not in page and "不可能是真的" not in page


def test_a_file_that_is_there_is_not_overwritten(shop: Shop) -> None:
    (shop.folder / "there.html").write_text("mine", encoding="utf-8")
    result = shop.run("dossier", NAME, "--out", str(shop.folder / "there.html"))
    assert result.exit_code == 2 and (shop.folder / "there.html").read_text(encoding="utf-8") == "mine"
    assert shop.run("dossier", NAME, "--out", str(shop.folder / "x.docx")).exit_code == 2
    assert shop.run("dossier", "没有这个平台").exit_code == 6


def test_it_prints_as_a_pdf_marked_on_every_page(shop: Shop) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    place = shop.folder / "out.pdf"
    result = shop.run("dossier", NAME, "--internal", "--out", str(place))
    assert result.exit_code == 0, result.output
    pages = subprocess.run(["pdftotext", "-layout", str(place), "-"], capture_output=True, check=True).stdout.decode()
    sheets = [page for page in pages.split("\f") if page.strip()]
    assert len(sheets) >= 3
    assert all("不得外传" in page for page in sheets)
    assert NAME in sheets[0] and not any(one in pages for one in PRIVATE)


def test_what_was_seen_on_two_days_is_cited_by_both(shop: Shop) -> None:
    data = shop.ask()
    old = next(site for site in data["sites"] if site["site"] == OLD)
    row = next(one for one in old["statements"] if one["kind"] == "tls_spki")
    at = {one["number"]: one["at"] for one in data["proofs"]}
    assert [at[number][:10] for number in row["proof"]] == [f"{SINCE:%Y-%m-%d}", f"{UNTIL:%Y-%m-%d}"]

"""`who` and `verified` on a real archive: the answer, its masking, what a look-up changes, and the way to fail."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from terminal import invoke_apart

from monitor.cli.main import group
from respondents.sights import FIRM, SINCE, SITE, UNTIL, USCC
from scrapers.identity import Identifier
from scrapers.model import Role
from storage.archive import Archive, open_archive
from storage.evidence import list_evidence
from storage.identity import LookupKind, Move, MoveKind, Objection, Operator, SitePeriod, SiteState
from storage.lookups import keep_lookup
from storage.moves import keep_move
from storage.objections import keep_objection
from storage.operators import begin_operator
from storage.pages import ensure_page
from storage.site_periods import begin_period
from storage.sites import link_platform
from storage.statements import note_identifiers

NAME = "星河卡盟"
FOOTER = (
    Identifier("uscc", USCC, "visible", block="footer"),
    Identifier("company", FIRM, "visible", block="footer"),
    Identifier("address", "广东省深圳市南山区科技园一路1号", "visible", block="footer"),
    Identifier("icp", "粤ICP备19283746号-3", "visible", block="footer"),
    Identifier("qq", "23456789", "visible", block="contact"),
    Identifier("payee", "王小明", "visible", block="pay", role="收款方"),
)
REGISTRANT = Identifier("registrant", "王小明", "registry")
FILED = ("--source", "miit", "--asked", SITE, "--field", f"name={FIRM}", "--field", "filed_on=2026-05-20",
         "--looked-on", "2026-06-03")  # fmt: skip


@dataclass
class Shop:
    """An archive with one platform, and the command line on it."""

    folder: Path

    def open(self) -> Archive:
        path = self.folder / "archive"
        return open_archive(path, f"sqlite:///{path / 'cardwatch.db'}", at=datetime.now(UTC))

    def run(self, *words: str) -> Result:
        return invoke_apart(group, ["--config", str(self.folder / "config.toml"), *words])

    def ask(self, *words: str) -> dict[str, object]:
        result = self.run("who", *words, "--at", "2026-06-01", "--filed-on", "2026-06-20", "--json")
        assert result.exit_code == 0, result.output
        data = json.loads(result.stdout)
        assert isinstance(data, dict)
        return data


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    (tmp_path / "config.toml").write_text('[archive]\npath = "archive"\n', encoding="utf-8")
    made = Shop(tmp_path)
    archive = made.open()
    with archive.database.writing() as session:
        ensure_page(session, NAME, f"https://{SITE}/", Role.HOME, "desktop", SINCE)
        link_platform(session, NAME, SITE, SINCE)
        for moment in (SINCE, UNTIL):
            note_identifiers(session, SITE, FOOTER, moment)
        note_identifiers(session, SITE, [Identifier("registered_on", "2023-02-01", "registry")], SINCE)
    archive.close()
    return made


def roles(data: dict[str, object], part: str = "respondents") -> dict[str, tuple[str, str]]:
    found = data[part]
    assert isinstance(found, list)
    return {one["role"]: (one["name"], one["band"]) for one in found}


def test_a_copied_footer_gives_no_respondent_but_a_way_on(shop: Shop) -> None:
    data = shop.ask(NAME)
    assert data["known"] is False and data["respondents"] == []
    assert "主体不明" in str(data["conclusion"])
    assert roles(data, "leads")["site_operator"] == (FIRM, "线索")
    assert [one["procedure"] for one in data["forums"]] == ["complaint", "report", "court"]  # type: ignore[attr-defined]
    assert data["next_steps"]


def test_look_ups_lift_it_step_by_step(shop: Shop, tmp_path: Path) -> None:
    screenshot = tmp_path / "shot.png"
    screenshot.write_bytes(b"\x89PNG\r\n\x1a\nscreenshot")
    fields = ["--field", f"name={FIRM}", "--field", f"uscc={USCC}", "--field", "address=深圳市福田区华强北路2号"]
    kept = shop.run(
        "verified", "add", NAME, "--source", "gsxt", "--asked", USCC, *fields,
        "--looked-on", "2026-06-03", "--file", str(screenshot), "--json",
    )  # fmt: skip
    assert kept.exit_code == 0, kept.output
    record = json.loads(kept.stdout)
    archive = shop.open()
    assert [item.id for item in list_evidence(archive)] == [record["evidence"]]
    archive.close()
    data = shop.ask(NAME, "--home", "浙江省杭州市西湖区")
    assert roles(data, "leads")["site_operator"] == (FIRM, "线索") and data["known"] is False
    shop.run("verified", "add", SITE, *FILED)
    data = shop.ask(NAME, "--home", "浙江省杭州市西湖区")
    assert roles(data)["site_operator"] == (FIRM, "确认") and data["known"] is True
    first = data["respondents"][0]  # type: ignore[index]
    assert first["locality"]["name"] == "广东省深圳市福田区"
    assert [one["division_name"] for one in first["forums"]][:3] == ["广东省深圳市福田区"] * 2 + ["浙江省杭州市西湖区"]
    assert {law["id"] for one in first["forums"] for law in one["laws"]} >= {"tsjb-13", "tsjb-31", "msfjs-20"}


def test_a_revoked_look_up_counts_no_more(shop: Shop) -> None:
    kept = shop.run("verified", "add", SITE, *FILED, "--json")
    record = json.loads(kept.stdout)
    assert roles(shop.ask(SITE))["site_operator"][1] == "确认"
    assert shop.run("verified", "revoke", record["id"]).exit_code == 0
    assert shop.ask(SITE)["respondents"] == []
    assert shop.run("verified", "list", NAME).exit_code == 6
    shown = json.loads(shop.run("verified", "list", NAME, "--revoked", "--json").stdout)
    assert [one["id"] for one in shown["verified"]] == [record["id"]] and shown["verified"][0]["revoked_at"]


def test_persons_are_masked_everywhere_unless_asked(shop: Shop) -> None:
    archive = shop.open()
    with archive.database.writing() as session:
        note_identifiers(session, SITE, [REGISTRANT], SINCE)
    archive.close()
    words = ("who", NAME, "--at", "2026-06-01", "--payee", "王小明")
    for extra in ((), ("--json",)):
        masked = shop.run(*words, *extra).stdout
        assert "王小明" not in masked and "23456789" not in masked and "王**" in masked
        assert FIRM in masked
        assert "王小明" in shop.run(*words, *extra, "--unmask").stdout


def test_the_text_says_who_how_sure_where_and_what_next(shop: Shop) -> None:
    shop.run("verified", "add", SITE, *FILED)
    text = shop.run("who", NAME, "--at", "2026-06-01", "--home", "浙江省杭州市西湖区").stdout
    for expected in (
        "结论",
        f"{FIRM}（确认）",
        "订单日前后均见",
        "到哪里",
        "广东省深圳市南山区（县级）",
        "杭州市西湖区的基层人民法院",
        "下一步",
    ):
        assert expected in text
    lines = [line for line in text.splitlines() if "cardwatch verified add" not in line]
    assert len(lines) < 75
    assert all(sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in line) <= 100 for line in lines)
    assert f"--config {shop.folder / 'config.toml'}" in text


def test_a_successors_words_count_and_a_mirrors_do_not(shop: Shop) -> None:
    archive = shop.open()
    with archive.database.writing() as session:
        for site, kind, decided_by in (
            ("xinghe2.cn", MoveKind.SUCCESSOR, "张三"),
            ("copy.top", MoveKind.MIRROR, ""),
            ("weak.top", MoveKind.SUCCESSOR, ""),  # nobody decided it, and no link ties it
        ):
            note_identifiers(session, site, [Identifier("company", f"{site}有限公司", "visible", block="f")], UNTIL)
            keep_move(session, Move(SITE, site, kind, UNTIL, 20.0, decided_by=decided_by), UNTIL)
    archive.close()
    data = shop.ask(NAME)
    assert [one["site"] for one in data["sites"]] == [SITE, "xinghe2.cn"]  # type: ignore[attr-defined]
    assert "copy.top" not in json.dumps(data, ensure_ascii=False)
    assert [one["site"] for one in shop.ask("xinghe2.cn")["sites"]][-1] == SITE  # type: ignore[attr-defined]


ACCOUNT = Identifier("epay_pid", "pay.suitong.test#31866", "attribute")
PAID = ("--source", "payment", "--asked", "订单1", "--field", "account=31866", "--field", "name=杭州别家商贸有限公司",
        "--looked-on", "2026-06-02")  # fmt: skip


def test_money_paid_to_an_account_of_another_site_is_said_and_names_nobody(shop: Shop, tmp_path: Path) -> None:
    screenshot = tmp_path / "shot.png"
    screenshot.write_bytes(b"\x89PNG\r\n\x1a\nscreenshot")
    assert shop.run("verified", "add", NAME, *PAID, "--file", str(screenshot)).exit_code == 0
    sure = shop.ask(NAME)
    assert roles(sure)["payee"] == ("杭州别家商贸有限公司", "确认")
    assert str(sure["conclusion"]).startswith("经营者不明；收款方")
    archive = shop.open()
    with archive.database.writing() as session:
        note_identifiers(session, "other.test", [ACCOUNT], SINCE)
    archive.close()
    for words in ((), ("--payee", "杭州别家商贸有限公司", "--payee-account", "31866")):
        data = shop.ask(NAME, *words)
        assert data["respondents"] == [] and "主体不明" in str(data["conclusion"])
        (note,) = [one for one in data["notes"] if "只见于other.test（2026-05-01" in one]  # type: ignore[attr-defined]
        assert "可能付给了另一家" in note
    archive = shop.open()
    with archive.database.writing() as session:
        note_identifiers(session, SITE, [ACCOUNT], UNTIL)
    archive.close()
    assert roles(shop.ask(NAME))["payee"] == ("杭州别家商贸有限公司", "确认")


@pytest.mark.parametrize("by", ["move", "registrant"])
def test_a_site_that_may_imitate_another_is_said_to_and_its_word_names_nobody(shop: Shop, by: str) -> None:
    archive = shop.open()
    with archive.database.writing() as session:
        invites = [Identifier("company", "甲店", "visible", role="店铺名称", block="s")]
        before = SINCE - timedelta(days=60)
        note_identifiers(session, "true.test", [*FOOTER, Identifier("registrant", "李建国", "registry")], before)
        note_identifiers(session, SITE, [REGISTRANT, *invites], SINCE)
        if by == "move":
            keep_move(session, Move("true.test", SITE, MoveKind.CANDIDATE, SINCE, 30.0), SINCE)
    archive.close()
    words = ("--source", "platform", "--asked", "请披露", "--field", f"name={FIRM}", "--looked-on", "2026-06-02")
    assert shop.run("verified", "add", NAME, *words).exit_code == 0
    data = shop.ask(NAME)
    assert set(roles(data)) == {"registrant"} and data["known"] is False
    (note,) = [one for one in data["notes"] if "可能是仿冒" in one]  # type: ignore[attr-defined]
    assert "true.test先前就有" in note and "注册人与true.test的不同" in note and ("候选" in note) is (by == "move")


def test_the_words_of_a_later_holder_of_the_name_are_left_out(shop: Shop) -> None:
    archive = shop.open()
    later = UNTIL + timedelta(days=10)
    with archive.database.writing() as session:
        begin_period(session, SitePeriod(SITE, SiteState.REREGISTERED, later, later))
        note_identifiers(session, SITE, [Identifier("company", "后来者网络有限公司", "visible", block="f")], later)
    archive.close()
    data = shop.ask(NAME)
    assert "后来者" not in json.dumps(data, ensure_ascii=False)
    assert any("换了注册" in note for note in data["notes"])  # type: ignore[attr-defined]


def test_strangers_are_counted_by_their_operators_and_own_sites_never(shop: Shop) -> None:
    groups = {"op-own": (SITE, "own2.top", "own3.top", "own4.top"), "op-one": ("b1.top", "b2.top", "b3.top", "b4.top")}
    archive = shop.open()
    with archive.database.writing() as session:
        for name, sites in groups.items():
            for site in sites:
                note_identifiers(session, site, FOOTER[:2], SINCE)
            begin_operator(session, Operator(name, "确认", sites, SINCE))
    archive.close()
    assert not any("另外" in doubt for lead in shop.ask(NAME)["leads"] for doubt in lead["doubts"])  # type: ignore[attr-defined]
    assert any("own2.top" in note for note in shop.ask(NAME)["notes"])  # type: ignore[attr-defined]
    archive = shop.open()
    with archive.database.writing() as session:
        for number in range(4):
            note_identifiers(session, f"stranger{number}.top", FOOTER[:2], SINCE)
    archive.close()
    assert any("另外5个站点" in doubt for lead in shop.ask(NAME)["leads"] for doubt in lead["doubts"])  # type: ignore[attr-defined]


def test_a_shop_below_somebodys_domain_is_a_shop_on_a_platform(shop: Shop) -> None:
    branch = "adou.faka-host.cn"
    archive = shop.open()
    with archive.database.writing() as session:
        seller = [Identifier("company", "海口阿豆商贸有限公司", "visible", block="f")]
        note_identifiers(session, branch, seller, SINCE)
        note_identifiers(session, branch, seller, UNTIL)
        note_identifiers(session, "faka-host.cn", FOOTER[:3], SINCE)
        note_identifiers(session, "faka-host.cn", [Identifier("registrant", FIRM, "registry")], SINCE)
    archive.close()
    data = shop.ask(f"https://{branch}/buy/3")
    assert data["seller"]["role"] == "platform"  # type: ignore[index]
    assert roles(data)["platform_operator"] == (FIRM, "确认")
    assert roles(data, "leads")["platform_shop"] == ("海口阿豆商贸有限公司", "线索")


def test_what_an_objection_tells_of_persons_is_masked(shop: Shop) -> None:
    words = ("objection", "add", NAME, "--by", "张三丰", "--received", "2026-06-09")
    assert shop.run(*words, "--text", "联系人张三丰 13912345678，QQ 3007815526").exit_code == 0
    for asked in (("who", NAME), ("who", NAME, "--json")):
        told = shop.run(*asked).stdout
        assert "联系人张**" in told and not any(one in told for one in ("三丰", "13912345678", "3007815526"))
    assert "联系人张三丰 13912345678" in shop.run("who", NAME, "--unmask").stdout.replace("\n", "")


def test_an_answer_about_another_site_is_not_kept_without_a_word(shop: Shop) -> None:
    archive = shop.open()
    with archive.database.writing() as session:
        note_identifiers(session, "other.com", FOOTER[:1], SINCE)
    archive.close()
    words = ("verified", "add", NAME, "--source", "miit", "--asked", "other.com", "--field", f"name={FIRM}",
             "--looked-on", "2026-06-03")  # fmt: skip
    kept = shop.run(*words)
    assert kept.exit_code == 0 and "other.com is no site of" in kept.stderr
    assert "is no site of" not in shop.run("verified", "add", SITE, *FILED).stderr


def test_an_objection_goes_along(shop: Shop) -> None:
    archive = shop.open()
    with archive.database.writing() as session:
        keep_objection(session, Objection("o-1", NAME, "对方客服", "与我司无关", UNTIL, UNTIL), archive.keys)
    archive.close()
    assert "与我司无关" in shop.run("who", NAME).stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("who", "没有这个平台"), 6, "no platform"),
        (("who", NAME, "--home", "南山区"), 2, "有多处"),
        (("who", NAME, "--at", "03/04/2026"), 2, "--at"),
        (("verified", "add", NAME, "--source", "gsxt", "--asked", "x", "--field", "nmae=x"), 2, "no field"),
        (("verified", "add", NAME, "--source", "gsxt", "--asked", "x", "--field", "name"), 2, "NAME=TEXT"),
        (("verified", "add", NAME, "--source", "gsxt", "--asked", "x", "--field", "uscc=91440300X"), 2, "USCC"),
        (("verified", "add", NAME, "--source", "gsxt", "--asked", "x", "--field", "note=x"), 2, "at least one"),
        (("verified", "add", NAME, "--source", "gsxt", "--asked", "x", "--field", "name=x",
          "--looked-on", "2199-01-01"), 2, "future"),
        (("verified", "add", NAME, "--source", "miit", "--asked", "x", "--field", "filed_on=5月"), 2, "filed_on"),
        (("verified", "add", "nowhere.top", "--source", "gsxt", "--asked", "x", "--field", "name=x"), 6, "no platform"),
        (("verified", "revoke", "w-none"), 6, "no verified record"),
    ],
)  # fmt: skip
def test_wrong_questions_are_refused_with_a_reason(
    shop: Shop, words: tuple[str, ...], code: int, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    result = shop.run(*words)
    assert result.exit_code == code
    assert said in result.output + capfd.readouterr().err


def test_hostile_values_reach_the_terminal_as_text(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = shop.open()
    with archive.database.writing() as session:
        bad = Identifier("company", "\x1b[2J坏\u202e公司有限公司", "visible", block="x")
        note_identifiers(session, SITE, [bad], SINCE)
    archive.close()
    text = shop.run("who", NAME, "--at", "2026-06-01").stdout
    assert "\x1b" not in text and "\u202e" not in text


def test_speed_over_many_statements(shop: Shop) -> None:
    archive = shop.open()
    with archive.database.writing() as session:
        many = [Identifier("qq", str(20_000_000 + number), "visible", block="c") for number in range(3000)]
        note_identifiers(session, SITE, many, SINCE)
    archive.close()
    assert len(shop.ask(NAME)["contacts"]) == 30  # type: ignore[arg-type]


def test_a_screenshot_that_a_record_rests_on_is_not_destroyed_unawares(shop: Shop, tmp_path: Path) -> None:
    screenshot = tmp_path / "shot.png"
    screenshot.write_bytes(b"\x89PNG\r\n\x1a\nscreenshot of a filing")
    kept = json.loads(shop.run("verified", "add", SITE, *FILED, "--file", str(screenshot), "--json").stdout)
    refused = shop.run("evidence", "erase", kept["evidence"], "--reason", "practice", "--yes")
    assert refused.exit_code == 2 and f"verified {kept['id']}" in refused.stderr and "--force" in refused.stderr
    assert "销毁" not in json.dumps(shop.ask(SITE), ensure_ascii=False)
    erased = shop.run("evidence", "erase", kept["evidence"], "--reason", "practice", "--yes", "--force")
    assert erased.exit_code == 0, erased.output
    assert kept["id"] in erased.stderr
    rows = [row for one in shop.ask(SITE)["respondents"] for row in one["rows"] if row["source"] == "miit"]  # type: ignore[attr-defined]
    assert rows and all("截图已于" in row["sentence"] and "销毁" in row["sentence"] for row in rows)
    (listed,) = json.loads(shop.run("verified", "list", SITE, "--json").stdout)["verified"]
    assert listed["evidence_erased_at"]


def test_the_live_site_comes_first_and_a_release_page_is_no_site_of_the_platform(shop: Shop) -> None:
    archive = shop.open()
    with archive.database.writing() as session:
        ensure_page(session, NAME, "https://fabu.example/", Role.RELEASE, "desktop", SINCE)
        link_platform(session, NAME, "fabu.example", SINCE)
        note_identifiers(session, "fabu.example", [Identifier("registrant", "发布者有限公司", "registry")], SINCE)
        ensure_page(session, NAME, "https://xinghe2.cn/", Role.HOME, "desktop", SINCE)
        note_identifiers(session, "xinghe2.cn", FOOTER[:2], SINCE)
        begin_period(session, SitePeriod("xinghe2.cn", SiteState.ACTIVE, SINCE, UNTIL))
    archive.close()
    data = shop.ask(NAME)
    assert "fabu.example" not in json.dumps(data, ensure_ascii=False) and "发布者" not in json.dumps(
        data, ensure_ascii=False
    )
    first = data["next_steps"][0]  # type: ignore[index]
    assert first["id"] == "miit_domain" and first["each"] == ["xinghe2.cn", SITE] and "逐一查" in first["words"]
    asked = shop.ask(SITE)
    assert asked["sites"][0]["site"] == SITE and asked["next_steps"][0]["each"][0] == SITE  # type: ignore[index]
    assert shop.run("who", SITE).stdout.startswith(f"{SITE}（{NAME}）")
    kept = shop.run("verified", "add", NAME, "--source", "gsxt", "--asked", "x", "--field", f"name={FIRM}")
    assert "about xinghe2.cn" in kept.stdout


def test_odd_days_are_said(shop: Shop) -> None:
    text = shop.run("who", NAME, "--at", "2199-01-01", "--filed-on", "2026-06-01").stdout
    assert "之后，请核对" in text and "早于订单日" in text
    assert "未给订单日，按今天" in shop.run("who", NAME).stdout and "未给订单日" not in text


def test_a_natural_person_is_not_sent_to_the_register_of_firms(shop: Shop) -> None:
    text = shop.run("who", NAME, "--at", "2026-06-01", "--payee", "王小明").stdout
    part = text.split("王**（自然人）")[1].split("到哪里")[0]
    assert "公示系统" not in part and "您称" in part and "付款凭证显示" not in text


def test_the_proof_of_a_lookup_can_be_opened(shop: Shop, capfd: pytest.CaptureFixture[str]) -> None:
    archive = shop.open()
    lookup = keep_lookup(
        archive, domain=SITE, kind=LookupKind.WHOIS, server="whois.example", asked_at=SINCE, outcome="ok",
        raw=b"Registrant: nobody", media_type="text/plain",
    )  # fmt: skip
    archive.close()
    shown = shop.run("show", lookup.id)
    assert shown.exit_code == 0 and "Registrant: nobody" in shown.stdout and lookup.evidence in shown.stdout
    assert json.loads(shop.run("show", lookup.id, "--json").stdout)["lookup"]["domain"] == SITE
    assert shop.run("custody", "checkpoint").exit_code == 0
    proven = shop.run("custody", "prove", lookup.id)
    assert proven.exit_code == 0 and proven.stdout.startswith("c2sp.org/tlog-proof")
    for words in (("evidence", "show", lookup.id), ("export", lookup.id, "--wacz", str(shop.folder / "x.wacz"))):
        result = shop.run(*words)
        assert result.exit_code == 2
        assert f"evidence show {lookup.evidence}" in result.output + capfd.readouterr().err
    assert shop.run("show", "q-none").exit_code == 6


def test_homes_are_cut_to_their_district_and_mail_addresses_masked_wherever_they_stand(shop: Shop) -> None:
    home, own = "浙江省杭州市西湖区练习路8号3栋502室", "广东省深圳市南山区科技园一路1号"
    archive = shop.open()
    with archive.database.writing() as session:
        for value in ("王小明", "小明数码店"):
            note_identifiers(
                session,
                SITE,
                [
                    Identifier("company", value, "visible", block=value),
                    Identifier("address", home, "visible", block=value),
                    Identifier("registrant", "wang.practice@mail.test", "registry"),
                ],
                SINCE,
            )
    archive.close()
    for extra in ((), ("--json",)):
        masked = shop.run("who", NAME, "--at", "2026-06-01", *extra).stdout
        assert "3栋" not in masked and "wang.practice" not in masked
    assert "浙江省杭州市西湖区****" in masked and own in masked
    assert "3栋" in shop.run("who", NAME, "--at", "2026-06-01", "--json", "--unmask").stdout

"""What keeps a pack from being made, what a preview says, and the command's words and statuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from complaints.casefiles import make_facts
from terminal import invoke_apart

from monitor.cli.main import group
from monitor.complaints.evidence.exhibits import list_exhibits
from monitor.complaints.letters.write import Extra
from monitor.complaints.model import Audience, Masking, PlannedStep
from monitor.complaints.pack.audience import audience_of
from monitor.complaints.pack.build import preview_pack
from monitor.complaints.pack.gate import Opened, find_channel, open_pack, write_letters
from monitor.complaints.pack.masks import Masker
from monitor.complaints.pack.model import PackBlocked
from monitor.config.complaints import ChannelLimits, ComplaintSettings
from pack.house import AT, CHAT, House, make_house
from storage.case import Case, Person, Purpose, Respondent, UnlawfulPurpose
from storage.cases import keep_case
from storage.custody import log_size
from storage.ids import new_id

SETTINGS = ComplaintSettings()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    made = make_house(tmp_path_factory.mktemp("blocked") / "market")
    archive = made.open()
    for kind in ("order", "wallet_bill", "failure", "demand_chat"):
        made.bring(archive, kind, f"{kind}\n{CHAT}".encode(), media_type="text/plain", text=CHAT, text_source="chat")
    archive.close()
    return made


def another(house: House, **facts: object) -> House:
    """A case of the same archive without evidence, in which these facts are others."""
    case = Case(new_id("case", AT), AT, AT, make_facts(**facts))
    archive = house.open()
    with archive.database.writing() as session:
        keep_case(session, case)
    archive.close()
    return House(house.market, case.id)


def blocked_by(house: House, channel: str = "p12315", **facts: object) -> PackBlocked:
    made = another(house, **facts)
    archive = made.open()
    file = made.gather(archive)
    archive.close()
    with pytest.raises(PackBlocked) as caught:
        open_pack(file, channel, (), SETTINGS)
    return caught.value


def test_all_that_is_missing_is_told_at_once(house: House) -> None:
    told = blocked_by(house, respondent=Respondent(), payee="", buyer=Person(), demands=())
    fields = {one.field for one in told.missing}
    assert {"buyer_name", "buyer_phone", "demand"} <= {field.replace(".", "_") for field in fields} or len(fields) >= 4
    assert len(fields) == len(told.missing)
    assert all(one.mend for one in told.missing)


def test_an_unlawful_purpose_gets_no_pack(house: House) -> None:
    told = blocked_by(house, unlawful=(UnlawfulPurpose.FAKE_ORDERS,))
    assert told.refused
    assert not told.missing


def test_a_reseller_gets_no_consumer_pack(house: House) -> None:
    told = blocked_by(house, purpose=Purpose.RESALE)
    assert told.refused or told.missing


def test_an_unknown_channel_is_named_with_those_there_are() -> None:
    with pytest.raises(PackBlocked, match="p12315"):
        find_channel("nowhere")


def test_an_unknown_reader_is_taken_for_the_public() -> None:
    assert audience_of("something_new") is Audience.PUBLIC
    assert audience_of("p12315") is Audience.AUTHORITY
    assert audience_of("wechat_pay") is Audience.PAYMENT


def test_a_preview_writes_nothing(house: House) -> None:
    archive = house.open()
    with archive.database.reading() as session:
        before = log_size(session)
    file = house.gather(archive)
    report = preview_pack(archive, file, "p12315", compact=False, at=AT, settings=SETTINGS)
    with archive.database.reading() as session:
        assert log_size(session) == before
    archive.close()
    assert report.out is None
    assert report.letters
    assert len(report.exhibits) >= 7


# --- the command --------------------------------------------------------------------------------------------------


def test_the_command_shows_what_is_missing_and_leaves_with_nothing_found(house: House) -> None:
    house = another(house, respondent=Respondent(), payee="")
    result = house.market.run("pack", house.case, "--channel", "p12315", "--at", "2026-11-23 12:00")
    assert result.exit_code == 6, result.output
    assert "被投诉人" in result.stdout
    assert "怎样补上" in result.stdout
    data = json.loads(
        house.market.run("pack", house.case, "--channel", "p12315", "--at", "2026-11-23 12:00", "--json").stdout
    )
    assert data["blocked"]
    assert data["files"] == []


def test_the_command_refuses_a_place_that_is_taken(house: House, tmp_path: Path) -> None:
    place = tmp_path / "there.zip"
    place.write_bytes(b"mine")
    result = house.market.run("pack", house.case, "--channel", "p12315", "--out", str(place))
    assert result.exit_code == 2
    assert "已存在" in result.output
    assert place.read_bytes() == b"mine"


def test_a_moment_that_is_yet_to_come_is_refused(house: House) -> None:
    result = house.market.run("pack", house.case, "--channel", "p12315", "--at", "2190-01-01", "--dry-run")
    assert result.exit_code == 2


def test_no_configuration_is_needed(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "archive").symlink_to(house.market.folder / "archive")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CARDWATCH_CONFIG", raising=False)
    result = invoke_apart(group, ["pack", house.case, "--channel", "nowhere", "--at", "2026-11-23 12:00"])
    assert result.exit_code == 6, result.output
    assert "没有“nowhere”这个渠道" in result.stdout


def test_a_dry_run_says_what_would_be_made(house: House) -> None:
    words = ("pack", house.case, "--channel", "p12315", "--at", "2026-11-23 12:00", "--dry-run")
    result = house.market.run(*words)
    assert result.exit_code == 0, result.output
    assert "未写任何文件" in result.stdout
    assert "整理并遮盖证2-1" in result.stderr
    data = json.loads(house.market.run(*words, "--json").stdout)
    assert data["out"] is None
    assert data["audience"] == "authority"


@pytest.mark.parametrize(
    ("words", "channel"),
    [("12315", "p12315"), ("全国12315平台", "p12315"), ("黑猫投诉", "heimao"), ("微信支付", "wechat_pay"),
     ("消费者协会", "consumer_assoc"), ("公安机关", "police"), ("P12315", "p12315"), ("小额诉讼", "small_claims")],
)  # fmt: skip
def test_a_channel_goes_by_its_chinese_name(words: str, channel: str) -> None:
    assert find_channel(words).id == channel


def test_a_name_of_several_channels_lists_these() -> None:
    with pytest.raises(PackBlocked) as caught:
        find_channel("市场监管")
    assert "market_complaint" in caught.value.refused and "market_report" in caught.value.refused
    assert "heimao" not in caught.value.refused


@pytest.mark.parametrize("most", [6000, 900])
def test_one_text_to_paste_for_12315_the_one_that_fits(house: House, most: int) -> None:
    made = another(house, respondent=Respondent("杭州某某网络科技有限公司", "浙江省杭州市余杭区某街道2号"),
                   what_happened="。".join(f"第{place}次在官方页面兑换时提示无效" for place in range(12)))  # fmt: skip
    archive = made.open()
    item = made.bring(archive, "order", CHAT.encode(), media_type="text/plain", text=CHAT, text_source="chat")
    file = made.gather(archive)
    archive.close()
    settings = ComplaintSettings(limits={"p12315": ChannelLimits(max_characters=most)})
    exhibits = list_exhibits(file)
    assert item.evidence in {one.id for one in exhibits}
    opened = Opened(find_channel("p12315"), PlannedStep("p12315", "", 1, 1, "", ""), ("p12315", "p12315_compact"))
    letters = write_letters(opened, file, exhibits, settings, Masker(Masking(Audience.AUTHORITY)), Extra())
    pasted = [one.kind for one in letters if one.paste]
    assert pasted == (["p12315"] if most == 6000 else ["p12315_compact"])
    assert all(len(one.paste) <= most for one in letters)
    assert letters[0].kind == "p12315"  # the whole goes along as a paper

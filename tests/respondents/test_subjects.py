"""Names and numbers become one subject only with a reason; third parties and false numbers never do."""

from __future__ import annotations

import pytest

from monitor.operators.proofs import Voucher
from monitor.operators.subject_gathering import gather_subjects
from monitor.operators.subject_names import SubjectKind, classify_name, is_redacted, mask_name, mask_value
from monitor.operators.subjects import Subject
from respondents.sights import FIRM, ORDER, USCC, footer, looked_up, make_uscc, statement
from storage.identity import Statement, VerifiedRecord


def gather(statements: list[Statement], *verified: VerifiedRecord, **others: int) -> dict[str, Subject]:
    elsewhere = {
        (kind, {"uscc": USCC, "merchant_id": "wechat:1604827193"}[kind]): count for kind, count in others.items()
    }
    found = gather_subjects(statements, at=ORDER, verified=verified, other_sites=elsewhere)
    return {one.key: one for one in found}


def test_name_and_number_of_one_block_are_one_subject() -> None:
    subject = gather(footer())[f"uscc:{USCC}"]
    assert (subject.name, subject.kind) == (FIRM, SubjectKind.COMPANY)
    assert [one.text for one in subject.addresses] == ["广东省深圳市南山区科技园一路1号"]


def test_name_and_number_of_two_blocks_are_two_subjects() -> None:
    found = gather([statement("uscc", USCC, block="footer"), statement("company", FIRM, block="about")])
    assert set(found) == {f"uscc:{USCC}", f"name:{FIRM}"}


def test_a_block_with_two_names_or_two_numbers_joins_nothing() -> None:
    other, name = make_uscc("440106", "MA9EYXWT"), "广州市另一家网络有限公司"
    two_names = gather([statement("uscc", USCC), statement("company", FIRM), statement("company", name)])
    assert set(two_names) == {f"uscc:{USCC}", f"name:{FIRM}", f"name:{name}"}
    two_numbers = gather([statement("uscc", USCC), statement("uscc", other), statement("company", FIRM)])
    assert f"name:{FIRM}" in two_numbers


def test_a_register_joins_what_stood_apart() -> None:
    apart = [statement("uscc", USCC, block="footer"), statement("company", FIRM, block="about")]
    found = gather(apart, looked_up("gsxt", USCC, name=FIRM, uscc=USCC, status="存续"))
    assert set(found) == {f"uscc:{USCC}"}


def test_a_register_that_says_another_name_parts_them_and_says_so() -> None:
    found = gather(footer(), looked_up("gsxt", USCC, name="广州别家贸易有限公司", uscc=USCC))
    assert found[f"uscc:{USCC}"].name == "广州别家贸易有限公司"
    assert any("二者不符" in doubt for doubt in found[f"uscc:{USCC}"].doubts)
    assert f"name:{FIRM}" in found


def test_a_name_of_another_province_than_its_number_is_not_joined() -> None:
    other = make_uscc("110108")
    found = gather([statement("uscc", other), statement("company", FIRM)])
    assert found[f"uscc:{other}"].rows and f"name:{FIRM}" in found
    assert any("同一省份" in doubt for doubt in found[f"uscc:{other}"].doubts)


@pytest.mark.parametrize(
    "noise",
    [
        statement("uscc", USCC[:-1] + ("0" if USCC[-1] != "0" else "1")),
        statement("uscc", USCC, problem="the check character is wrong"),
        statement("company", "财付通支付科技有限公司"),
        statement("company", "某地建站服务有限公司", role="技术支持"),
        statement("company", FIRM, role="third_party"),
        statement("company", FIRM, "comment"),
        statement("company", FIRM, "third_party_frame"),
        statement("uscc", USCC, "user_content"),
        statement("registrant", "REDACTED FOR PRIVACY", "registry"),
        statement("qq", "23456789"),
    ],
)
def test_what_is_never_a_subject(noise: Statement) -> None:
    assert gather([noise]) == {}


def test_shared_licence_is_said_to_be_suspect() -> None:
    subject = gather(footer(), uscc=7)[f"uscc:{USCC}"]
    assert subject.shared and any("另外7个站点" in doubt for doubt in subject.doubts)


def test_shared_account_is_said_to_collect_for_others() -> None:
    account = statement("merchant_id", "wechat:1604827193", "script")
    subject = gather([account], merchant_id=12)["account:merchant_id:wechat:1604827193"]
    assert subject.shared and "代收款" in subject.doubts[0]


def test_an_address_apart_belongs_to_the_only_subject_of_its_site() -> None:
    apart = statement("address", "广东省深圳市福田区某路2号", block="contact")
    subject = gather([*footer()[:2], apart])[f"uscc:{USCC}"]
    assert [one.text for one in subject.addresses] == ["广东省深圳市福田区某路2号"]
    assert any("不在名称旁边" in row.sentence for row in subject.rows)
    several = gather([*footer()[:2], apart, statement("company", "海口阿豆商贸有限公司", block="shop")])
    assert all(one.addresses == () for one in several.values())


def test_a_stranger_to_the_site_is_a_victim() -> None:
    subject = gather(footer(), looked_up("gsxt", USCC, name=FIRM, uscc=USCC, uninvolved="yes"))[f"uscc:{USCC}"]
    assert subject.uninvolved and any("疑被冒用" in doubt for doubt in subject.doubts)


def test_a_scope_that_has_nothing_to_do_with_trade_is_said() -> None:
    found = gather(footer(), looked_up("gsxt", USCC, name=FIRM, uscc=USCC, scope="水果种植；家禽饲养"))
    assert any("经营范围" in doubt for doubt in found[f"uscc:{USCC}"].doubts)


def test_masked_payees_of_one_display_are_accounts() -> None:
    found = gather_subjects([], at=ORDER, vouchers=[Voucher("*明", ORDER)])
    assert [one.kind for one in found] == [SubjectKind.ACCOUNT]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (FIRM, SubjectKind.COMPANY),
        ("南山区小李数码经营部", SubjectKind.TRADER),
        ("王小明", SubjectKind.PERSON),
        ("欧阳娜娜", SubjectKind.PERSON),
        ("买买提·艾力", SubjectKind.PERSON),
        ("Zhang San", SubjectKind.PERSON),
        ("Star River Network Ltd", SubjectKind.COMPANY),
        ("星辰网络", SubjectKind.NAME),
        ("某某科技**", SubjectKind.ACCOUNT),
    ],
)
def test_kinds_of_names(name: str, kind: SubjectKind) -> None:
    assert classify_name(name) is kind


def test_persons_are_masked_and_firms_are_not() -> None:
    assert mask_name("王小明", SubjectKind.PERSON) == "王**"
    assert mask_name(FIRM, SubjectKind.COMPANY) == FIRM
    assert "345" not in mask_value("mobile", "13912345679")
    assert mask_value("uscc", USCC) == USCC


def test_redactions_of_registries_are_no_names() -> None:
    assert is_redacted("Redacted for Privacy") and is_redacted("") and not is_redacted("Nonesuch Trading Ltd")

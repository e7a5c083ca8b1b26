"""Masking: whatever names and contacts a dossier knows, no text of the masked file holds them, however spelt."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from monitor.cli.output import format_json
from monitor.dossier.masking import make_mask
from monitor.dossier.model import Dossier, SiteFile
from monitor.dossier.page import render_dossier
from monitor.dossier.view import dossier_data
from monitor.operators.respondents import RespondentAnswer
from monitor.operators.seller_role import judge_seller
from monitor.operators.who import WhoAnswer
from storage.identity import Move, MoveKind, Objection, SitePeriod, SiteState, Statement

AT = datetime(2026, 5, 1, 4, tzinfo=UTC)
SITE = "liuyun.top"
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
PEOPLE = some.builds(
    lambda first, rest: first + rest,
    some.sampled_from(["诸葛", "欧阳", "陈", "黎", "单"]),
    some.text(some.sampled_from("琬晗菲璟玥霖"), min_size=1, max_size=2),
)
NUMBERS = some.integers(100_000_007, 9_899_999_999).map(str)
PHONES = some.integers(13_100_000_000, 19_999_999_999).map(str)
HANDLES = some.from_regex(r"[a-z]{2}_[a-z0-9]{5,9}", fullmatch=True)
SPELT: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in a word": lambda value: f"客服QQ{value}为您服务",
    "in groups": lambda value: "-".join((value[:3], value[3:6], value[6:])) if value.isdecimal() else value,
    "full width": lambda value: value.translate(WIDE),
    "with invisible marks": "\u200b".join,
    "percent codes": lambda value: f"https://{SITE}/pay?to={quote(value)}&x=1",
    "beside another number": lambda value: f"12345 {value} 67890",
}


def make_dossier(statements: Sequence[Statement], *texts: str) -> Dossier:
    """A dossier in whose every kind of free text the given texts stand."""
    answer = RespondentAnswer(AT, (), (), (), (), judge_seller([], statements=[], sites=[SITE]), texts)
    who = WhoAnswer(SITE, ("流云社",), AT, date(2026, 6, 1), (), answer, (), (), (), (), ())
    told = "；".join(texts)
    return Dossier(
        platform="流云社",
        made_at=AT,
        tool="cardwatch",
        who=who,
        sites=(SiteFile(SITE, "line", tuple(statements)), SiteFile("b.top", "line", ())),
        periods=(SitePeriod(SITE, SiteState.ACTIVE, AT, AT, reason=told), SitePeriod("b.top", SiteState.DEAD, AT, AT)),
        moves=(Move(SITE, "b.top", MoveKind.SUCCESSOR, AT, 9.0, reason=told, decided_by=texts[0] if texts else ""),),
        links=(),
        sisters=(),
        findings=(),
        verified=(),
        objections=(Objection("o-1", "流云社", "客服", told, AT, AT),),
        proofs=(),
        notes=texts,
    )


def shows(kind: str, value: str) -> Statement:
    return Statement(SITE, kind, value, "visible", AT, AT)


@settings(max_examples=25, deadline=None)
@given(person=PEOPLE, qq=NUMBERS, phone=PHONES, handle=HANDLES, name=HANDLES, spelling=some.sampled_from(sorted(SPELT)))
def test_no_known_name_or_contact_is_left(
    person: str, qq: str, phone: str, handle: str, name: str, spelling: str
) -> None:
    values = {"payee": person, "qq": qq, "mobile": phone, "wechat": handle, "email": f"{name}@mail.test"}
    spell = SPELT[spelling]
    spelt = [spell(value) for value in values.values()]
    dossier = make_dossier([shows(kind, value) for kind, value in values.items()], *spelt)
    for text in (render_dossier(dossier), format_json(dossier_data(dossier))):
        for value, shown in zip(values.values(), spelt, strict=True):
            assert value not in text and shown not in text
    full = json.dumps(dossier_data(dossier, unmask=True), ensure_ascii=False, default=str)
    assert all(value in full for value in values.values())


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("电话 138 0013 8000", "0013 8000"),
        ("座机 0898-68530011", "68530011"),
        ("身份证 460105199003071234", "199003071234"),
        ("微信：kaka_8899", "kaka_8899"),
        ("加VX: abcde12", "abcde12"),
        ("联系人：陈霖", "陈霖"),
        ("发到 a.b@mail.test", "a.b@"),
        ("+86 139-1234-5678", "1234-5678"),
    ],
)
def test_contacts_that_nobody_noted_are_known_by_their_shape(text: str, gone: str) -> None:
    masked = make_mask(make_dossier([]))(text)
    assert gone not in masked and "*" in masked


@pytest.mark.parametrize(
    "text",
    [
        "91440300MA5ABCDE12",
        "粤ICP备19283746号-3",
        "2026-05-01 12:00 至 2026-06-01 09:30",
        "订单日前28天，共 123456 项",
        "商户20417的收款网关",
        "姓名和联系方式已遮盖",
        "负责人应当说明",
        "负责人应当在7日内说明",
        "https://liuyun.top/goods?id=1024",
        "合计 +37.5 比特",
    ],
)
def test_numbers_of_firms_dates_and_plain_words_stay(text: str) -> None:
    assert make_mask(make_dossier([]))(text) == text


def test_a_site_named_like_a_contact_keeps_its_name() -> None:
    mask = make_mask(make_dossier([shows("wechat", "liuyun"), shows("qq", "88776655")]))
    assert mask(f"跳转到 {SITE}") == f"跳转到 {SITE}"
    assert "liuyun" not in mask("客服微信 liuyun")


def test_ids_and_digests_of_the_proof_are_never_touched() -> None:
    dossier = make_dossier([shows("qq", "20260501")])
    view = dossier_data(dossier)
    assert view["filed_on"] == "2026-06-01"
    assert make_mask(dossier)("q-20260501T020003-abcdefgh") != "q-20260501T020003-abcdefgh"  # so ids must not pass it


def test_an_address_of_nobody_known_is_cut_and_a_registrants_mail_masked() -> None:
    home = "浙江省杭州市西湖区练习路8号3栋502室"
    mask = make_mask(make_dossier([shows("address", home), shows("registrant", "liuyun@mail.test")]))
    assert mask(f"住址 {home}") == "住址 浙江省杭州市西湖区****"
    assert "liuyun" not in mask("name:liuyun@mail.test")


def test_many_values_are_masked_in_bounded_time() -> None:
    statements = [shows("qq", str(300_000_000 + number)) for number in range(3000)]
    statements += [shows("payee", f"陈{chr(0x4E00 + number)}") for number in range(1, 2000)]
    mask = make_mask(make_dossier(statements))
    text = mask("付款给陈一一，QQ 300000017；" * 2000)
    assert "300000017" not in text


@pytest.mark.parametrize(
    "text", ["1-" * 200_000, "a@" * 200_000, "联系人：" * 100_000, "微信：" * 100_000, "%" * 300_000]
)
def test_hostile_texts_are_masked_in_bounded_time(text: str) -> None:
    mask = make_mask(make_dossier([shows("qq", "88776655"), shows("email", "x@mail.test")]))
    assert mask(text)

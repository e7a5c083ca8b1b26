"""Who runs which site: what links, what only a copier would resemble, what many share, and what a person said."""

from __future__ import annotations

import random

import pytest

from monitor.operators import learning, pair_sums
from monitor.operators.attribute import attribute_sites, explain_link
from monitor.operators.model import Attribution, Band, Link
from operators.scenes import TONGJI, day, shop, show
from storage.identity import Decision, Statement, Verdict

PAYS = {"alipay_static": "fkx0912345abcd"}


def groups_of(answer: Attribution, band: Band) -> list[tuple[str, ...]]:
    return [one.sites for one in answer.operators if one.band is band]


def link_of(answer: Attribution, a: str, b: str) -> Link:
    return next(link for link in answer.links if (link.a, link.b) == (a, b))


def test_an_account_and_a_contact_in_common_confirm() -> None:
    answer = attribute_sites([*shop("a.com", qq="82736451", **PAYS), *shop("b.com", qq="82736451", **PAYS)])
    assert groups_of(answer, Band.CONFIRMED) == [("a.com", "b.com")]
    assert answer.operators[0].id == "op-a.com"


@pytest.mark.parametrize(
    "alike",
    [
        {"qq": "82736451", "telegram": "luyi_kefu"},
        {"qq": "82736451", "baidu_tongji": TONGJI, "icp": "粤ICP备2021034417号-2"},
        {"alipay_static": "fkx0912345abcd"},
        {"registrant": "广州路一网络科技有限公司"},
    ],
)
def test_text_or_one_family_never_confirms(alike: dict[str, str]) -> None:
    answer = attribute_sites([*shop("a.com", **alike), *shop("b.com", **alike)])
    assert groups_of(answer, Band.CONFIRMED) == []


def test_a_copy_that_takes_the_money_itself_is_a_lead_only() -> None:
    text = {"qq": "82736451", "baidu_tongji": TONGJI, "uscc": "", "telegram": "luyi_kefu"}
    text.pop("uscc")
    answer = attribute_sites(
        [*shop("luyi.com", payee="广州路一商行", **text), *shop("luyi-vip.com", payee="郑州云起商行", **text)]
    )
    link = link_of(answer, "luyi-vip.com", "luyi.com")
    assert link.band is Band.LEAD
    assert {row.kind for row in link.contrary} >= {"payee", "other_explanation"}
    assert groups_of(answer, Band.PROBABLE) == []


def test_bits_of_a_link_add_up() -> None:
    answer = attribute_sites(
        [
            *shop("a.com", qq="82736451", registrant="张路一", **PAYS),
            *shop("b.com", qq="82736451", registrant="李云起", **PAYS),
        ]
    )
    link = link_of(answer, "a.com", "b.com")
    assert sum(row.bits for row in (*link.rows, *link.contrary)) == pytest.approx(link.bits, abs=0.1)
    assert any(row.kind == "registrant" and row.other_value for row in link.contrary)


def test_each_row_says_what_the_band_would_be_without_it() -> None:
    answer = attribute_sites([*shop("a.com", qq="82736451", **PAYS), *shop("b.com", qq="82736451", **PAYS)])
    link = link_of(answer, "a.com", "b.com")
    assert [row.without for row in link.rows if row.kind != "prior"] == [Band.LEAD, Band.LEAD]


def test_the_order_of_statements_does_not_matter() -> None:
    rows = [*shop("c.com", qq="82736451"), *busy_field(12)]
    answer = attribute_sites(rows)
    random.Random(5).shuffle(rows)
    assert attribute_sites(rows) == answer


def test_an_account_of_a_payment_service_links_nobody() -> None:
    rows = []
    for number in range(24):
        rows += shop(
            f"shop{number}.com", merchant_id="alipay:2088001234509876", qq=str(82736451 + number * 97),
            registrant=f"示例{chr(0x4E00 + number * 7)}科技有限公司", baidu_tongji=f"{number * 7919 + 1:032x}",
        )  # fmt: skip
    # Two of them copied one footer from each other: text and the service's account are still no proof.
    rows += [*shop("shop3.com", telegram="luyi_kefu"), *shop("shop7.com", telegram="luyi_kefu")]
    answer = attribute_sites(rows)
    assert groups_of(answer, Band.CONFIRMED) == groups_of(answer, Band.PROBABLE) == []


def test_a_large_operator_does_not_make_his_own_numbers_common() -> None:
    answer = attribute_sites(busy_field(40))
    assert [len(one) for one in groups_of(answer, Band.CONFIRMED)] == [40]


def busy_field(sites: int) -> list[Statement]:
    rows: list[Statement] = []
    for number in range(sites):
        rows += shop(
            f"s{number:02}.com", qq="82736451", baidu_tongji=TONGJI, alipay_static="fkx0912345abcd",
            registrant="广州路一网络科技有限公司",
        )  # fmt: skip
    return rows


def test_shops_on_a_host_do_not_share_what_the_host_shows() -> None:
    host = {"qq": "82736451", "baidu_tongji": TONGJI, "alipay_static": "fkx0912345abcd"}
    rows = [*shop("host.com", **host)]
    for name in ("one", "two", "three"):
        rows += [*shop(f"host.com/shop/{name}", **host), *shop(f"host.com/shop/{name}", wechat=f"luyi_{name}")]
    answer = attribute_sites(rows)
    assert all(len(one.sites) == 1 for one in answer.operators)


def test_a_redirect_from_the_older_site_proves_and_one_from_the_younger_does_not() -> None:
    text = {"qq": "82736451", "baidu_tongji": TONGJI}
    old = shop("old.com", "2025-01-01", "2025-03-01", **text)
    new = shop("new.com", "2025-03-05", "2025-06-01", **text)
    moved = attribute_sites([*old, *new, show("old.com", "redirect", "new.com", "2025-03-05", "2025-04-01")])
    assert groups_of(moved, Band.CONFIRMED) == [("new.com", "old.com")]
    copied = attribute_sites([*old, *new, show("new.com", "redirect", "old.com", "2025-05-05", "2025-06-01")])
    assert groups_of(copied, Band.CONFIRMED) == []


def test_a_site_that_points_nowhere_known_links_nothing() -> None:
    answer = attribute_sites([*shop("a.com", redirect="elsewhere.com"), *shop("b.com", redirect="elsewhere.com")])
    assert answer.links == ()


def test_a_name_registered_anew_is_two_sites() -> None:
    before = shop("luyi.com", "2024-01-01", "2024-06-01", qq="82736451", registered_on="2020-01-01", **PAYS)
    after = shop("luyi.com", "2025-01-10", "2025-06-01", qq="93847562", registered_on="2024-12-24")
    sister = shop("sister.com", "2024-01-01", "2024-06-01", qq="82736451", **PAYS)
    answer = attribute_sites([*before, *after, *sister])
    assert groups_of(answer, Band.CONFIRMED) == [("luyi.com@2024-01-01", "sister.com")]
    assert ("luyi.com",) in groups_of(answer, Band.LEAD)


def test_made_up_numbers_and_template_defaults_weigh_nothing_and_are_named() -> None:
    shown = {"uscc": "91440300MA5ABCDE11", "cnzz": "1272914459", "qq": "123456"}
    answer = attribute_sites([*shop("a.com", **shown), *shop("b.com", **shown)])
    assert answer.links == ()
    assert {note.split()[0] for note in answer.notes} >= {"uscc", "cnzz", "qq"}


def test_unknown_kinds_and_places_are_named() -> None:
    answer = attribute_sites([show("a.com", "shoe_size", "43"), show("a.com", "qq", "82736451", place="on the moon")])
    assert [one.sites for one in answer.operators] == [("a.com",)]
    assert any("shoe_size" in note for note in answer.notes) and any("on the moon" in note for note in answer.notes)


@pytest.mark.parametrize("place", ["comment", "third_party_frame"])
def test_what_stands_in_a_comment_or_a_strangers_frame_links_nothing(place: str) -> None:
    rows = [show(site, kind, value, place=place) for site in ("a.com", "b.com")
            for kind, value in (("qq", "82736451"), ("alipay_static", "fkx0912345abcd"))]  # fmt: skip
    assert groups_of(attribute_sites(rows), Band.CONFIRMED) == []


def test_a_person_decides() -> None:
    rows = [*shop("a.com", qq="82736451", **PAYS), *shop("b.com", qq="82736451", **PAYS), *shop("c.com", qq="93847562")]

    def decide(a: str, b: str, verdict: Verdict) -> Decision:
        return Decision("d", "operator", a, b, verdict, day("2025-07-01"), "Lu", "asked")

    apart = attribute_sites(rows, decisions=[decide("b.com", "a.com", Verdict.DIFFERENT)])
    assert groups_of(apart, Band.CONFIRMED) == []
    assert link_of(apart, "a.com", "b.com").decided == "different"
    joined = attribute_sites(rows, decisions=[decide("c.com", "a.com", Verdict.SAME)])
    assert groups_of(joined, Band.CONFIRMED) == [("a.com", "b.com", "c.com")]


def test_nothing_gives_nothing() -> None:
    assert attribute_sites([]) == Attribution((), ())


def test_many_rows_still_add_up() -> None:
    rows = []
    for number in range(60):
        for site in ("a.com", "b.com"):
            rows.append(show(site, "qq", str(82736451 + number * 97)))
    link = link_of(attribute_sites([*rows, *shop("a.com", **PAYS), *shop("b.com", **PAYS)]), "a.com", "b.com")
    assert len(link.rows) == 41
    assert sum(row.bits for row in (*link.rows, *link.contrary)) == pytest.approx(link.bits, abs=0.1)


def test_two_sites_alone_are_explained_as_in_the_whole() -> None:
    one, other = shop("a.com", qq="82736451", **PAYS), shop("b.com", qq="82736451", **PAYS)
    link = explain_link(one, other)
    assert link is not None
    whole = link_of(attribute_sites([*one, *other]), "a.com", "b.com")
    assert link.band is whole.band is Band.CONFIRMED
    assert link.bits == pytest.approx(whole.bits, abs=1.0)  # two sites cannot teach what is shared
    assert explain_link(one, one) is None


def test_pairs_compared_a_few_at_a_time_give_what_all_give_together(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(5)
    told = []
    for at in range(60):
        own = {"qq": f"82{at // 4:02}6451", "alipay_static": f"fkx09123{at // 6:02}5abcd", "wechat": f"luyi_{at // 3}"}
        shown = dice.sample(sorted(own), dice.randint(1, 3))
        told += shop(f"shop{at}.com", **{kind: own[kind] for kind in shown}, icp=f"粤ICP备20210344{at // 20}7号")
    together = attribute_sites(told)
    assert len(together.links) > 100 and any(len(one.sites) > 1 for one in together.operators)
    for module in (pair_sums, learning):
        monkeypatch.setattr(module, "CHUNK", 7)
    monkeypatch.setattr(learning, "BLOCK", 20)
    assert attribute_sites(told) == together


def test_a_decision_is_kept_with_the_pair_that_it_is_about() -> None:
    said = Decision("d", "operator", "c.com", "e.com", Verdict.SAME, day("2025-07-01"), "Lu", "asked")
    told = [one for name in "abcdef" for one in shop(f"{name}.com", qq="82736451")]
    answer = attribute_sites(told, decisions=[said])
    assert groups_of(answer, Band.CONFIRMED) == [("c.com", "e.com")]

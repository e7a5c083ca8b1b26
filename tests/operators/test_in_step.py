"""Two sites that change their number in the same days are hardly model and copy; a copy keeps what stood there."""

from __future__ import annotations

from monitor.operators.attribute import explain_link
from monitor.operators.model import Band, Link
from operators.scenes import TONGJI, shop, show
from storage.identity import Statement

OLD, NEW = "82736451", "91827364"


def renumbered(site: str, changed: str, begun: str = "2025-01-01", **also: str) -> list[Statement]:
    """A site that shows one number until a day, and another from then on; its counter and desk stay."""
    return [
        show(site, "qq", OLD, begun, changed),
        show(site, "qq", NEW, changed, "2025-06-01"),
        *shop(site, begun, "2025-06-01", baidu_tongji=TONGJI, wechat="luyi_bohai", **also),
    ]


def link_of(a: list[Statement], b: list[Statement]) -> Link:
    link = explain_link(a, b)
    assert link is not None
    return link


def told(link: Link) -> str:
    return "".join(row.reason for row in link.rows)


def test_a_number_changed_on_both_within_days_speaks_against_a_copy() -> None:
    in_step = link_of(renumbered("a.com", "2025-03-10"), renumbered("b.com", "2025-03-11"))
    apart = link_of(renumbered("a.com", "2025-03-10"), renumbered("b.com", "2025-03-20"))
    assert in_step.bits > apart.bits + 4
    assert in_step.band is Band.PROBABLE
    assert apart.band is Band.LEAD
    assert "换上" in told(in_step) and "换上" not in told(apart)


def test_a_copy_that_keeps_the_old_number_gains_nothing() -> None:
    kept = [show("b.com", "qq", OLD, "2025-02-01", "2025-06-01")]
    kept += shop("b.com", "2025-02-01", "2025-06-01", baidu_tongji=TONGJI, wechat="luyi_bohai")
    copied = link_of(renumbered("a.com", "2025-03-10"), kept)
    assert copied.band is Band.LEAD
    assert "撤下" not in told(copied)


def test_sites_that_were_first_seen_on_one_day_have_changed_nothing() -> None:
    link = link_of(
        shop("a.com", qq=OLD, baidu_tongji=TONGJI, wechat="luyi_bohai"),
        shop("b.com", qq=OLD, baidu_tongji=TONGJI, wechat="luyi_bohai"),
    )
    assert "换上" not in told(link) and "撤下" not in told(link)
    assert link.band is Band.LEAD


def test_a_mirror_that_follows_but_takes_the_money_itself_stays_a_lead() -> None:
    mirror = link_of(
        renumbered("a.com", "2025-03-10", merchant_id="alipay:2088003359283671"),
        renumbered("b.com", "2025-03-11", merchant_id="alipay:2088141252519702"),
    )
    assert mirror.band is Band.LEAD


def test_one_change_counts_once_however_much_changed_that_day() -> None:
    one = link_of(renumbered("a.com", "2025-03-10"), renumbered("b.com", "2025-03-11"))
    more = [show(site, "telegram", "yunzhi_yit", "2025-03-10", "2025-06-01") for site in ("a.com", "b.com")]
    two = link_of([*renumbered("a.com", "2025-03-10"), more[0]], [*renumbered("b.com", "2025-03-11"), more[1]])
    assert two.bits < one.bits + 4

"""What whoever wants to be taken for another, or to cut a standing group in two, can type or flood."""

from __future__ import annotations

from monitor.operators.attribute import attribute_sites, explain_link
from monitor.operators.column_rows import MOST_OF_KIND
from monitor.operators.columns_builder import build_columns
from monitor.operators.model import Band
from operators.scenes import shop, show

HOLDER = "贵阳云岚网络科技有限公司"
PID = "pay.yunlanfu.com#10482"


def test_a_holder_confirms_only_where_the_registry_looks_at_papers() -> None:
    shown = {"registrant": HOLDER, "qq": "82736451"}
    typed = explain_link(shop("a.com", **shown), shop("b.com", **shown))
    mixed = explain_link(shop("a.cn", **shown), shop("b.com", **shown))
    checked = explain_link(shop("a.cn", **shown), shop("b.cn", **shown))
    assert typed is not None and mixed is not None and checked is not None
    assert typed.band is not Band.CONFIRMED and mixed.band is not Band.CONFIRMED
    assert checked.band is Band.CONFIRMED
    assert any("不核验" in row.reason for row in typed.rows)


def test_decoys_that_show_an_account_do_not_part_sites_of_one_holder() -> None:
    rows = [*shop("a.cn", registrant=HOLDER, epay_pid=PID), *shop("b.cn", registrant=HOLDER, epay_pid=PID)]
    for number in range(8):
        rows += shop(f"decoy{number}.com", epay_pid=PID, qq=f"8912{number}734", mobile=f"1381234{number}678")
    groups = {one.sites: one.band for one in attribute_sites(rows).operators}
    assert groups.get(("a.cn", "b.cn")) is Band.CONFIRMED


def test_a_site_that_lists_numbers_by_the_thousand_is_compared_by_some_and_says_so() -> None:
    rows = [show(site, "qq", str(82730000 + number)) for site in ("a.com", "b.com") for number in range(5000)]
    columns = build_columns(rows)
    assert len(columns.value) == 2 * MOST_OF_KIND
    assert any(str(MOST_OF_KIND) in note for note in columns.notes)
    answer = attribute_sites(rows)
    assert len(answer.links) == 1


def test_an_account_in_common_does_not_hide_that_another_differs() -> None:
    wallet = "TQn9Y2khEsLJW1ChVWFMSMeRDow5KcbLSE"
    link = explain_link(
        shop("a.com", crypto=wallet, epay_pid=PID), shop("b.com", crypto=wallet, epay_pid="pay.haiwangfu.com#20931")
    )
    assert link is not None
    assert "epay_pid" in [row.kind for row in link.contrary]


def test_a_certificate_that_names_another_site_counts_only_where_that_names_it_too() -> None:
    one_sided = explain_link([*shop("a.com", qq="82736451", tls_san="b.com")], shop("b.com", qq="82736451"))
    mutual = explain_link(shop("a.com", qq="82736451", tls_san="b.com"), shop("b.com", qq="82736451", tls_san="a.com"))
    assert one_sided is not None and mutual is not None
    assert one_sided.band is Band.LEAD
    assert mutual.bits > one_sided.bits

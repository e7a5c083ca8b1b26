"""Where a name was taken over: after its owner left it, by a copier of its own page; and where nobody did."""

from __future__ import annotations

import pytest

from monitor.operators import epochs
from monitor.operators.columns_builder import build_columns
from operators.scenes import TONGJI, shop
from storage.identity import Statement

OLD = {"qq": "82736451", "alipay_static": "fkx0abc123def456", "registrar": "Alibaba", "ns": "ns1.old-host.com"}
NEW = {"qq": "93847562", "alipay_static": "fkx9zyx987wvu654", "registrar": "Dynadot", "ns": "ns1.new-host.com"}


def sites_of(rows: list[Statement]) -> tuple[str, ...]:
    return build_columns(rows).sites


def test_a_name_that_only_sent_its_visitors_on_was_left_by_its_owner() -> None:
    before = shop("luyi.com", "2024-01-01", "2024-06-01", **OLD)
    sent_on = shop("luyi.com", "2024-06-02", "2024-08-20", redirect="next.com")
    after = shop("luyi.com", "2024-08-25", "2025-01-01", **NEW)
    assert sites_of([*before, *sent_on, *after]) == ("luyi.com", "luyi.com@2024-01-01")


def test_an_owner_who_comes_back_with_his_number_keeps_his_name() -> None:
    before = shop("luyi.com", "2024-01-01", "2024-06-01", **OLD)
    sent_on = shop("luyi.com", "2024-06-02", "2024-08-20", redirect="next.com")
    after = shop("luyi.com", "2024-08-25", "2025-01-01", **{**NEW, "registrar": "Alibaba", "qq": OLD["qq"]})
    assert sites_of([*before, *sent_on, *after]) == ("luyi.com",)


def test_a_copy_of_the_page_that_stood_there_is_another_holder_with_another_till() -> None:
    page = {
        "qq": "82736451",
        "baidu_tongji": TONGJI,
        "wechat": "luyi_kefu",
        "favicon": "1a2b3c4d5e6f",
        "name": "luyifaka",
    }
    held = {"alipay_static": OLD["alipay_static"], "registrar": "Alibaba", "registrant": "深圳市鹿一网络有限公司"}
    taken = {"alipay_static": NEW["alipay_static"], "registrar": "Dynadot", "registrant": "成都市仿站科技有限公司"}
    before = shop("luyi.cn", "2024-01-01", "2024-06-01", **page, **held)
    after = shop("luyi.cn", "2024-09-01", "2025-01-01", **page, **taken)
    assert sites_of([*before, *after]) == ("luyi.cn", "luyi.cn@2024-01-01")


def test_a_long_silence_alone_is_no_other_holder() -> None:
    before = shop("luyi.com", "2024-01-01", "2024-01-15", notice_successor="next.com")
    after = shop("luyi.com", "2024-06-01", "2025-01-01", **NEW)
    assert sites_of([*before, *after]) == ("luyi.com",)


def test_names_are_cut_alike_however_few_rows_are_looked_at_together(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = []
    for name in ("a.com", "b.com", "c.com", "d.com"):
        rows += shop(name, "2024-01-01", "2024-06-01", **OLD)
        rows += shop(name, "2024-08-25", "2025-01-01", **(NEW if name in ("b.com", "d.com") else OLD))
    whole = sites_of(rows)
    assert whole == ("a.com", "b.com", "b.com@2024-01-01", "c.com", "d.com", "d.com@2024-01-01")
    for rows_together in (1, 3, 11):
        monkeypatch.setattr(epochs, "_AT_ONCE", rows_together)
        assert sites_of(rows) == whole

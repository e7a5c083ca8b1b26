"""Two pages of one kind are told apart in the list of exhibits; a page alone is called by its kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from complaints.casefiles import ORDERED

from letters.lettercase import make_page, make_version, make_whole, write
from monitor.complaints.letters.text import render_text

DAY = timedelta(days=1)


def test_pages_of_one_kind_bear_their_addresses_and_one_alone_does_not() -> None:
    rules = make_page(make_version("c-1", ORDERED - DAY, "卡密无效包换。"), None)
    more = replace(make_version("c-2", ORDERED + DAY, "客服在24小时内答复。"), url="https://xh88.test/aftersales")
    other = replace(make_page(None, more), url=more.url)
    alone = render_text(write("demand", replace(make_whole(), pages=(rules,))))
    assert "xh88.test/help（合同与规则）" not in alone
    both = render_text(write("demand", replace(make_whole(), pages=(rules, other))))
    assert "，xh88.test/help（合同与规则）" in both and "，xh88.test/aftersales（合同与规则）" in both

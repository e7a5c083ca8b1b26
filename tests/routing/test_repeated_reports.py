"""A second report: to the right office where the first was none, with something new where it was dealt with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from complaints.casefiles import NOW, make_file, make_item, make_step

from monitor.complaints.filing.prefiling import PreFiling, check_before_filing
from monitor.complaints.model import CaseFile
from monitor.config.complaints import ComplaintSettings
from storage.case import CaseStep

DAY = timedelta(days=1)


def report(**changed: object) -> CaseStep:
    return make_step("market_report", **{"answered_at": NOW - DAY, **changed})


def check(*steps: CaseStep, channel: str = "market_report", added: timedelta = 2 * DAY) -> PreFiling:
    item = make_item("order", added_at=NOW - added)
    file: CaseFile = replace(make_file(), steps=steps, items=(item,))
    return check_before_filing(file, channel, ComplaintSettings())


def test_who_was_told_that_it_is_not_theirs_is_told_whose_it_is() -> None:
    found = check(report(outcome="rejected", note="不属于本局管辖"))
    (told,) = [one for one in found.warnings if "管辖" in one]
    assert "住所地" in told and "实际经营地" in told and "第三十四条" in told and "不算重复" in told
    assert not any("不再另行处理" in one for one in found.warnings)
    assert "new_facts" not in [one.field for one in found.blocks]


@pytest.mark.parametrize(("added", "stops"), [(2 * DAY, True), (timedelta(0), False)], ids=["nothing new", "new item"])
def test_what_was_dealt_with_needs_something_new(added: timedelta, stops: bool) -> None:
    found = check(report(outcome="ended", note="已责令改正"), added=added)
    blocks = {one.field: one for one in found.blocks}
    assert ("new_facts" in blocks) is stops
    if stops:
        assert "已责令改正" in blocks["new_facts"].why and "tsjb-35" in blocks["new_facts"].articles
    assert any("不再另行处理" in one for one in found.warnings)


def test_the_answer_to_the_report_is_nothing_new() -> None:
    item = make_item("receipt", added_at=NOW)
    file = replace(make_file(), steps=(report(outcome="ended", proof=(item.evidence,)),), items=(item,))
    assert "new_facts" in [one.field for one in check_before_filing(file, "market_report", ComplaintSettings()).blocks]


def test_a_complaint_of_the_same_is_no_repeated_report() -> None:
    assert "new_facts" not in [one.field for one in check(report(outcome="ended"), channel="p12315").blocks]
    assert not any("重复举报" in one for one in check().warnings)

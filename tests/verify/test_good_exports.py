from __future__ import annotations

from monitor.verify.checks import Status
from monitor.verify.verdict import Verdict

from .conftest import Bench, Judge, checks, ids


def test_an_export_with_a_trusted_token_is_intact(bench: Bench, judge: Judge) -> None:
    report = judge(bench.files)
    assert report.verdict is Verdict.INTACT, [
        (c.id, c.status, c.about, c.detail.en) for c in checks(report) if c.status is not Status.PASSED
    ]
    assert ids(report, Status.FAILED) == ids(report, Status.ABSENT) == set()

"""What a run tells of the deadlines of cases."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from complaints.casefiles import NOW, make_case, make_step

from monitor.case_notices import notices_of_cases
from monitor.config.complaints import ComplaintSettings
from storage.archive import open_archive
from storage.case_steps import keep_step
from storage.cases import close_case, keep_case


def test_a_deadline_that_passed_is_told_with_one_key_until_the_case_is_closed(tmp_path: Path) -> None:
    with closing(open_archive(tmp_path, f"sqlite:///{tmp_path}/a.db", at=NOW)) as archive:
        case = make_case()
        step = replace(make_step("platform"), due_at=NOW + timedelta(hours=2), due_what="答复")
        with archive.database.writing() as session:
            keep_case(session, case)
            keep_step(session, step)
        usual = ComplaintSettings()
        assert notices_of_cases(archive.database, usual, at=NOW) == ()
        late = [notices_of_cases(archive.database, usual, at=NOW + timedelta(hours=hours)) for hours in (3, 9)]
        assert [len(one) for one in late] == [1, 1]
        assert late[0][0].key == late[1][0].key, "one key, so that a channel hears of it once"
        assert case.facts.buyer.name not in late[0][0].text and "50" not in late[0][0].text.partition("）")[2]
        with archive.database.writing() as session:
            close_case(session, case.id, "refunded", None, NOW)
        assert notices_of_cases(archive.database, usual, at=NOW + timedelta(hours=3)) == ()

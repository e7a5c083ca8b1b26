"""Every question is answered from an index: no list walks through the history."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from sqlalchemy import event

from rows.scribe import NOON, Scribe
from scrapers.model import Outcome
from storage.captures import last_capture, last_starts, list_captures
from storage.changes import list_changes, pending_changes, unalerted
from storage.model import ChangeClass, ChangeStatus, Severity
from storage.pages import find_pages
from storage.session import Database, Session
from storage.versions import last_versions, versions_around

QUESTIONS: dict[str, Callable[[Session, str], object]] = {
    "history of a page": lambda s, page: list_captures(s, pages=[page]),
    "history of a platform": lambda s, page: list_captures(s, platform="示例卡盟", since=NOON),
    "history of all": lambda s, page: list_captures(s, until=NOON),
    "failed captures": lambda s, page: list_captures(s, outcomes=[Outcome.FAILED]),
    "last capture": lambda s, page: last_capture(s, page),
    "last starts": lambda s, page: last_starts(s),
    "at": lambda s, page: versions_around(s, page, NOON),
    "last versions": lambda s, page: last_versions(s, page, 2),
    "changes": lambda s, page: list_changes(s, min_severity=Severity.LOW),
    "all changes": lambda s, page: list_changes(s),
    "changes of a class": lambda s, page: list_changes(s, classes=[ChangeClass.RULE]),
    "changes of a platform": lambda s, page: list_changes(s, platform="示例卡盟"),
    "pending changes": lambda s, page: list_changes(s, status=ChangeStatus.PENDING),
    "pending changes of a page": lambda s, page: pending_changes(s, page),
    "untold changes": lambda s, page: unalerted(s, "mail", since=NOON),
    "a page by its URL": lambda s, page: find_pages(s, "https://shop.test/terms"),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_question_walks_through_captures_versions_or_changes(database: Database, scribe: Scribe, name: str) -> None:
    capture = scribe.capture(0)
    scribe.read(capture, "质保7天")
    scribe.change(capture)
    plans: list[str] = []

    def explain(connection: object, cursor: object, statement: str, values: object, *_: object) -> None:
        if statement.startswith("SELECT"):
            rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)  # type: ignore[attr-defined]
            plans.extend(str(row[3]) for row in rows)

    with database.reading() as session:
        event.listen(session.connection().engine, "before_cursor_execute", explain)
        QUESTIONS[name](session, capture.page.id)
    assert plans
    for plan, following in pairwise([*plans, ""]):
        if plan.startswith("SCAN") and plan.split()[1] in {"capture", "version", "change", "text", "reading"}:
            # In the order of an index a walk ends at the limit; one that is sorted afterwards reads everything.
            assert "USING" in plan and "TEMP B-TREE" not in following, plans

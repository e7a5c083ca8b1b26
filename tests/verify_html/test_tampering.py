from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page

from monitor.certificate_chain import parse_certificates
from monitor.verify.checks import KINDS, Status
from monitor.verify.options import Options
from monitor.verify.target import verify_target

from .exports import Kept
from .reader import ask
from .tampering import TAMPERINGS, Tampering, sign_anew


def _command(data: bytes, folder: Path, **given: object) -> tuple[str, set[str], set[str]]:
    """Verdict, failed and absent checks as `cardwatch verify` gives them."""
    path = folder / "evidence.wacz"
    path.write_bytes(data)
    report = verify_target(path, Options(at=datetime.now(UTC), **given))  # type: ignore[arg-type]
    checks = [check for subject in report.subjects for check in subject.checks]
    failed, absent = (
        {check.id for check in checks if check.status is status} for status in (Status.FAILED, Status.ABSENT)
    )
    return report.verdict.value, failed, absent


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda one: re.sub(r"\W+", "-", one.name))
def test_what_was_altered_is_found_named_and_told_as_on_the_command_line(
    tampering: Tampering, first: bytes, kept: Kept, verifier: Page, tmp_path: Path
) -> None:
    altered = tampering.alter(first)
    assert altered != first
    answer = ask(verifier, altered, roots=kept.authority.root_pem)
    assert tampering.check in answer.ids(tampering.status), answer.checks
    assert answer.verdict == ("altered" if answer.ids("failed") else "incomplete")
    assert KINDS[tampering.check].title.zh in answer.text
    roots = tuple(parse_certificates(kept.authority.root_pem, "root"))
    verdict, failed, absent = _command(altered, tmp_path, roots=roots)
    assert (answer.verdict, answer.ids("failed"), answer.ids("absent")) == (verdict, failed, absent - failed)


def test_a_package_signed_anew_by_another_key_is_told_by_the_key_that_one_had(
    first: bytes, kept: Kept, verifier: Page
) -> None:
    forged = sign_anew(first)
    alone = ask(verifier, forged)
    assert (alone.verdict, alone.ids("failed")) == ("cannot_say", set())
    key = re.search(r"cardwatch/\w+/1\+\w{8}\+[\w/+=]+", ask(verifier, first).text)
    assert key is not None
    pinned = ask(verifier, forged, pinned=key[0])
    assert (pinned.verdict, pinned.ids("failed")) == ("altered", {"pinned_key"})
    earlier = ask(verifier, forged, earlier=kept.earlier.note)
    assert (earlier.verdict, earlier.ids("failed")) == ("altered", {"earlier_checkpoint"})

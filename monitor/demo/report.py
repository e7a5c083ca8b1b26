"""What a demo tells: the findings with their dates, how visits ended, the truth check, and where to look further.

Pure: makes lines of text, and plain data for `--json`. Findings are in Chinese as consumers read them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from monitor.change_words import CLASS_WORDS, SEVERITY_WORDS
from monitor.demo.complaint import NO_COMPLAINT, DemoComplaint
from monitor.demo.line import NO_LINE, NO_VERDICT, PLATFORM, DemoLine, LineVerdict, judge_line
from monitor.demo.script import SHANGHAI, page_of
from monitor.demo.truth import SCORED, Seen, Verdict, judge, page_key
from monitor.demo.walk import Walk
from scrapers.model import Role
from storage.model import Change, ChangeClass, ChangeStatus, Severity

_QUERY_NAMES = {"change_id": "change", "change_class": "class", "capture_id": "capture"}
_TOLD = (ChangeClass.RULE, ChangeClass.PRICE)


@dataclass(frozen=True)
class Finding:
    """One change as the demo tells it."""

    change_id: str
    platform: str
    page: str
    url: str
    change_class: str
    severity: str
    status: str
    subject: str
    before: str
    after: str
    reason: str
    last_seen_before: datetime | None
    first_seen_after: datetime


@dataclass(frozen=True)
class Report:
    """All that a demo has to tell."""

    folder: Path
    seconds: float
    findings: tuple[Finding, ...]
    visits: tuple[Seen, ...]
    verdict: Verdict
    grave: Finding | None
    problems: tuple[str, ...]  # what the readers looked for on a page and did not find
    line: DemoLine = NO_LINE
    line_verdict: LineVerdict = NO_VERDICT
    complaint: DemoComplaint = NO_COMPLAINT

    @property
    def met(self) -> bool:
        """Whether all that had to be found was found, nothing false claimed, and the complaint became a sound pack."""
        return self.verdict.met and not self.line_verdict.troubles and not self.complaint.trouble


def make_report(folder: Path, seconds: float, walk: Walk) -> Report:
    """Put together what is told. `grave` is the finding that the redline file shows."""
    changes = walk.changes
    rules = [
        change
        for change in changes
        if change.difference.change_class is ChangeClass.RULE and change.status is ChangeStatus.CONFIRMED
    ]
    # A rewritten clause of a terms page reads best side by side.
    clauses = [c for c in rules if c.page.role is Role.TERMS and c.difference.before and c.difference.after]
    grave = max(clauses or rules, key=lambda change: change.difference.severity.rank, default=None)
    return Report(
        folder=folder,
        seconds=seconds,
        findings=tuple(_find(change) for change in changes),
        visits=walk.visits,
        verdict=judge(walk.visits, changes),
        grave=_find(grave) if grave else None,
        problems=walk.problems,
        line=walk.line,
        line_verdict=judge_line(walk.line, walk.visits),
    )


def _find(change: Change) -> Finding:
    difference = change.difference
    return Finding(
        change_id=change.id,
        platform=change.page.platform,
        page=page_key(change.page.url),
        url=change.page.url,
        change_class=str(difference.change_class),
        severity=str(difference.severity),
        status=str(change.status),
        subject=difference.subject,
        before=difference.before,
        after=difference.after,
        reason=difference.reason,
        last_seen_before=change.before_at,
        first_seen_after=change.after_at,
    )


def tell_findings(report: Report) -> list[str]:
    """The rule and price changes and moved sites, oldest first, each with the dates of both sides."""
    lines: list[str] = []
    for finding in _without_twins([finding for finding in report.findings if _is_told(finding)]):
        mark = f"{CLASS_WORDS[ChangeClass(finding.change_class)]}·{SEVERITY_WORDS[Severity(finding.severity)]}"
        lines.append(f"{_day(finding.first_seen_after)}  [{mark}] {finding.platform}  {finding.url}")
        lines.append(f"    {_clip(finding.reason, 150)}")
        lines.append(
            f"    最后一次见到原内容：{_time(finding.last_seen_before)}；首次见到新内容："
            f"{_time(finding.first_seen_after)}；{'已复核' if finding.status == ChangeStatus.CONFIRMED else '待复核'}"
        )
    return lines


def _is_told(finding: Finding) -> bool:
    if finding.status == ChangeStatus.BLINKED:
        return False
    grave = Severity(finding.severity).rank >= Severity.HIGH.rank
    return finding.change_class in _TOLD or (finding.change_class == ChangeClass.OUTCOME and grave)


def _without_twins(findings: Sequence[Finding]) -> list[Finding]:
    """Leave out what another finding of the same visit says too: the fact beside its clause, the price for members."""
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda f: -len(f.before + f.after)):
        words = (_letters(finding.before), _letters(finding.after))
        twin = any(
            (other.url, other.first_seen_after) == (finding.url, finding.first_seen_after)
            and words[0] in _letters(other.before)
            and words[1] in _letters(other.after)
            for other in kept
        )
        if not twin:
            kept.append(finding)
    return sorted(kept, key=lambda finding: finding.first_seen_after)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+|(?<=[.][0-9])0+\b", "", text)


def tell_rest(report: Report) -> list[str]:
    """Blinks, the other classes as counts, and the visits that did not meet the page as it should be."""
    lines = [
        f"{_day(finding.first_seen_after)}  闪变（再看时已恢复，不算变更）{finding.url}：{_clip(finding.after, 50)}"
        for finding in report.findings
        if finding.status == ChangeStatus.BLINKED and Severity(finding.severity).rank >= Severity.HIGH.rank
    ]
    counts = Counter(
        CLASS_WORDS[ChangeClass(finding.change_class)]
        for finding in report.findings
        if finding.change_class not in _TOLD and finding.status != ChangeStatus.BLINKED
    )
    lines.append("其他变更：" + "，".join(f"{name} {count}" for name, count in counts.most_common()))
    lines.append("")
    ends = Counter(str(visit.outcome) for visit in report.visits)
    lines.append("Visits: " + ", ".join(f"{count} {name}" for name, count in ends.most_common()))
    for visit in report.visits:
        if not visit.readable or visit.certificate_error:
            end = _end(visit)
            lines.append(f"  {_time(visit.at)}  {end:<26} {page_of(visit.page).url}")
    return lines


def _end(visit: Seen) -> str:
    if visit.moved:
        return "another site"
    return "bad certificate" if visit.readable else f"{visit.outcome}: {visit.reason}"


def tell_truth(report: Report) -> list[str]:
    """Whether the archive found what the script did to the platforms."""
    rules = report.verdict.score(ChangeClass.RULE)
    prices = report.verdict.score(ChangeClass.PRICE)
    ended = report.verdict.ended
    right = sum(not row.trouble for row in ended)
    lines = [
        f"Truth check: found {rules.found} of {rules.expected} rule changes, {rules.false} false; "
        f"{prices.found} of {prices.expected} price changes, {prices.false} false; "
        f"{right} of {len(ended)} visits ended as scripted."
    ]
    line = report.line_verdict
    if line.expected:
        impostor = ", impostor followed" if report.line.impostor_followed else ", impostor not followed"
        lines.append(
            f"Domains of {PLATFORM}: followed {len(line.followed)} of {len(line.expected)}"
            + (impostor if line.impostor_seen else "")
            + "."
        )
    lines += [f"  differs: {line}" for line in (*report.verdict.troubles, *line.troubles)]
    if not report.met:  # what a reader could not do is the first place to look
        lines += [f"  a reader said: {line}" for line in report.problems]
    return lines


def tell_further(report: Report) -> list[str]:
    """Commands and files to go on with."""
    config = f'"{(report.folder / "config.toml").as_posix()}"'
    lines = ["Look further:", f"  cardwatch changes --config {config}", f"  cardwatch search 退款 --config {config}"]
    if report.line.sites:
        lines += [f"  cardwatch {what} {PLATFORM} --config {config}" for what in ("domains", "sites", "who")]
    if report.grave:
        lines.append(f"  cardwatch history '{report.grave.url}' --config {config}")
    for name, what in (
        ("redline.html", "the gravest change as a redline"),
        ("capture.wacz", "the capture that shows it"),
    ):
        if (report.folder / name).is_file():
            lines.append(f"  {(report.folder / name).as_posix()}  ({what})")
    if (report.folder / "capture.wacz").is_file():
        package = (report.folder / "capture.wacz").as_posix()
        lines.append(f'  cardwatch verify "{package}"  (is it as it was sealed?)')
    return lines


def as_data(report: Report) -> dict[str, object]:
    """The same as plain data, by the field names of the queries (docs/json.md)."""
    return {
        "archive": str(report.folder),
        "config": str(report.folder / "config.toml"),
        "seconds": round(report.seconds, 1),
        "visits": [_rename(asdict(visit)) for visit in report.visits],
        "findings": [_rename(asdict(finding)) for finding in report.findings],
        "problems": list(report.problems),
        "truth": {
            "met": report.met,
            "troubles": [*report.verdict.troubles, *report.line_verdict.troubles],
            "scores": [_rename(asdict(report.verdict.score(change_class))) for change_class in SCORED],
            "domains_expected": list(report.line_verdict.expected),
            "domains_followed": list(report.line_verdict.followed),
            "impostor_followed": report.line.impostor_followed,
        },
        "line": {
            "platform": PLATFORM,
            "now": list(report.line.now),
            "sites": [
                {
                    "site": one.site,
                    "states": [{"state_zh": words, "since": since} for words, since in one.states],
                    "moved_to": one.moved_to,
                    "moved_at": one.moved_at,
                    "why": one.why,
                }
                for one in report.line.sites
            ],
            "impostor_why": report.line.impostor_why,
            "conclusion": report.line.conclusion,
        },
        "complaint": {
            "case": report.complaint.case,
            "ordered_at": report.complaint.ordered_at,
            "first_steps": list(report.complaint.first_steps),
            "pack": str(report.complaint.pack) if report.complaint.pack else None,
            "pages": report.complaint.pages,
            "masked": report.complaint.masked,
            "verdict": report.complaint.verdict,
            "trouble": report.complaint.trouble,
        },
    }


def _rename(data: dict[str, object]) -> dict[str, object]:
    return {_QUERY_NAMES.get(name, name): value for name, value in data.items()}


def _day(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d")


def _time(moment: datetime | None) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if moment else "—"


def _clip(text: str, length: int) -> str:
    bare = " ".join(text.split())
    return bare if len(bare) <= length else bare[: length - 1] + "…"

"""`findings`: what a platform did in silence, and what it was not seen to show."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import find_asked_pages, open_asked_archive, read_moment
from monitor.cli.context import load_cli_settings
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import plain_text, print_json

if TYPE_CHECKING:
    from monitor.findings.collect import FindingList
    from monitor.findings.model import SiteFinding
    from monitor.review.laws import Article
    from storage.model import WatchedPage

SEVERITIES = ("none", "low", "medium", "high", "critical")
_ZH = {"critical": "特别严重", "high": "严重", "medium": "一般", "low": "轻微", "none": "提示"}


@click.command()
@click.argument("wanted", metavar="[PLATFORM|PAGE|URL]", default="")
@click.option("--at", default="", metavar="T", help="As known at this time.  [default: now]")
@click.option("--severity", type=click.Choice(SEVERITIES), default="low", show_default=True, help="This or graver.")
@click.option(
    "--notice-days",
    type=click.IntRange(1, 365),
    default=30,
    show_default=True,
    help="Look so many days before a change for a notice of it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def findings_command(
    context: click.Context, wanted: str, at: str, severity: str, notice_days: int, as_json: bool
) -> ExitCode:  # fmt: skip
    """Say which rules were rewritten without a notice, backdated, or shown to some only, and what is not shown at all.

    Each finding names the captures that prove it and the article of law that it may touch. What was not watched is
    never said to be missing. Status 6 when there is nothing to say.
    """
    from monitor.findings.collect import collect_findings
    from storage.model import Severity
    from storage.pages import list_pages

    moment = read_moment(at, "--at", end=True) or datetime.now(UTC)
    sessions = _read_sessions(context)
    lists: list[FindingList] = []
    with open_asked_archive(context) as archive, archive.database.reading() as session:
        pages = find_asked_pages(session, wanted) if wanted else list_pages(session)
        for platform in dict.fromkeys(page.platform for page in pages):
            own = list_pages(session, platform)
            lists.append(
                collect_findings(
                    session,
                    own,
                    wanted=[page for page in pages if page.platform == platform],
                    at=moment,
                    days=notice_days,
                    sessions={page.id: sessions.get(_key_of(page), "") for page in own},
                )
            )
    least = Severity(severity).rank
    found = [one for listed in lists for one in listed.findings if one.severity.rank >= least]
    found.sort(key=lambda one: -one.severity.rank)
    notes = [note for listed in lists for note in listed.notes]
    if as_json:
        print_json({"at": moment, "findings": [finding_data(one) for one in found], "notes": notes})
    else:
        _print(found)
    for note in notes if not as_json else ():
        click.echo(plain_text(note), err=True)
    if not found and not as_json:
        click.echo(f"no findings of severity {severity} or graver for this question", err=True)
    return ExitCode.DONE if found else ExitCode.NOTHING_FOUND


def finding_data(finding: SiteFinding) -> dict[str, object]:
    """A finding as JSON; the field names are documented in docs/json.md."""
    from monitor.findings.model import ZH

    return {
        "kind": finding.kind,
        "name": ZH[finding.kind],
        "severity": finding.severity,
        "platform": finding.platform,
        "urls": list(finding.urls),
        "at": finding.at,
        "sentence": finding.sentence,
        "captures": list(finding.captures),
        "changes": list(finding.changes),
        "quote": finding.quote,
        "laws": [
            {
                "id": one.id,
                "title": one.title,
                "article": one.article,
                "summary": one.summary,
                "confirmed": one.confirmed,
            }
            for one in _articles(finding)
        ],
        "needs_human": finding.needs_human,
    }


def _articles(finding: SiteFinding) -> tuple[Article, ...]:
    """The articles that a finding may touch, those in force on its day."""
    from monitor.review.laws import find_articles
    from monitor.times import SHANGHAI

    return find_articles(finding.articles, at=finding.at.astimezone(SHANGHAI).date())


def _read_sessions(context: click.Context) -> dict[tuple[str, str, str], str]:
    """Which watched pages are seen logged in, by platform, address and vantage."""
    settings = load_cli_settings(context, tolerant=True)
    return {(page.platform, page.url, page.vantage.name): page.session for page in settings.pages if page.session}


def _key_of(page: WatchedPage) -> tuple[str, str, str]:
    return page.platform, page.url, page.vantage


def _print(found: Iterable[SiteFinding]) -> None:
    from monitor.findings.model import ZH

    for one in found:
        click.echo(f"[{_ZH[one.severity]}] {ZH[one.kind]}  {plain_text(one.platform)}")
        click.echo(f"  {plain_text(one.sentence)}")
        if one.quote:
            click.echo(f"  原文：{plain_text(one.quote[:200])}")
        for article in _articles(one):
            doubt = "" if article.confirmed else "（条文待核实）"
            click.echo(f"  可能涉及《{article.title}》{article.article}{doubt}：{article.summary}")
        if one.captures:
            more = f" 等{len(one.captures)}次" if len(one.captures) > 4 else ""
            click.echo(f"  依据：抓取 {'、'.join(one.captures[:4])}{more}")
        if one.needs_human:
            click.echo("  须人工核对后再使用")

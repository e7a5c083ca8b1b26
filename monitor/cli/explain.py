"""`explain`: one change on one screen, for somebody who has never seen the platform."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import capture_data, change_data, open_asked_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import plain_text, print_json, show_time

if TYPE_CHECKING:
    from monitor.explanation import Explanation, Proof
    from monitor.review.model import TermFinding
    from storage.archive import Archive
    from storage.model import Change, StoredCapture
    from storage.session import Session

_EFFECTS = {"worse": "对买家不利", "better": "对买家有利", "mixed": "有利有弊", "neutral": "对买家没有影响"}
_SHOWN = 300


@click.command()
@click.argument("change_id", metavar="CHANGE")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def explain_command(context: click.Context, change_id: str, as_json: bool) -> ExitCode:
    """Explain a change: what was taken away, from whom, since when, announced or not, lawful or not, how it is known.

    CHANGE is an id of `cardwatch changes`.
    """
    from storage.changes import get_change

    with open_asked_archive(context) as archive, archive.database.reading() as session:
        change = get_change(session, change_id)
        explained = _explain(archive, session, change)
    if as_json:
        print_json(explanation_data(explained))
    else:
        _print(explained)
    return ExitCode.DONE


def _explain(archive: Archive, session: Session, change: Change) -> Explanation:
    from monitor.explanation import explain_change
    from monitor.findings.collect import collect_findings
    from storage.captures import get_capture
    from storage.changes import changes_of_capture
    from storage.pages import list_pages

    pages = list_pages(session, change.page.platform)
    listed = collect_findings(session, pages, wanted=[change.page], at=change.after_at)
    before = get_capture(session, change.before_capture) if change.before_capture else None
    return explain_change(
        change,
        before=_prove(session, before) if before else None,
        after=_prove(session, get_capture(session, change.after_capture)),
        findings=listed.findings,
        alongside=changes_of_capture(session, change.after_capture),
    )


def _prove(session: Session, capture: StoredCapture) -> Proof:
    from monitor.explanation import Proof
    from storage.token_renewals import first_lasting
    from storage.tokens import tokens_of_checkpoint

    now, index = datetime.now(UTC), capture.log_index
    checkpoint = first_lasting(session, index, now) if index is not None else None
    stamps = [one for one in tokens_of_checkpoint(session, checkpoint) if one.stamped_at] if checkpoint else []
    if not stamps:
        return Proof(capture)
    first = min(stamps, key=lambda one: one.stamped_at.timestamp() if one.stamped_at else 0.0)
    return Proof(capture, first.stamped_at, first.authority, first.kind)


def explanation_data(explained: Explanation) -> dict[str, object]:
    """An explanation as JSON; the field names are documented in docs/json.md."""
    from monitor.cli.findings import finding_data
    from monitor.review.document import finding_data as clause_data

    return {
        "change": change_data(explained.change),
        "sentence": explained.sentence,
        "whom": explained.whom,
        "since": explained.since,
        "earlier_buyers": explained.earlier_buyers,
        "status_zh": explained.status,
        "clauses": [clause_data(one) for one in explained.lawfulness],
        "notices": [finding_data(one) for one in explained.notices],
        "backwards": [finding_data(one) for one in explained.backwards],
        "before": _proof_data(explained.before) if explained.before else None,
        "after": _proof_data(explained.after),
        "alongside": [change_data(one) for one in explained.alongside],
    }


def _proof_data(proof: Proof) -> dict[str, object]:
    return {
        "capture": capture_data(proof.capture),
        "log_index": proof.capture.log_index,
        "stamped_at": proof.stamped_at,
        "authority": proof.authority,
    }


def _print(explained: Explanation) -> None:
    from monitor.change_words import SEVERITY_WORDS

    change, difference = explained.change, explained.change.difference
    click.echo(f"{plain_text(change.page.platform)}  {plain_text(change.page.url)}")
    click.echo(f"\n{plain_text(explained.sentence)}")
    click.echo(
        f"\n影响    {_EFFECTS[difference.effect]}，{SEVERITY_WORDS[difference.severity]}；涉及：{explained.whom}"
    )
    if difference.change_class.value == "outcome":  # these words are ours, not the page's
        click.echo(f"原来    {plain_text(difference.before)}")
        click.echo(f"现在    {plain_text(difference.after)}")
    else:
        click.echo(f"原文    {_quote(difference.before) or '（没有这一条）'}")
        click.echo(f"现文    {_quote(difference.after) or '（已删去）'}")
    if not difference.quotable:
        click.echo("        原文或现文中有一方未作为文字向访客直接显示（隐藏文字、图片或接口数据），引用时须写明")
    if explained.earlier_buyers:
        click.echo(f"老订单  {plain_text(explained.earlier_buyers)}")
    click.echo(f"公示    {_join(one.sentence for one in explained.notices) or '未作判断'}")
    if explained.backwards:
        click.echo(f"日期    {_join(one.sentence for one in explained.backwards)}")
    for one in explained.lawfulness:
        _print_clause(one)
    click.echo(f"确认    {explained.status}")
    click.echo("依据")
    for label, proof in (("  改前", explained.before), ("  改后", explained.after)):
        if proof is not None:
            click.echo(f"{label}  {_describe_proof(proof)}")
    if explained.alongside:
        click.echo(f"同一次抓取还见到 {len(explained.alongside)} 处变化：")
        for other in explained.alongside[:8]:
            click.echo(
                f"  [{SEVERITY_WORDS[other.difference.severity]}] {plain_text(other.difference.reason)}  {other.id}"
            )
    if explained.before is not None:
        pair = f"{explained.before.capture.id} {explained.after.capture.id}"
        click.echo(f"\n对照打印：cardwatch diff {pair} --html 对照.html")
    click.echo(f"导出证据：cardwatch export {explained.after.capture.id} --wacz 证据.wacz")


def _print_clause(one: TermFinding) -> None:
    click.echo(f"条款    {plain_text(one.name)}：{plain_text(one.reason)}{'（须人工核对）' if one.needs_human else ''}")
    for law in one.laws[:4]:
        doubt = "" if law.confirmed else "（条文待核实）"
        click.echo(f"        可能涉及《{law.title}》{law.article}{doubt}：{law.summary}")


def _describe_proof(proof: Proof) -> str:
    capture = proof.capture
    place = f"保管链第 {capture.log_index} 条" if capture.log_index is not None else "未入保管链"
    if proof.stamped_at is None:
        witness = "尚无独立机构的时间戳"
    else:
        witness = f"{plain_text(proof.authority)} 的时间戳证明早于 {show_time(proof.stamped_at)}"
    return f"{show_time(capture.seen_at)}  抓取 {capture.id}，{place}，{witness}"


def _quote(text: str) -> str:
    shown = plain_text(text[:_SHOWN])
    return f"“{shown}{'…' if len(text) > _SHOWN else ''}”" if shown else ""


def _join(sentences: Iterable[str]) -> str:
    return plain_text("；".join(sentences))

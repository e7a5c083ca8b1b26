"""What a dossier states, as plain data: for JSON and for the template. Masked unless asked otherwise.

Field names are promises (docs/json.md): they are only ever added to. Times are datetimes; every row names its proof by
numbers of the one list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict

from monitor.dossier.masking import Mask, make_mask, mask_named, mask_view
from monitor.dossier.model import Dossier, Proof, SiteFile, SiteLink, cite
from monitor.findings.problem_words import say_problem, say_unfit
from monitor.operators.jurisdiction import PROCEDURE_ZH, Forum
from monitor.operators.kind_words import KIND_WORDS, MOVE_WORDS, STATE_WORDS
from monitor.operators.model import ForgeClass, LinkRow
from monitor.operators.move_days import OLD_SIDE_NAMES, find_days, say_days
from monitor.operators.move_words import say_signal
from monitor.operators.next_steps import Step
from monitor.operators.place_words import PLACE_WORDS
from monitor.operators.proofs import ProofRow, name_strength
from monitor.operators.respondents import ROLE_ZH, Respondent
from monitor.operators.site_names import plain_name
from monitor.operators.subject_names import KIND_ZH, SubjectKind, mask_value
from monitor.operators.verified_answers import SOURCES
from monitor.operators.who import Placed, subjects_of
from storage.identity import Decision, Move, Objection, SitePeriod, Statement, VerifiedRecord

Row = dict[str, object]
_AS_SEEN = frozenset({"value", "name", "addresses", "forums"})
FORGE_ZH = {
    ForgeClass.CONTROL: "须掌握账户、密钥或服务器",
    ForgeClass.REGISTRY: "登记记录",
    ForgeClass.TEXT: "任何人可照抄",
    ForgeClass.NONE: "不作证据",
}
WHY_ZH = {"line": "平台网站", "release": "地址发布页", "sister": "同一运营者的其他网站",
           "judged": "只由人工判定为同一运营者，仅供本机", "around": "未确认，仅供本机"}  # fmt: skip
_FIELD_NAME = re.compile(r"（[a-z_]+）")  # the option that keeps the answer: for the maker of the file only
_PROOF_ZH = {"capture": "网页抓取", "lookup": "查询应答", "evidence": "证据文件"}


def dossier_data(dossier: Dossier, *, unmask: bool = False) -> Row:
    """What the file states, as plain data, masked unless asked otherwise; pictures are left out."""
    view = _view(dossier, unmask=unmask)
    if not dossier.at_given:
        view |= {name: _name_day(view[name]) for name in ("respondents", "leads", "victims", "notes")}
    return view if unmask else mask_view(view, make_mask(dossier))


def masker(dossier: Dossier, *, unmask: bool) -> Mask:
    """The function that every text goes through on its way into the file."""
    return str if unmask else make_mask(dossier)


def _name_day(value: object) -> object:
    """The same with the day of making called that: nobody told of an order."""
    if isinstance(value, str):
        return value.replace("订单日", "制作日")
    if isinstance(value, list):
        return [_name_day(one) for one in value]
    if isinstance(value, dict):
        return {name: one if name in _AS_SEEN else _name_day(one) for name, one in value.items()}
    return value


def _view(dossier: Dossier, *, unmask: bool) -> Row:
    who = dossier.who
    steps, held_back = _steps(dossier)
    return {
        "platform": dossier.platform,
        "made_at": dossier.made_at,
        "ordered_at": who.at,
        "at_given": dossier.at_given,
        "filed_on": who.filed_on.isoformat(),
        "tool": dossier.tool,
        "masked": not unmask,
        "internal": dossier.internal,
        "drill": any(site.drill for site in dossier.sites),
        "conclusion": who.conclusion,
        "seller": who.answer.seller.sentence,
        "respondents": [{**_respondent(dossier, one), "first": one.respondent == who.first} for one in who.placed],
        "forums": [_forum(one) for one in who.forums],
        "leads": [_lead(one) for one in who.answer.leads] if dossier.internal else [],
        "leads_left": 0 if dossier.internal else len(who.answer.leads),
        "victims": [{"name": one.name or one.uscc, "doubts": list(one.doubts)} for one in who.answer.victims],
        "steps": steps,
        "steps_left": held_back,
        "sites": [_site(dossier, one, unmask=unmask) for one in dossier.sites],
        "moves": [_move(dossier, one) for one in dossier.moves],
        "links": [_link(dossier, one, unmask=unmask) for one in dossier.links],
        "sisters": list(dossier.sisters),
        "findings": [
            {"sentence": one.sentence, "quote": one.quote, "proof": _numbers(dossier, one.captures)}
            for one in dossier.findings
        ],
        "verified": [_verified(dossier, one) for one in dossier.verified],
        "objections": [_objection(dossier, one) for one in dossier.objections],
        "proofs": [_proof(one) for one in dossier.proofs],
        "notes": [one for one in dossier.notes if dossier.internal or not _is_inner(dossier, one)],
    }


def _respondent(dossier: Dossier, placed: Placed) -> Row:
    one, where = placed.respondent, placed.locality
    return {
        "name": _name_of(one),
        "named": bool(one.subject.name) and one.subject.kind is not SubjectKind.ACCOUNT,
        "kind": KIND_ZH[one.subject.kind],
        "role": ROLE_ZH[one.role],
        "band": one.band.value,
        "why": one.why,
        "missing": list(one.missing),
        "doubts": list(one.subject.doubts),
        "uscc": one.subject.uscc,
        "addresses": [address.text for address in one.subject.addresses],
        "division": where.division.name if where.division else "",
        "division_step": where.step,
        "division_problem": where.problem,
        "rows": [_proof_row(dossier, row) for row in one.rows],
        "forums": [_forum(forum) for forum in placed.forums],
    }


def _proof_row(dossier: Dossier, row: ProofRow) -> Row:
    return {
        "strength": name_strength(row),
        "kind": row.kind,
        "kind_name": KIND_WORDS.get(row.kind, row.kind),
        "value": row.value,
        "sentence": row.sentence,
        "timely": row.timely,
        "proof": _numbers(dossier, row.proof),
    }


def _forum(forum: Forum) -> Row:
    return {
        "procedure": PROCEDURE_ZH[forum.procedure],
        "authority": forum.authority,
        "reason": forum.reason,
        "problem": forum.problem,
    }


def _lead(one: Respondent) -> Row:
    return {"name": _name_of(one), "role": ROLE_ZH[one.role], "why": one.why}


def _name_of(one: Respondent) -> str:
    subject = one.subject
    return subject.name or subject.uscc or (subject.icp[0] if subject.icp else subject.key.rpartition(":")[2])


def _steps(dossier: Dossier) -> tuple[list[Row], int]:
    """What to do next, the same question asked once; steps that name a lead are for this machine only."""
    kept, held_back = list(dossier.who.steps), 0
    if not dossier.internal:
        kept = [one for one in kept if not _names_lead(dossier, one)]
        held_back = len(dossier.who.steps) - len(kept)
    rows: dict[tuple[str, str, str], list[str]] = {}
    for one in kept:
        why = _FIELD_NAME.sub("", one.why)
        rows.setdefault((one.service, one.url, why), []).extend(one.each or (one.words,))
    return [
        {"service": service, "url": url, "why": why, "words": list(dict.fromkeys(words))}
        for (service, url, why), words in rows.items()
    ], held_back


def _is_inner(dossier: Dossier, note: str) -> bool:
    return note in dossier.who.inner_notes or _has_lead(dossier, note)


def _names_lead(dossier: Dossier, step: Step) -> bool:
    return _has_lead(dossier, f"{step.words} {step.why}")


def _has_lead(dossier: Dossier, told: str) -> bool:
    """Whether a text names somebody who is no more than a lead: that stays on this machine."""
    who = dossier.who
    named = {one.respondent.subject.key for one in who.placed}
    subjects = [one for one in subjects_of(who.answer) if one.key not in named and one not in who.answer.victims]
    texts = [text for one in subjects for text in (one.name, *one.other_names, one.uscc, *one.icp) if text]
    return any(text in told for text in texts)


def _site(dossier: Dossier, site: SiteFile, *, unmask: bool) -> Row:
    return {
        "site": site.site,
        "why": site.why,
        "why_name": WHY_ZH[site.why],
        "periods": [_period(dossier, one) for one in dossier.periods_of(site.site)],
        "statements": [_statement(dossier, one, unmask=unmask) for one in site.statements],
        "statements_left": site.left,
        "pictured_at": site.pictured_at,
        "picture_proof": _numbers(dossier, (site.picture_proof,)),
    }


def _period(dossier: Dossier, one: SitePeriod) -> Row:
    return {
        "site": one.site,
        "state": one.state.value,
        "state_name": STATE_WORDS[one.state],
        "since": one.since,
        "until": one.ended_at,
        "checked_at": one.checked_at,
        "reason": one.reason,
        "proof": _numbers(dossier, one.proof),
    }


def _statement(dossier: Dossier, one: Statement, *, unmask: bool) -> Row:
    return {
        "kind": one.kind,
        "kind_name": KIND_WORDS.get(one.kind, one.kind),
        "value": one.value if unmask else mask_value(one.kind, one.value),
        "place": one.place,
        "place_name": PLACE_WORDS.get(one.place, one.place),
        "first_seen": one.first_seen,
        "last_seen": one.last_seen,
        "problem": one.problem,
        "problem_says": _say_problem(one.problem),
        "third_party": one.role == "third_party",
        "proof": _numbers(dossier, (one.first_capture, one.last_capture)),
    }


def _say_problem(problem: str) -> str:
    """What is wrong with a value: not every value that is no evidence is false."""
    unfit = say_unfit(problem)
    return f"不作依据：{unfit}" if unfit else f"不可能是真的：{say_problem(problem)}" if problem else ""


def _move(dossier: Dossier, one: Move) -> Row:
    ends = {plain_name(one.before), plain_name(one.after)}
    pair = next(
        (pair.link for pair in dossier.links if {plain_name(pair.link.a), plain_name(pair.link.b)} == ends), None
    )
    days = find_days(dossier.said, one)
    return {
        "before": one.before,
        "after": one.after,
        "kind": one.kind.value,
        "kind_name": MOVE_WORDS[one.kind],
        "since": one.since,
        "when": say_days(one, days),
        "reason": one.reason,
        "decided_by": one.decided_by,
        "mutual": (one.before, one.after) in dossier.mutual,
        "link_bits": None if pair is None else f"{pair.bits:+.1f}",
        "link_band": "" if pair is None else pair.band.value,
        "signals": [
            {
                "sentence": say_signal(name),
                "bits": f"{bits:+.1f}",
                "proof": _numbers(dossier, (proof,)),
                "of_old_side": name in OLD_SIDE_NAMES,
                "first_seen": days[name][0] if name in days else None,
                "last_seen": days[name][1] if name in days else None,
            }
            for name, bits, proof in one.signals
            if not name.startswith("link:")  # those are the rows of the link
        ],
    }


def _link(dossier: Dossier, pair: SiteLink, *, unmask: bool) -> Row:
    link, count = pair.link, len(pair.link.rows)
    rows = [
        _link_row(dossier, row, proof, unmask=unmask)
        for row, proof in zip((*link.rows, *link.contrary), pair.proofs, strict=True)
    ]
    return {
        "a": link.a,
        "b": link.b,
        "band": "人工判定" if pair.judged else link.band.value,
        "evidence_band": link.band.value,
        "bits": f"{link.bits:+.1f}",
        "decided": link.decided,
        "decision": None if pair.decision is None else _decision(pair.decision),
        "whole": pair.whole,
        "rows": rows[:count],
        "contrary": rows[count:],
    }


def _decision(one: Decision) -> Row:
    return {"by": mask_named(one.made_by), "made_at": one.made_at, "reason": one.reason}


def _link_row(dossier: Dossier, row: LinkRow, proof: Iterable[str], *, unmask: bool) -> Row:
    value, other = (text if unmask or not text else mask_value(row.kind, text) for text in (row.value, row.other_value))
    own = row.kind in ("prior", "other_explanation")
    return {
        "kind": row.kind,
        "kind_name": "起点" if row.kind == "prior" else KIND_WORDS.get(row.kind, row.kind),
        "value": value,
        "other_value": other,
        "bits": f"{row.bits:+.1f}",
        "forge": row.forge.value,
        "forge_name": "" if own else FORGE_ZH[row.forge],
        "place_a": PLACE_WORDS.get(row.place_a, row.place_a),
        "first_a": row.first_a,
        "last_a": row.last_a,
        "place_b": PLACE_WORDS.get(row.place_b, row.place_b),
        "first_b": row.first_b,
        "last_b": row.last_b,
        "sites": row.sites,
        "reason": row.reason,
        "without": row.without.value if row.without and not own else "",
        "proof": _numbers(dossier, proof),
    }


def _verified(dossier: Dossier, one: VerifiedRecord) -> Row:
    return {
        "site": one.site,
        "source": one.source,
        "source_name": SOURCES.get(one.source, one.source),
        "asked": one.asked,
        "fields": [{"name": name, "value": value} for name, value in one.fields],
        "looked_on": one.looked_on.isoformat(),
        "recorded_by": one.recorded_by,
        "revoked_at": one.revoked_at,
        "evidence_erased_at": one.evidence_erased_at,
        "proof": _numbers(dossier, (one.evidence,)),
    }


def _objection(dossier: Dossier, one: Objection) -> Row:
    return {
        "about": one.about,
        "by": one.by,
        "text": one.text,
        "received_at": one.received_at,
        "proof": _numbers(dossier, (one.evidence,)),
    }


def _proof(one: Proof) -> Row:
    return {**asdict(one), "kind_name": _PROOF_ZH[one.kind]}


def _numbers(dossier: Dossier, ids: Iterable[str]) -> list[int]:
    return [number for number in map(dossier.number_of, cite(ids)) if number is not None]

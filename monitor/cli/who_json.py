"""The answer of `who` as data for JSON. Field names are promises: they are only ever added to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from monitor.operators.jurisdiction import PROCEDURE_ZH, Forum
from monitor.operators.next_steps import Step
from monitor.operators.proofs import name_strength
from monitor.operators.respondents import ROLE_ZH, Respondent
from monitor.operators.seller_role import SELLER_ZH
from monitor.operators.subjects import Subject
from monitor.operators.who import Placed, WhoAnswer
from monitor.review.laws import find_articles


def who_data(answer: WhoAnswer) -> dict[str, object]:
    """The answer as data; the field names are documented in docs/json.md."""
    seller = answer.answer.seller
    return {
        "asked": answer.asked,
        "platforms": list(answer.platforms),
        "at": answer.at,
        "filed_on": answer.filed_on.isoformat(),
        "known": answer.answer.is_known,
        "conclusion": answer.conclusion,
        "sites": [
            {
                "site": one.site,
                "why": one.why,
                "first_seen": one.first_seen,
                "last_seen": one.last_seen,
                "timely": one.timely,
                "sentence": one.sentence,
            }
            for one in answer.sites
        ],
        "seller": {
            "role": seller.role,
            "name": SELLER_ZH[seller.role],
            "sentence": seller.sentence,
            "signs": list(seller.signs),
        },
        "respondents": [_placed_data(one, answer.filed_on) for one in answer.placed],
        "leads": [_respondent_data(one) for one in answer.answer.leads],
        "victims": [_subject_data(one) for one in answer.answer.victims],
        "contacts": [
            {
                "kind": one.kind,
                "value": one.value,
                "sites": list(one.sites),
                "first_seen": one.first_seen,
                "last_seen": one.last_seen,
            }
            for one in answer.answer.contacts
        ],
        "forums": [_forum_data(one, answer.filed_on) for one in answer.forums],
        "next_steps": [_step_data(one, answer.filed_on) for one in answer.steps],
        "objections": [
            {
                "about": one.about,
                "by": one.by,
                "text": one.text,
                "received_at": one.received_at,
                "evidence": one.evidence,
            }
            for one in answer.objections
        ],
        "notes": list(answer.notes),
    }


def _placed_data(placed: Placed, day: date) -> dict[str, object]:
    where = placed.locality
    return {
        **_respondent_data(placed.respondent),
        "locality": {
            "code": where.division.code if where.division else None,
            "name": where.division.name if where.division else None,
            "source": where.source,
            "step": where.step,
            "problem": where.problem,
        },
        "forums": [_forum_data(one, day) for one in placed.forums],
    }


def _respondent_data(one: Respondent) -> dict[str, object]:
    return {
        "role": one.role,
        "role_name": ROLE_ZH[one.role],
        "band": one.band,
        **_subject_data(one.subject),
        "why": one.why,
        "missing": list(one.missing),
        "rows": [
            {
                "strength": row.strength,
                "strength_name": name_strength(row),
                "kind": row.kind,
                "value": row.value,
                "site": row.site,
                "place": row.place,
                "role": row.role,
                "first_seen": row.first_seen,
                "last_seen": row.last_seen,
                "proof": list(row.proof),
                "timely": row.timely,
                "sentence": row.sentence,
                "source": row.source,
            }
            for row in one.rows
        ],
    }


def _subject_data(subject: Subject) -> dict[str, object]:
    return {
        "subject": subject.key,
        "kind": subject.kind,
        "name": subject.name,
        "uscc": subject.uscc,
        "printed_uscc": subject.printed_uscc,
        "other_names": list(subject.other_names),
        "icp": list(subject.icp),
        "addresses": [{"text": one.text, "source": one.source} for one in subject.addresses],
        "doubts": list(subject.doubts),
    }


def _forum_data(forum: Forum, day: date) -> dict[str, object]:
    return {
        "procedure": forum.procedure,
        "procedure_name": PROCEDURE_ZH[forum.procedure],
        "authority": forum.authority,
        "division": forum.division.code if forum.division else None,
        "division_name": forum.division.name if forum.division else None,
        "source": forum.source,
        "step": forum.step,
        "reason": forum.reason,
        "laws": list_laws(forum.articles, day),
        "problem": forum.problem,
        "notes": list(forum.notes),
    }


def _step_data(step: Step, day: date) -> dict[str, object]:
    return {
        "id": step.id,
        "service": step.service,
        "url": step.url,
        "words": step.words,
        "each": list(step.each),
        "screenshot": step.screenshot,
        "why": step.why,
        "laws": list_laws(step.articles, day),
        "record": step.record,
    }


def list_laws(ids: Iterable[str], day: date) -> list[dict[str, object]]:
    """The articles of these ids that are in force on a day."""
    return [
        {"id": one.id, "title": one.title, "article": one.article, "summary": one.summary, "confirmed": one.confirmed}
        for one in find_articles(ids, at=day)
    ]

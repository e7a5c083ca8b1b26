"""Masks natural persons and contacts in the data of a dossier, in whatever text they stand.

Knows what the archive holds of them (statements, respondents, records looked up by hand, who objected) and whatever
has the shape of a phone, a mail address or an identity number or stands behind a word for one. Firms and their numbers
stay; so do the names of sites, of authorities and of divisions, and the ids by which the proof is found.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import cast
from urllib.parse import unquote

from monitor.dossier.model import Dossier
from monitor.operators.subject_names import SubjectKind, classify_name, is_person_name, mask_name, mask_value
from monitor.operators.who_masking import cut_address, list_firm_addresses, list_private
from storage.identity import VerifiedRecord

Mask = Callable[[str], str]
_KEPT_FIELDS = frozenset(
    {"id", "sha256", "site", "sisters", "a", "b", "before", "after", "before_site", "after_site", "authority",
     "division", "band", "state", "tool", "filed_on", "url", "file"}
)  # fmt: skip
_NAMED_KINDS = ("payee", "registrant", "company")
_MOST_VALUES = 10_000
_SHORTEST = 2
_LONGEST = 200
_NUMBER = 5  # digits of a number that is looked for in groups too
_BOUNDED = 6
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_GAP = r"[\s\-–—.·()]{0,3}"
_SHORT_NAME = re.compile(r"[\u4e00-\u9fff·]{2,4}|[A-Za-z][A-Za-z ._-]{1,40}")
_NAME_FIELD = re.compile(r"name|person|owner|户名|姓名|名称|法定代表人|负责人|经营者|联系人")
_CONTACT_FIELD = re.compile(r"account|phone|tel|mobile|mail|qq|wechat|电话|手机|邮箱|微信|账号|账户", re.I)
_DIGITS = re.compile(rf"\d(?:{_GAP}\d){{4,40}}")
_PHONE = re.compile(rf"(?<!\d)(?:(?:\+|00)86{_GAP})?1[3-9](?:{_GAP}\d){{9}}(?!\d)")
_FIXED = re.compile(r"(?<!\d)0\d{2,3}[ \-–—]\d{7,8}(?!\d)")
_MAIL = re.compile(r"(?<![A-Za-z0-9._%+*-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}")
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])[1-8]\d{5}(?:18|19|20)\d{2}[01]\d[0-3]\d{4}[0-9Xx](?![0-9A-Za-z])")
_ACCOUNT = re.compile(
    r"((?:QQ号?|扣扣|企鹅|微信号?|(?<![A-Za-z])(?:vx|wx|wechat|weixin|v信)|飞机|电报|telegram|(?<![A-Za-z])TG)"
    r"[\s:：是为号\[【（(]{1,6})([A-Za-z0-9_\-]{5,32})",
    re.I,
)
_BEARER = re.compile(
    r"((?:联系人|姓名|户名|法定代表人|法人代表|负责人|店主|收款人)\s{0,2}[:：是为（(]{1,2}\s{0,2})([\u4e00-\u9fff·]{2,4})"
)


_BEARER_BARE = re.compile(
    r"((?:联系人|户名|店主|收款人|负责人|法定代表人)\s{0,2})([\u4e00-\u9fff·]{2,4})(?=[\s,，:：]{0,3}[+（(]?(?:1[3-9]\d[\d*]|0\d{2,3}-|\d{6}))"
)  # no colon between: only where a number to call follows the name


def make_mask(dossier: Dossier) -> Mask:
    """A function that masks a text of this dossier."""
    private = _list_private(dossier)
    kept = {site.site for site in dossier.sites} | set(dossier.sisters)
    kept |= {forum.authority for placed in dossier.who.placed for forum in placed.forums}
    kept |= {placed.locality.division.name for placed in dossier.who.placed if placed.locality.division}
    known = _compile(private, {one for one in kept if one})

    def mask(text: str) -> str:
        text = mask_shapes(known(text))
        # what is spelt with invisible marks, full-width letters or percent codes is read as it is meant
        for meant in (_meant(text), _meant(unquote(text)) if "%" in text else ""):
            masked = mask_shapes(known(meant))
            text = masked if masked != meant else text
        return text

    return mask


def mask_view(view: Mapping[str, object], mask: Mask) -> dict[str, object]:
    """The data with every text in it masked, but for ids and the names of sites and authorities."""
    return {
        name: value if name in _KEPT_FIELDS and not isinstance(value, Mapping) else _walk(value, mask)
        for name, value in view.items()
    }


def mask_named(name: str) -> str:
    """Who did or said something, masked where it is a person's name."""
    return mask_name(name, SubjectKind.PERSON) if is_person_name(name) else name


def _walk(value: object, mask: Mask) -> object:
    if isinstance(value, str):
        return mask(str(value))
    if isinstance(value, Mapping):
        return mask_view(cast(Mapping[str, object], value), mask)
    if isinstance(value, Sequence):
        return [_walk(one, mask) for one in value]
    return value


def _list_private(dossier: Dossier) -> dict[str, str]:
    """Each private text that the dossier may hold, with what is shown in its place."""
    found = dict(list_private(dossier.who))
    for kind, value in _list_values(dossier):
        shown = _mask_careful(kind, value)
        if shown != value:
            found.setdefault(value, shown)
    firms = list_firm_addresses(dossier.who)
    for kind, value in _list_values(dossier):
        if kind == "address" and value not in firms:
            found[value] = cut_address(value)
    for name in (*(one.by for one in dossier.objections), *(one.recorded_by for one in dossier.verified)):
        found.setdefault(name, mask_named(name))
    for record in dossier.verified:
        found |= _of_record(record)
    ranked = sorted(
        (one for one in found.items() if _SHORTEST <= len(one[0]) <= _LONGEST), key=lambda one: -len(one[0])
    )
    return {raw: shown for raw, shown in ranked[:_MOST_VALUES] if raw != shown}


def _list_values(dossier: Dossier) -> Iterable[tuple[str, str]]:
    for site in dossier.sites:
        for statement in site.statements:
            yield statement.kind, statement.value
    for pair in dossier.links:
        for row in (*pair.link.rows, *pair.link.contrary):
            yield row.kind, row.value
            yield row.kind, row.other_value
    for placed in dossier.who.placed:
        for proof in placed.respondent.rows:
            yield proof.kind, proof.value
    for lead in dossier.who.answer.leads:
        for proof in lead.rows:
            yield proof.kind, proof.value


def _mask_careful(kind: str, value: str) -> str:
    """As `mask_value`, and a short name of which nobody knows what it is counts as a person's."""
    masked = mask_value(kind, value)
    if masked != value or kind not in _NAMED_KINDS:
        return masked
    unknown = kind != "company" and classify_name(value) is SubjectKind.NAME and _SHORT_NAME.fullmatch(value)
    return mask_name(value, SubjectKind.PERSON) if unknown else value


def _of_record(record: VerifiedRecord) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in (("name", record.asked), *record.fields):
        if _CONTACT_FIELD.search(name):
            found[value] = mask_value("email" if "@" in value else "qq", value)
        elif _NAME_FIELD.search(name):
            found[value] = _mask_careful("payee", value)
    return found


def _meant(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))


def _compile(private: Mapping[str, str], kept: Iterable[str]) -> Mask:
    """Replaces known texts, the longest first; a name of a site or an authority that holds one stays whole."""
    spelt = {_meant(raw).strip().lower(): masked for raw, masked in private.items()}
    spelt = {raw: masked for raw, masked in spelt.items() if raw}
    numbers = {raw: masked for raw, masked in spelt.items() if raw.isdecimal() and len(raw) >= _NUMBER}
    words = {raw: masked for raw, masked in spelt.items() if raw not in numbers}
    whole = {one.lower() for one in kept}
    pattern = _join(words, whole)

    def replace(match: re.Match[str]) -> str:
        found = match[0].lower()
        return match[0] if found in whole else words.get(found, "***")

    def mask(text: str) -> str:
        text = pattern.sub(replace, text) if pattern else text
        return _DIGITS.sub(lambda match: _cover_numbers(match[0], numbers), text) if numbers else text

    return mask


def _join(words: Iterable[str], whole: Iterable[str]) -> re.Pattern[str] | None:
    """One pattern of all texts, by their first letter so that the search stays fast."""
    beginning: dict[str, list[str]] = defaultdict(list)
    ordered = sorted({*words, *whole}, key=lambda one: (-len(one), one))
    for one in ordered:
        beginning[one[0]].append(one)
    parts = [f"(?:{'|'.join(_pattern_of(one) for one in ones)})" for ones in beginning.values()]
    return re.compile("|".join(parts), re.I) if words else None


def _pattern_of(value: str) -> str:
    escaped = re.escape(value)
    if value.isascii() and len(value) < _BOUNDED:
        return rf"(?<![0-9A-Za-z]){escaped}(?![0-9A-Za-z])"  # too short to be looked for inside of words
    return escaped


def _cover_numbers(run: str, numbers: Mapping[str, str]) -> str:
    """A run of digits, in groups or not, with each known number in it masked."""
    places = [place for place, letter in enumerate(run) if letter.isdecimal()]
    digits = "".join(str(unicodedata.decimal(run[place])) for place in places)
    begins = [at for at in range(len(places)) if at == 0 or places[at] > places[at - 1] + 1]
    ends = [*begins[1:], len(places)]
    for begin in begins:
        for end in reversed(ends):
            masked = numbers.get(digits[begin:end]) if end > begin else None
            if masked is not None:
                first, last = places[begin], places[end - 1] + 1
                return f"{_cover_numbers(run[:first], numbers)}{masked}{_cover_numbers(run[last:], numbers)}"
    return run


def mask_shapes(text: str) -> str:
    """The text with whatever has the shape of a contact or identity number, or stands behind a word for one, masked."""
    text = _MAIL.sub(lambda match: mask_value("email", match[0]), text)
    text = _IDENTITY.sub(lambda match: f"{match[0][:6]}{'*' * 12}", text)
    text = _PHONE.sub(lambda match: _cover(match[0]), text)
    text = _FIXED.sub(lambda match: _cover(match[0]), text)
    text = _ACCOUNT.sub(lambda match: match[1] + (match[2] if "*" in match[2] else _cover(match[2])), text)
    text = _BEARER_BARE.sub(lambda match: match[1] + mask_named(match[2]), text)
    return _BEARER.sub(lambda match: match[1] + (mask_named(match[2]) if match[2][-1] != "*" else match[2]), text)


def _cover(value: str) -> str:
    kept = 3 if len(value) > 8 else 1
    return value[:kept] + "*" * min(len(value) - kept, 8)

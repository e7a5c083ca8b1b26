"""Gathers the legal subjects behind a platform's sites from statements, verified answers and payment vouchers.

A name and a number become one subject only when they stood in one block of a page or a person verified it; a register
that says otherwise parts them. What stands on strangers' sites too is said to be shared. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.operators.addresses import find_division_in
from monitor.operators.divisions import Fineness, find_division_of_uscc
from monitor.operators.proofs import ProofRow, Strength, Voucher, row_of_answer, row_of_statement, row_of_voucher
from monitor.operators.subject_epochs import Tenures, judge_answer, learn_tenures
from monitor.operators.subject_names import (
    SubjectKind,
    classify_name,
    fits_scope,
    is_masked,
    is_third_party,
    load_words,
)
from monitor.operators.subjects import ACCOUNT_KINDS, Address, Subject, is_usable, strength_of
from monitor.operators.verified_answers import VerifiedAnswer, icp_key, read_answers
from scrapers.identifiers.checks import canonical_value, problem_of
from scrapers.identity import Place
from storage.identity import SitePeriod, Statement, VerifiedRecord

_MOST_STATEMENTS = 50_000


@dataclass
class _Draft:
    key: str
    name: str = ""
    uscc: str = ""
    names: dict[str, None] = field(default_factory=dict)
    icp: dict[str, None] = field(default_factory=dict)
    addresses: dict[Address, None] = field(default_factory=dict)
    rows: list[ProofRow] = field(default_factory=list)
    doubts: dict[str, None] = field(default_factory=dict)
    uninvolved: bool = False
    gone: bool = False
    shared: bool = False
    numbered: bool = False  # a kept payment record shows its number

    @property
    def is_beyond_text(self) -> bool:
        """Whether anything but copyable text speaks of it."""
        return any(row.strength is not Strength.TEXT for row in self.rows)


def gather_subjects(
    statements: Iterable[Statement],
    *,
    at: datetime,
    verified: Iterable[VerifiedRecord] = (),
    vouchers: Iterable[Voucher] = (),
    other_sites: Mapping[tuple[str, str], int] | None = None,
    periods: Iterable[SitePeriod] = (),
    astray: Mapping[str, str] | None = None,
) -> tuple[Subject, ...]:
    """The subjects of one platform for an order at a moment, in the order of their keys.

    `other_sites` says by how many strangers a (kind, value) is shown; of ICP numbers, without suffix.
    `periods` are those of the platform's sites: they tell when a name changed hands. `astray` says of accounts, as
    they were typed, that only strangers' sites show them: such a payment tells nothing of this platform.
    """
    # a page that floods the archive with names must not push out what registries and vouchers say
    ordered = sorted(statements, key=lambda one: one.place not in (Place.REGISTRY, Place.VOUCHER))
    usable = [one for one in ordered[:_MOST_STATEMENTS] if is_usable(one)]
    answers = read_answers(verified)
    gathering = _Gathering(at, other_sites or {}, learn_tenures(usable, periods), astray or {})
    gathering.learn_pairs(usable, answers)
    for answer in answers:
        gathering.add_answer(answer, match_account(Voucher("", at, answer.account), usable))
    for voucher in vouchers:
        gathering.add_voucher(match_account(voucher, usable))
    for statement in usable:
        gathering.add_statement(statement)
    gathering.add_addresses(usable)
    return gathering.finish()


def match_account(voucher: Voucher, statements: Iterable[Statement]) -> Voucher:
    """The voucher with its account spelt as the sites show it: the whole of it, or the number that it ends in."""
    typed = voucher.account.strip()
    if not typed:
        return voucher
    shown = {(one.kind, one.value) for one in statements if one.kind in ACCOUNT_KINDS}
    same = [(kind, value) for kind, value in sorted(shown) if is_same_account(typed, kind, value)]
    if len(same) != 1:
        return voucher
    return replace(voucher, account_kind=same[0][0], account=same[0][1])


def is_same_account(typed: str, kind: str, value: str) -> bool:
    """Whether an account that a person typed is the one that a page shows: the whole of it, or its number."""
    return (
        typed.lower() == value.lower()
        or typed == value.rpartition("#")[2]
        or typed == value.partition(":")[2]
        or canonical_value(kind, typed) == value
    )


class _Gathering:
    """The subjects as they grow."""

    def __init__(
        self, at: datetime, other_sites: Mapping[tuple[str, str], int], tenures: Tenures, astray: Mapping[str, str]
    ) -> None:
        self._at = at
        self._astray = astray
        self._tenures = tenures
        self._paid_to: dict[tuple[str, str], _Draft] = {}  # accounts of the buyer's payment and whom it names
        self._other_sites = other_sites
        self._drafts: dict[str, _Draft] = {}
        self._number_of_name: dict[str, dict[str, None]] = {}
        self._verified_names: dict[str, dict[str, None]] = {}  # number → names that a register gave
        self._numbers_beside: dict[str, dict[str, None]] = {}  # name → numbers that stood beside it
        self._asked_numbers: set[str] = set()  # numbers of which some answer speaks
        self._block_names: dict[str, dict[str, None]] = {}  # number → names that stood beside it

    def learn_pairs(self, statements: list[Statement], answers: tuple[VerifiedAnswer, ...]) -> None:
        """Which names and numbers belong together: by a register first, then by one block of a page."""
        for answer in answers:
            if not answer.uscc:
                continue
            self._asked_numbers.add(answer.uscc)
            if answer.name:
                self._number_of_name.setdefault(answer.name, {})[answer.uscc] = None
                if answer.gives_number:
                    self._verified_names.setdefault(answer.uscc, {})[answer.name] = None
        blocks: dict[tuple[str, str], list[Statement]] = {}
        for one in statements:
            if one.block and one.kind in ("uscc", "company"):
                blocks.setdefault((one.site, one.block), []).append(one)
        for together in blocks.values():
            numbers = {one.value for one in together if one.kind == "uscc"}
            names = {canonical_value("company", one.value) for one in together if one.kind == "company"}
            if len(numbers) == 1 and len(names) == 1:
                number, name = numbers.pop(), names.pop()
                self._block_names.setdefault(number, {})[name] = None
                self._numbers_beside.setdefault(name, {})[number] = None
        for number, beside in self._block_names.items():
            verified = self._verified_names.get(number, {})
            for name in beside:
                # a stranger's number beside an own name joins nothing: neither where a look-up gives the number to
                # another or to nobody, nor where two names stood beside it
                alone = len(beside) == 1 and number not in self._asked_numbers and not _misfits(name, number)
                if name in verified or alone:
                    self._number_of_name.setdefault(name, {})[number] = None

    def add_answer(self, answer: VerifiedAnswer, paid: Voucher) -> None:
        """An answer of a register, a payment provider, a platform, a court; `paid` has its account as sites show it."""
        if not (answer.uscc or answer.name or answer.icp or answer.account):
            return
        draft = self._draft(answer.name, answer.uscc, answer.icp, paid.account, paid.account_kind)
        if answer.record.source == "payment" and paid.account:
            self._paid_to[paid.account_kind, paid.account] = draft
        standing = judge_answer(answer, self._tenures, self._at)
        strength = Strength.LINKED if answer.links_site and standing.ties else Strength.KNOWN
        if answer.record.source == "payment" and (not answer.record.evidence or answer.record.evidence_erased_at):
            strength = Strength.TOLD  # nobody can look at it again
        row = row_of_answer(answer, strength, self._at, settles=standing.settles)
        told = "" if standing.speaks else f"；{standing.doubt}"
        astray = self._astray.get(answer.account.strip(), "") if answer.record.source == "payment" else ""
        told += f"；{astray}" if astray else ""
        timely = row.timely and standing.speaks
        listed = answer.record.source == "miit" and answer.links_site and not answer.asked_site
        told += "；其下列有本域名（您填写）" if listed else ""
        draft.rows.append(
            replace(
                row,
                timely=timely,
                sentence=row.sentence + told,
                settles=row.settles and not listed,
                names_site=answer.links_site,
                as_typed=listed,
                astray=astray,
            )
        )
        if standing.doubt:
            draft.doubts[standing.doubt] = None
        draft.uninvolved = draft.uninvolved or answer.uninvolved
        draft.gone = answer.is_gone if answer.status else draft.gone
        if answer.icp:
            draft.icp[answer.icp] = None
        if answer.address:
            draft.addresses[Address(answer.address, "verified")] = None
        if answer.is_gone:
            told = f"{answer.source_zh}显示其登记状态为“{answer.status}”"
            draft.doubts[f"{told}，不能再作为被投诉人或被告，应查清承受其责任的主体"] = None
        if not fits_scope(answer.scope):
            draft.doubts[f"其登记的经营范围（{answer.scope[:40]}）与网上销售无关，证照可能被冒用"] = None

    def add_voucher(self, voucher: Voucher) -> None:
        """A payment record of the buyer."""
        name = canonical_value("payee", voucher.payee)
        uscc = voucher.uscc if voucher.uscc and not problem_of("uscc", voucher.uscc) else ""
        if not (name or uscc or voucher.account) or (name and is_third_party(canonical_value("company", name), "")):
            return
        draft = self._draft(name, uscc, "", voucher.account, voucher.account_kind)
        row, astray = row_of_voucher(voucher, self._at), self._astray.get(voucher.account.strip(), "")
        draft.rows.append(replace(row, astray=astray, sentence=f"{row.sentence}；{astray}" if astray else row.sentence))
        draft.numbered = draft.numbered or bool(uscc and voucher.evidence)
        if voucher.account:
            self._paid_to[voucher.account_kind, voucher.account] = draft

    def add_statement(self, statement: Statement) -> None:
        """A statement of a page, a registry or a voucher."""
        kind, value = statement.kind, statement.value
        by_voucher = statement.place == Place.VOUCHER and not statement.claimed
        registered = kind == "registrant" and statement.place == Place.REGISTRY
        if (kind, value) in self._paid_to:
            draft = self._paid_to[kind, value]
        elif kind == "uscc":
            draft = self._draft("", value, "", "", "")
        elif kind == "icp":
            draft = self._of_icp(statement)
        elif kind in ("company", "payee") or registered:
            draft = self._draft(canonical_value("company", value), "", "", "", "")
        elif kind in ACCOUNT_KINDS:
            draft = self._draft("", "", "", value, kind)
        else:
            return
        draft.rows.append(
            row_of_statement(statement, Strength.VOUCHER if by_voucher else strength_of(statement), self._at)
        )
        self._note_sharing(draft, kind, value)

    def add_addresses(self, statements: list[Statement]) -> None:
        """Addresses that stood in one block with one subject only, or on a site that names no other subject."""
        beside: dict[tuple[str, str], set[str]] = {}
        of_site: dict[str, set[str]] = {}
        for one in statements:
            if one.kind in ("uscc", "company"):
                name = canonical_value("company", one.value) if one.kind == "company" else ""
                key = self._key(name, one.value if one.kind == "uscc" else "", "", "", "")
                of_site.setdefault(one.site, set()).add(key)
                if one.block:
                    beside.setdefault((one.site, one.block), set()).add(key)
        for one in statements:
            if one.kind != "address":
                continue
            here = beside.get((one.site, one.block), set()) if one.block else set()
            owners = here or of_site.get(one.site, set())
            if len(owners) == 1:
                draft = self._drafts[next(iter(owners))]
                draft.addresses[Address(one.value, "printed")] = None
                row = row_of_statement(one, Strength.TEXT, self._at)
                apart = "" if here else "；不在名称旁边，但该站点没有写别的主体"
                draft.rows.append(replace(row, sentence=row.sentence + apart))

    def finish(self) -> tuple[Subject, ...]:
        """The subjects, with what their parts say against each other."""
        return tuple(self._finish(draft) for _, draft in sorted(self._drafts.items()))

    def _finish(self, draft: _Draft) -> Subject:
        verified = self._verified_names.get(draft.uscc, {})
        beside = self._block_names.get(draft.uscc, {})
        joined = [one for one in beside if draft.uscc in self._number_of_name.get(one, {})]
        name = next(iter(verified), "") or (joined[0] if len(joined) == 1 else "") or draft.name
        if verified:
            for odd in [one for one in beside if one not in verified]:
                draft.doubts[f"页面在该代码旁写的名称是“{odd}”，登记的名称是“{name}”，二者不符，证照可能被冒用"] = None
        elif len(beside) > 1:
            draft.doubts[f"同一代码旁出现过{len(beside)}个不同名称，须在公示系统核对"] = None
            name = ""
        for one in beside:
            if not verified and _misfits(one, draft.uscc):
                draft.doubts[f"名称“{one}”的地名与代码的登记机关不在同一省份，须在公示系统核对"] = None
        if draft.uninvolved:
            draft.doubts["经核验，该主体与本站点无关，其证照疑被冒用"] = None
        others = tuple(one for one in {**draft.names, **verified} if one and one != name)
        key, uscc, printed = draft.key, draft.uscc, ""
        own = [one for one in self._numbers_beside.get(name, {}) if one != uscc]
        if uscc and name and name not in verified and not draft.numbered and draft.is_beyond_text:
            # what proves the name proves nothing of a number that anybody can print beside it
            key, uscc, printed = f"name:{name}" if f"name:{name}" not in self._drafts else key, "", uscc
            told = f"写在其名称旁的统一社会信用代码{printed}未核验"
            draft.doubts[f"{told}：没有登记答复同时写明二者，未用于认定主体和管辖"] = None
        for number in own:
            told = f"页面在其名称旁写着统一社会信用代码{number}"
            draft.doubts[f"{told}，该代码属于别的名称、出现在几个名称旁或未能核对，没有算作其代码"] = None
        kind = SubjectKind.FILING if draft.key.startswith("icp:") and not name else classify_name(name, uscc)
        return Subject(
            key,
            kind,
            name,
            uscc,
            others,
            tuple(draft.icp),
            tuple(draft.addresses),
            tuple(draft.rows),
            tuple(draft.doubts),
            draft.uninvolved,
            draft.gone,
            draft.shared,
            printed,
        )

    def _draft(self, name: str, uscc: str, icp: str, account: str, account_kind: str) -> _Draft:
        key = self._key(name, uscc, icp, account, account_kind)
        draft = self._drafts.setdefault(key, _Draft(key))
        draft.uscc = draft.uscc or (key.removeprefix("uscc:") if key.startswith("uscc:") else "")
        if name:
            draft.names[name] = None
            draft.name = draft.name or name
        return draft

    def _key(self, name: str, uscc: str, icp: str, account: str, account_kind: str) -> str:
        if uscc:
            return f"uscc:{uscc}"
        if name and not is_masked(name):
            numbers = self._number_of_name.get(name, {})
            return f"uscc:{next(iter(numbers))}" if len(numbers) == 1 else f"name:{name}"
        if name:
            return f"account:payee:{name}"
        return f"icp:{icp}" if icp else f"account:{account_kind}:{account}"

    def _of_icp(self, statement: Statement) -> _Draft:
        """The holder of a filing number: who a register says it is, else a subject without a name."""
        number = icp_key(statement.value)
        held = next((draft for draft in self._drafts.values() if number in draft.icp), None)
        if held is not None:
            return held
        draft = self._draft("", "", number, "", "")
        draft.icp[number] = None
        return draft

    def _note_sharing(self, draft: _Draft, kind: str, value: str) -> None:
        words = load_words()
        bound = {"registrant": words.shared_registrants}.get(
            kind, words.shared_accounts if kind in (*ACCOUNT_KINDS, "payee") else words.shared_sites
        )
        sites = self._other_sites.get((kind, icp_key(value) if kind == "icp" else value), 0)
        if sites < bound:
            return
        draft.shared = True
        what = {
            "uscc": "同一信用代码",
            "company": "同一名称",
            "icp": "同一备案号",
            "registrant": "同一域名注册人",
        }.get(kind, "同一收款账户")
        guess = {
            "icp": "可能是建站或发卡服务商的备案，也可能被冒用",
            "registrant": "可能是代理注册的服务商",
        }.get(kind, "证照可能被冒用" if kind in ("uscc", "company") else "可能是代收款的第三方")
        draft.doubts[f"{what}还出现在另外{sites}个站点（同一运营者的算一个），{guess}"] = None


def _misfits(name: str, uscc: str) -> bool:
    """Whether a firm's name begins with a place of another province than its number's authority."""
    named = find_division_in(name[:12]).division
    registered = find_division_of_uscc(uscc).division
    if named is None or registered is None or registered.fineness is Fineness.COUNTRY:
        return False
    return named.code[:2] != registered.code[:2]

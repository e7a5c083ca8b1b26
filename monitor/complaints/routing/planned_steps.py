"""One step of a plan: a channel with what blocks it, what it costs, gives and does not give, its office and its clock.

Takes a channel and the case file, gives a PlannedStep. What was filed already is told with its term. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.complaints.deadlines.terms import due_after, due_of_step, find_clock, is_over, tell_due
from monitor.complaints.facts.purposes import is_not_living, say_purpose
from monitor.complaints.facts.step_outcomes import was_taken_up
from monitor.complaints.filing.filing_blocks import find_blocks
from monitor.complaints.model import CaseFile, PlannedStep
from monitor.complaints.routing.channels import UNIT_ZH, Channel, cite, load_channels
from monitor.complaints.routing.exclusions import BODIES, COMPLAINTS, COURTS
from monitor.complaints.routing.joint import find_joint
from monitor.complaints.routing.named_respondent import NamedRespondent, forum_of
from monitor.complaints.routing.preservation import leave_out_unneeded
from monitor.complaints.routing.report_parties import find_accused
from monitor.complaints.routing.small_claims import tell_no_money
from monitor.config.complaints import ComplaintSettings
from monitor.operators.addresses import find_division_in
from monitor.operators.jurisdiction import Procedure
from monitor.times import show_time
from storage.case import Answer, CaseStep, ProblemKind, Purpose

_PROCEDURES = {
    "p12315": Procedure.COMPLAINT,
    "market_complaint": Procedure.COMPLAINT,
    "market_report": Procedure.REPORT,
    **dict.fromkeys(COURTS, Procedure.COURT),
}
_CONTACT_ZH = {
    "qq": "QQ",
    "qq_group": "QQ群",
    "wechat": "微信",
    "mobile": "手机",
    "tel400": "400电话",
    "email": "邮箱",
}
_KEYS = (ProblemKind.DEAD_KEY, ProblemKind.USED_KEY, ProblemKind.EXPIRED_KEY, ProblemKind.SHORT_VALUE)
_PUBLIC = ("heimao", "xfb", "tszt")
_SHORT_LIVED = ("platform", "wechat_pay", "alipay", "bank", "transfer_report", *_PUBLIC)


def last_step(file: CaseFile, channel: str) -> CaseStep | None:
    """What was last filed at a channel."""
    steps = [step for step in file.steps if step.channel == channel]
    return max(steps, key=lambda step: step.filed_at) if steps else None


def is_past(file: CaseFile, channel: str) -> bool:
    """Whether a channel was used up: it ended, or a private one let its term pass; 不予受理 can be mended."""
    step = last_step(file, channel)
    if step is None:
        return False
    if is_over(step):
        return step.outcome == "silent" or was_taken_up(step)
    return channel in _SHORT_LIVED and step.due_at is not None and step.due_at < file.at


@dataclass(frozen=True)
class StepMaker:
    """Makes the steps of one plan."""

    file: CaseFile
    settings: ComplaintSettings
    named: NamedRespondent | None

    def make(self, channel: str, place: int, start: str, reason: str) -> PlannedStep:
        """One step at a place of the plan."""
        row = load_channels()[channel]
        filed = last_step(self.file, channel)
        blocked = find_blocks(self.file, channel, self.settings) if filed is None or is_over(filed) else ()
        return PlannedStep(
            channel=channel,
            name=row.name,
            layer=row.layer,
            place=place,
            reason=reason + cite(self._articles(row), self.file.today),
            start=_tell_filed(filed, self.file) if filed is not None else start,
            blocked=blocked,
            excludes=row.excludes,
            warnings=self._warn(row, filed),
            letters=self._letters(row, blocked=bool(blocked)),
            gives=row.gives,
            gives_not=row.gives_not,
            cost=row.cost.tell(),
            entry=row.tell_entry() + self._contacts(row),
            forum=self._forum(channel),
            due=self._due(row, filed),
            after=row.after,
        )

    def _articles(self, row: Channel) -> tuple[str, ...]:
        """The articles behind a channel; the consumer's own are none of a reseller's."""
        resale = is_not_living(self.file.case.facts)
        return tuple(one for one in row.articles if not (resale and one.startswith("xbf")))

    def _warn(self, row: Channel, filed: CaseStep | None) -> tuple[str, ...]:
        facts, found = self.file.case.facts, list[str]()
        if not row.confirmed:
            found.append("办理细则没有条文或存档来源，以实际页面、接线员所说为准")
        if row.id in _PUBLIC:
            found.append("公开发布只写事实，遮住姓名、电话、卡密；不要以公开要挟对方付款")
            if is_not_living(facts):
                found.append(f"这类平台面向消费者，{say_purpose(facts)}可能不处理")
        if row.id in ("p12315", "market_complaint", "consumer_assoc") and facts.purpose is Purpose.UNKNOWN:
            found.append("用途未填写：不是自用的会不予受理")
        if row.id in BODIES and self.named is not None and self.named.complete and not self.named.confirmed:
            found.append("被投诉人是您自己填写的：提交前在公示系统核对名称和住所，错了会被退回")
        if row.id in COURTS:
            found += self._warn_court(row.id)
        if row.id == "police":
            found.append("立案与否由公安机关决定；带上身份证件、手机原机、账单和聊天记录，索取接报案回执")
        if row.id == "market_complaint":
            found.append("与12315只交一个；材料里的举报内容另写一份，分开提交")
        if row.id == "transfer_report" and facts.payment.value == "usdt":
            found.append("虚拟币交易不受保护，转账不能撤销；保存地址、交易哈希、时间")
        paid = next((one.paid_at or one.ordered_at for one in facts.orders if one.paid_at or one.ordered_at), None)
        last = due_after(row.id, "paid", paid) if paid is not None else None
        if last is not None:
            found.append(f"最迟{show_time(last.at)[:10]}以前提出：{last.what}")
        if facts.minor and row.id != "p12377":
            found.append("由监护人以法定代理人身份办理")
        if filed is not None and filed.outcome == "rejected":
            found.append("上次不予受理：先按所告知的理由补正")
        if row.id in ("wechat_pay", "alipay") and facts.delivered is Answer.YES and facts.problem in _KEYS:
            found.append("对方会以“已发货”抗辩：附上无效提示和充值页面的截图")
        return tuple(found)

    def _warn_court(self, channel: str) -> list[str]:
        day, facts = self.file.today, self.file.case.facts
        found = []
        odd = tell_no_money(facts)
        if channel == "small_claims" and odd:
            found.append(f"小额诉讼只适用于金钱给付：起诉时不写“{odd}”，只写退款等金额{cite(('msf-165',), day)}")
        if facts.by_network:
            law = cite(("msf-24", "msfjs-20", "msfjs-31"), day)
            return [
                *found,
                f"通过网络交付的，可以在买家住所地起诉；合同另有约定的除外，未合理提示的格式管辖条款可以主张无效{law}",
            ]
        return [*found, f"由被告住所地或收货地的法院管辖{cite(('msf-24', 'msfjs-20'), day)}"]

    def _letters(self, row: Channel, *, blocked: bool) -> tuple[str, ...]:
        facts, letters = self.file.case.facts, list(leave_out_unneeded(self.file, row.letters))
        if row.id in BODIES:
            if facts.helper.name.strip():  # a guardian who acts himself needs no authority: he shows the relation
                letters.append("guardian_authorisation" if facts.minor else "authorisation")
            if row.id in COMPLAINTS and find_joint(self.file).joined:
                letters.append("elect_representatives")
            letters += ["correction"] if blocked else []
        return tuple(letters)

    def _contacts(self, row: Channel) -> str:
        """Where the seller can be written to, as his own pages show it."""
        if row.id != "platform" or self.file.who is None:
            return ""
        shown = [f"{_CONTACT_ZH.get(one.kind, one.kind)} {one.value}" for one in self.file.who.answer.contacts[:3]]
        return f"；页面所示联系方式：{'、'.join(shown)}" if shown else ""

    def _forum(self, channel: str) -> str:
        procedure = _PROCEDURES.get(channel)
        if procedure is None:
            return ""
        facts = self.file.case.facts
        if procedure is Procedure.COURT and facts.by_network:
            home = find_division_in(facts.home or facts.buyer.address).division
            if home is not None:
                return f"{home.name}的基层人民法院（买家住所地）"
        named = find_accused(self.file) if procedure is Procedure.REPORT else self.named
        forum = forum_of(named, self.file, procedure)
        if forum is None:
            return ""
        return forum.authority + (f"（{forum.problem}）" if forum.problem else "")

    def _due(self, row: Channel, filed: CaseStep | None) -> str:
        if filed is not None and not is_over(filed):
            due = due_of_step(filed, self.settings)
            return tell_due(due) if due else ""
        clock = find_clock(row.id, "filed", self.file.at)
        if clock is None:
            return ""
        amount = getattr(self.settings, clock.setting) if clock.setting else clock.amount
        mark = "" if clock.confirmed else "〔没有条文依据的默认值或二手资料〕"
        return f"提交后{amount}{UNIT_ZH[clock.unit]}：{clock.what}{mark}；到期：{clock.then}"


def _tell_filed(step: CaseStep, file: CaseFile) -> str:
    when = show_time(step.filed_at)[:10]
    if step.outcome:
        if step.outcome == "withdrawn":
            return f"已于{when}提交，本人后来撤回"
        return (
            f"已于{when}提交过，结束了；可以补正后再提" if step.outcome == "rejected" else f"已于{when}提交，已有结果"
        )
    if step.due_at is not None and step.due_at < file.at:
        return f"已于{when}提交，期限{show_time(step.due_at)[:10]}已过：催问并留下记录"
    until = f"，等到{show_time(step.due_at)[:16]}" if step.due_at else ""
    return f"已于{when}提交{until}"

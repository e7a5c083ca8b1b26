"""How the answer of `quick` is printed, and its form as JSON."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from monitor.cli.output import plain_text, show_time

if TYPE_CHECKING:
    from monitor.complaints.quick.model import QuickAnswer
    from monitor.complaints.quick.page_now import PageNow


def print_advice(quick: QuickAnswer) -> None:
    """Print what does not need the archive: it stands there at once."""
    for alert in quick.alerts:
        _say(f"！！{alert}")
        _say("")
    _say("【我是这样理解的】（不对就改，见最后的命令）")
    _say("  " + "  ".join(f"{name}：{value}" for name, value in quick.heard))
    _say("")
    _say("【一、现在就保存】")
    for number, item in enumerate(quick.save, start=1):
        _say(f"  {number}. {item.text}")
        _say(f"     为什么：{item.why}")
    _say("")
    _say("【二、可以直接粘贴的文字】")
    if quick.seller is None:
        _say("  不生成（原因见最上面）")
    else:
        _say(f"  给卖家（聊天框用，{len(quick.seller.chat)}字）：")
        _say(f"    {quick.seller.chat}")
        _say("  给卖家（工单、邮件用）：")
        for line in quick.seller.long.splitlines():
            _say(f"    {line}")
    _print_payment(quick)
    _say("")
    _say("【三、两个期限】")
    for number, clock in enumerate(quick.clocks, start=1):
        _say(f"  {number}. {clock.what}：{show_time(clock.at)[:16] + '（北京时间）' if clock.at else '未知'}")
        _say(f"     {clock.basis}")


def _print_payment(quick: QuickAnswer) -> None:
    pay = quick.payment
    if pay is None:
        if quick.seller is not None:
            _say("  给支付机构：付款方式未知，先看账单里的收款方，再回来补填")
        return
    _say(f"  给支付机构（{pay.name}）：")
    _say(f"    在哪里：{pay.entry}")
    if pay.text:
        _say(f"    粘贴（{len(pay.text)}字，〔〕里的自己填）：")
        _say(f"      {pay.text}")
    _say(f"    能做到什么：{pay.gives}{'' if pay.confirmed else '（未核实，以对方答复为准）'}")
    if pay.instead:
        _say(f"    没有商户争议时：{pay.instead}")


def print_next(quick: QuickAnswer, case: str, page: PageNow | None, trouble: str, *, capture: bool) -> None:
    """Print the case, the next three commands, and what became of the page."""
    _say("")
    _say("【四、案件和下一步】")
    if case:
        _say(f"  已立案：{case}")
        for command, why in next_commands(case):
            _say(f"    {command}    # {why}")
        _say("  改错或补充（cardwatch case set --keys 列出全部项目）：")
        for command, why in list_corrections(quick, case):
            _say(f"    {command}    # {why}")
    elif trouble:
        _say("  案件没有建成（原因见最后），以上文字照样可用；排除后再运行一次")
    else:
        _say("  没有立案（--no-case）")
    _say("")
    _say("【五、页面】")
    _say(f"  {say_page(quick, page, trouble, capture=capture)}")
    for line in quick.older:
        _say(f"  {line.replace('{case}', case or '〔案件编号〕')}")
    if quick.notes:
        _say("")
        _say("【说明】")
        for note in quick.notes:
            _say(f"  - {note}")
    if trouble:
        click.echo(f"档案没有写成：{plain_text(trouble)}；请检查磁盘和档案文件夹后再试", err=True)


def say_page(quick: QuickAnswer, page: PageNow | None, trouble: str, *, capture: bool) -> str:
    """One sentence on the page as it is now."""
    if not quick.facts.url:
        return (
            "没有网址，页面没有抓取；找到网址后先 cardwatch add 网址 --platform 平台 --role product，再 cardwatch run"
        )
    if not capture:
        return "按要求没有抓取页面"
    if page is None:
        return f"页面没有抓取{'（档案打不开）' if trouble else ''}；以上内容照样可用"
    if page.seen:
        return f"现在的页面已经存下：{page.capture}（cardwatch show {page.capture} 查看）"
    if page.capture:
        return f"页面没有正常显示（{page.met}），这次访问已如实存下：{page.capture}；以上内容照样可用"
    return f"页面没有抓取成功：{page.trouble}；以上内容照样可用，请自己先截全屏"


def next_commands(case: str) -> tuple[tuple[str, str], ...]:
    """The next three commands of a case, each with what it is for."""
    return (
        (f"cardwatch case add {case} 截图文件夹", "把截图、账单、聊天放进来"),
        (f"cardwatch case missing {case}", "看还缺什么证据"),
        (f"cardwatch case plan {case}", "看先走哪个渠道、为什么"),
    )


def list_corrections(quick: QuickAnswer, case: str) -> tuple[tuple[str, str], ...]:
    """The commands that settle what five questions left open; each with why it matters."""
    from monitor.complaints.quick.book import load_book

    book, said = load_book(), quick.understood
    forms = {one.letter: one.form.value for one in book.payments.values()}
    kinds = {one.letter: one.kind.value for one in book.problems}
    found = []
    for choice in said.choices:
        key, values = ("payment", forms) if choice.about == "payment" else ("problem", kinds)
        several = [f"{values[letter]} 是{name}" for letter, name in choice.options]
        found.append((f"cardwatch case set {case} {key}={values[choice.options[0][0]]}", "；".join(several)))
    if quick.facts.purpose.value == "unknown":
        others = "单位用是 work，替别人买是 for_others，转卖是 resale：后三种不算消费者"
        found.append((f"cardwatch case set {case} purpose=living", f"自己和家人用是 living，{others}"))
    if not said.contacted_at:
        moment = show_time(quick.at)[:16]
        found.append((f'cardwatch case set {case} contacted_at="{moment}"', "把文字发给卖家以后，记下发送时间"))
    return tuple(found)


def quick_data(quick: QuickAnswer, case: str, page: PageNow | None, asked: int, trouble: str) -> dict[str, object]:
    """The answer as JSON; the field names are documented in docs/json.md."""
    said = quick.understood
    return {
        "at": quick.at,
        "questions": asked,
        "alerts": list(quick.alerts),
        "understood": {
            "platform": said.platform,
            "url": said.url,
            "orders": list(said.orders),
            "amount": said.amount,
            "payment": said.payment,
            "wallet": said.wallet,
            "problem": said.problem,
            "paid_at": said.paid_at.at if said.paid_at else None,
            "paid_day_only": bool(said.paid_at and said.paid_at.day_only),
            "noticed_at": said.noticed_at.at if said.noticed_at else None,
            "contacted_at": said.contacted_at.at if said.contacted_at else None,
            "extra": said.extra,
            "balance": said.balance,
            "used": said.used,
            "fraud": [one.id for one in said.fraud],
            "unlawful": [one.purpose.value for one in said.unlawful],
            "choices": [{"about": one.about, "options": dict(one.options)} for one in said.choices],
        },
        "heard": dict(quick.heard),
        "save": quick.save,
        "seller": quick.seller,
        "payment": quick.payment,
        "deadlines": [
            {"id": one.id, "what": one.what, "at": one.at, "basis": one.basis, "laws": list(one.articles)}
            for one in quick.clocks
        ],
        "case": case or None,
        "next": [command for command, _ in next_commands(case)] if case else [],
        "corrections": [command for command, _ in list_corrections(quick, case)] if case else [],
        "page": page,
        "older": list(quick.older),
        "notes": list(quick.notes),
        "problem": trouble,
    }


def _say(text: str) -> None:
    click.echo("\n".join(plain_text(line) for line in text.split("\n")), file=sys.stdout)

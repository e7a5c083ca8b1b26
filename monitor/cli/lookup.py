"""`cardwatch lookup`: what name servers, registries, certificates and the front page say of domains now."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.context import load_cli_settings, open_cli_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, print_table, show_time

if TYPE_CHECKING:
    from monitor.lookups.run import KnownAnswer, LookupRun
    from scrapers.identity import Identifier
    from scrapers.lookups.model import Facts, LookupAnswer
    from storage.identity import LookupKind

KIND_NAMES = {
    "dns": "域名解析",
    "rdap": "注册数据 RDAP",
    "whois": "注册数据 WHOIS",
    "tls": "证书",
    "http": "首页",
    "icon": "网站图标",
}
_ROW_NAMES = {
    "ip": "IP 地址",
    "ns": "域名服务器",
    "mx": "邮件服务器",
    "cname": "别名",
    "txt": "TXT 记录",
    "verification_dns": "域名验证记录",
    "registrant": "注册人",
    "email": "注册邮箱",
    "registrar": "注册商",
    "registered_on": "注册日期",
    "expires_on": "到期日期",
    "domain_status": "域名状态",
    "tls_spki": "证书公钥",
    "tls_san": "同一证书的网站",
    "redirect": "跳转到",
    "favicon": "图标特征",
}
_OUTCOMES = {
    "ok": "有答复",
    "no_such_name": "查无此名",
    "refused": "拒绝答复",
    "timeout": "超时",
    "server_failure": "对方故障",
    "not_supported": "无处可查",
    "offline": "未查询（离线）",
    "rate_limited": "对方限制查询次数",
    "error": "答复无法理解",
}
_REACH = {"ok": "正常", "partial": "部分正常", "down": "中断", "unknown": "未检查"}


def _read_kinds(context: click.Context, parameter: click.Parameter, value: str) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(word.strip().lower() for word in value.split(",") if word.strip()))
    wrong = [word for word in words if word not in KIND_NAMES]
    if wrong or not words:
        known = ", ".join(KIND_NAMES)
        raise click.BadParameter(f"'{(wrong or [''])[0][:40]}' is none of {known}", context, parameter)
    return words


@click.command()
@click.argument("domains", nargs=-1, required=True, metavar="DOMAIN...")
@click.option(
    "--kind",
    "kinds",
    default=",".join(KIND_NAMES),
    show_default=True,
    callback=_read_kinds,
    metavar="KINDS",
    help="What to ask, with commas.",
)
@click.option("--refresh", is_flag=True, help="Ask although a young answer is in the archive.")
@click.option("--offline", is_flag=True, help="Ask nobody: show the last answers in the archive.")
@click.option("--personal", is_flag=True, help="Show the names and mail addresses of persons.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def lookup_command(
    context: click.Context,
    domains: tuple[str, ...],
    kinds: tuple[str, ...],
    refresh: bool,
    offline: bool,
    personal: bool,
    as_json: bool,
) -> ExitCode:
    """Ask name servers, registries and the site's own server about domains, and keep every answer as evidence.

    \b
    Answers younger than [lookups] of config.toml says are taken from the archive. A failed question is no fact
    about a domain: only "有答复" and "查无此名" are.
    Exit codes: 0 something was learnt, 6 nothing was, 8 nobody could be asked.
    """  # fmt: skip
    from dataclasses import replace

    from monitor.lookups.run import host_named, lookup_domains
    from storage.identity import LookupKind

    wrong = [domain for domain in domains if not host_named(domain)]
    if wrong:
        fail(f"{wrong[0][:100]!r} is no domain, such as shop.example", ExitCode.WRONG_USE)
    settings = load_cli_settings(context, tolerant=True)
    if offline:
        settings = replace(settings, lookups=replace(settings.lookups, offline=True))
    chosen: list[LookupKind] = [LookupKind(word) for word in kinds]
    with open_cli_archive(context, settings) as archive:
        run = asyncio.run(
            lookup_domains(
                settings,
                archive,
                domains,
                lambda: datetime.now(UTC),
                kinds=chosen,
                refresh=refresh and not offline,
                any_age=settings.lookups.offline,
                progress=_show_progress,
            )
        )
    if as_json:
        print_json(describe_run(run, personal=personal))
    else:
        _print_run(run, tuple(dict.fromkeys(map(host_named, domains))), personal)
    outcomes = {str(known.answer.outcome) for known in run.known}
    if outcomes & {"ok", "no_such_name"}:
        return ExitCode.DONE
    return ExitCode.CANNOT_WORK if outcomes <= {"offline"} else ExitCode.NOTHING_FOUND


def describe_run(run: LookupRun, *, personal: bool = False) -> dict[str, object]:
    """What a run learnt, as data; the field names are documented in docs/json.md."""
    domains = dict.fromkeys(known.answer.domain for known in run.known)
    return {
        "network": {
            "reach": str(run.network.reach),
            "checked_at": run.network.checked_at,
            "checks": [asdict(check) for check in run.network.checks],
        },
        "asked": run.asked,
        "left": [{"domain": domain, "kind": kind.value} for domain, kind in run.left],
        "splits": [{"domain": domain, "what": what} for domain in domains for what in run.split(domain)],
        "answers": [_describe(known, personal) for known in run.known],
    }


def _describe(known: KnownAnswer, personal: bool) -> dict[str, object]:
    answer = known.answer
    return {
        "domain": answer.domain,
        "kind": answer.kind,
        "server": answer.server,
        "asked_at": answer.asked_at,
        "outcome": str(answer.outcome),
        "detail": answer.detail,
        "lookup": known.lookup,
        "evidence": known.evidence,
        "cached": known.cached,
        "identifiers": [
            {"kind": str(one.kind), "value": _show_value(one, personal), "place": str(one.place), "where": one.where,
             "role": one.role, "problem": one.problem}
            for one in answer.identifiers
        ],
        "facts": _describe_facts(answer.facts, personal),
    }  # fmt: skip


def _describe_facts(facts: Facts | None, personal: bool) -> dict[str, object] | None:
    from scrapers.lookups.model import HttpFacts, RegistryFacts
    from scrapers.lookups.registrants import mask_person

    if facts is None:
        return None
    told: dict[str, object] = asdict(facts)
    if isinstance(facts, HttpFacts):
        told["characters"] = len(facts.html)
        del told["html"]
    if isinstance(facts, RegistryFacts) and facts.registrant_is_person and not personal:
        told |= {"registrant": mask_person(facts.registrant), "registrant_email": _mask_mail(facts.registrant_email)}
    return told


def _show_value(one: Identifier, personal: bool) -> str:
    from scrapers.lookups.registrants import mask_person
    from scrapers.lookups.registry import PERSON

    if personal or one.role != PERSON:
        return one.value
    return _mask_mail(one.value) if "@" in one.value else mask_person(one.value)


def _mask_mail(mail: str) -> str:
    name, _, host = mail.partition("@")
    return f"{name[:1]}***@{host}" if host else ""


def _print_run(run: LookupRun, domains: tuple[str, ...], personal: bool) -> None:
    for domain in domains:
        known = [one for one in run.known if one.answer in run.answers(domain)]
        click.echo(plain_text(domain))
        rows: list[tuple[str, str, str, str]] = []
        for one in known:
            rows += _rows(one, personal)
        if rows:
            print_table(("项目", "内容", "来源", "查询时间"), rows, keep=("查询时间",))
        for split in run.split(domain):
            click.echo(f"解析不一致：{plain_text(split)}")
        click.echo("")
    if run.network.checks or str(run.network.reach) == "down":
        click.echo(f"本机网络：{_REACH[str(run.network.reach)]}（{plain_text(run.network.words)}）", err=True)
    if run.left:
        click.echo(
            f"{len(run.left)} questions were left for the next time (lookups.most_each_run); run the command again",
            err=True,
        )


def _rows(known: KnownAnswer, personal: bool) -> list[tuple[str, str, str, str]]:
    answer = known.answer
    name = KIND_NAMES[answer.kind]
    source = f"{name} {answer.server}".strip() + ("（存档）" if known.cached else "")
    at = show_time(answer.asked_at)
    summary = " · ".join(filter(None, (_OUTCOMES[str(answer.outcome)], _summary(answer), _detail(answer))))
    rows = [(name, summary, source, at)]
    values: dict[str, list[str]] = {}
    for one in answer.identifiers:
        shown = one.shown if one.kind == "registrar" and one.shown else _show_value(one, personal)
        person = "（个人）" if one.kind == "registrant" and one.role == "person" else ""
        problem = f"（{one.problem}）" if one.problem else ""
        values.setdefault(str(one.kind), []).append(f"{shown}{person}{problem}")
    for kind, texts in values.items():
        rows.append(
            (f"  {_ROW_NAMES.get(kind, kind)}", "、".join(texts[:12]) + ("…" if len(texts) > 12 else ""), source, at)
        )
    return rows


def _detail(answer: LookupAnswer) -> str:
    """What came beside the outcome; that nobody was asked is said by the outcome itself."""
    return "" if answer.detail.startswith("offline mode") else answer.detail


def _summary(answer: LookupAnswer) -> str:
    from scrapers.lookups.model import DnsFacts, HttpFacts, RegistryFacts, TlsFacts

    facts = answer.facts
    if isinstance(facts, HttpFacts):
        return " ".join(filter(None, (f"HTTP {facts.status}" if facts.status else "", facts.final_url, facts.title)))
    if isinstance(facts, TlsFacts):
        until = show_time(facts.valid_to)[:10] if facts.valid_to else "未知"
        return f"{facts.protocol} 有效期至 {until} 签发者 {facts.issuer}"
    if isinstance(facts, DnsFacts) and facts.wildcard:
        return "任意子域名都能解析（泛解析）"
    if isinstance(facts, RegistryFacts) and facts.redacted and not facts.registrant:
        return "注册人信息未公开"
    return ""


def _show_progress(done: int, whole: int, what: str) -> None:
    from sys import stderr

    if stderr.isatty():
        click.echo(f"\r\x1b[K{done}/{whole} {plain_text(what)[:80]}", nl=done == whole, err=True)

"""An attestation (取证说明) as one HTML page without scripts or network: Chinese, made to be printed and signed.

Takes an `Attested`, gives text. Everything that comes from a page is hostile: it is cut, escaped, marks that turn the
direction of writing are shown as codes, and a content policy allows nothing but our own style.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from functools import cache
from importlib import resources

from monitor.attestation.environment import describe_environment
from monitor.attestation.facts import Attested
from monitor.attestation.html import make_facts, make_list, make_section, make_table, show, show_hash, show_moment
from monitor.attestation.words import (
    OUTCOMES,
    VIEWS,
    list_limits,
    list_proven,
    list_unproven,
    list_warnings,
    name_step,
    name_witness,
    say_trouble,
    say_witness_state,
)
from monitor.outcomes import say_outcome
from monitor.times import SHANGHAI
from scrapers.model import Origin, View, ViewKind

_SIGN_LINES = (
    "姓名（名称）",
    "身份证件号码",
    "联系方式",
    "与本案的关系",
    "取证地点与使用的设备",
    "签名（盖章）",
    "日期",
)


def render_attestation(attested: Attested) -> str:
    """The whole page."""
    parts = [
        _head(attested),
        *make_section("一、操作人声明（由操作人本人填写并签名）", _signature()),
        *make_section("二、取证对象", _subject(attested)),
        *make_section("三、工具与取证环境（清洁性）", describe_environment(attested)),
        *make_section("四、网络", _network(attested)),
        *make_section("五、操作过程", _steps(attested)),
        *make_section("六、结果与缺失", _result(attested)),
        *make_section("七、封存的数据及其校验值（SHA-256）", _hashes(attested)),
        *make_section("八、保管链与时间凭据", _custody(attested)),
        *make_section("九、怎样核验", _checking()),
        *make_section("十、能证明什么，不能证明什么", _meaning(attested)),
        *make_section("十一、有关电子数据证据的规定", _rules(attested)),
        *make_section("十二、技术上的限制", make_list(list_limits(attested))),
        "</body></html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


@cache
def _load_style() -> str:
    return resources.files("monitor.web").joinpath("attestation/attestation.css").read_text(encoding="utf-8")


def _head(attested: Attested) -> str:
    style = _load_style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    notices = "".join(
        f'<div class="notice {grade}"><p>{show(text)}</p></div>' for grade, text in list_warnings(attested)
    )
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{digest}'\">"
        '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
        f"<title>取证说明 {show(attested.stored.id)}</title><style>{style}</style></head><body>"
        "<h1>网页电子数据取证说明</h1>"
        f'<p class="under">抓取编号 <code>{show(attested.stored.id)}</code><br>'
        f"出具时间 {show_moment(attested.made_at)}<br>由 {show(attested.maker)} 根据封存的记录自动生成</p>{notices}"
    )


# --- sections -------------------------------------------------------------------------------------------------------


def _signature() -> str:
    lines = "".join(f'<div class="line"><span>{line}：</span><i></i></div>' for line in _SIGN_LINES)
    return (
        '<p class="quiet">软件不知道是谁在操作。以下各项由操作人自行填写、自行负责；'
        "未签名的，本件只是软件记录的说明。</p>"
        '<div class="sign"><p>本人使用自己控制的设备运行本软件完成了下述抓取，此后没有改动封存的文件。'
        f"本件第二至第八节为软件记录，本人未作修改。</p>{lines}</div>"
    )


def _subject(attested: Attested) -> str:
    capture, stored = attested.capture, attested.stored
    hops = "".join(f"<li>{hop.status} {show(hop.url)}</li>" for hop in attested.hops)
    imported = capture.origin is Origin.IMPORTED
    return make_facts([
        ("平台（操作人所起名称）", show(stored.page.platform)),
        ("请求的网址", show(capture.url)),
        ("跳转经过", f"<ol>{hops}</ol>" if hops else ""),
        ("最终网址", show(capture.final_url) if capture.final_url != capture.url else "与请求的网址相同"),
        ("页面标题", show(capture.title)),
        ("网站应答状态", "" if capture.status is None else f"HTTP {capture.status}"),
        ("来源", "他人制作的文件，后来导入" if imported else "本软件访问所得"),
        ("文件自称的时间", f"{show_moment(capture.claimed_at)}（仅为说法）" if capture.claimed_at else ""),
        ("导入的文件", show(capture.source_file)),
        ("导入时间" if imported else "抓取开始", show_moment(capture.started_at, fine=True)),
        ("" if imported else "抓取结束", "" if imported else show_moment(capture.ended_at, fine=True)),
        ("上一次抓取", f"<code>{show(stored.previous)}</code>" if stored.previous else "本页面的第一次"),
    ])  # fmt: skip


def _network(attested: Attested) -> str:
    capture = attested.capture
    if capture.origin is Origin.IMPORTED:
        return "<p>导入的文件，没有本软件的网络记录。</p>"
    names = [
        (
            show(name.host),
            show("、".join(name.addresses) or f"没有结果：{name.error}"),
            show("软件配置指定" if name.resolver == "configured" else name.resolver),
            show_moment(name.at),
        )
        for name in capture.names
    ]
    servers = [(show(address), show(url, 200)) for address, url in attested.servers]
    certificates = [
        (
            show(item.host),
            f"颁发给 {show(item.subject)}<br>颁发者 {show(item.issuer)}<br>"
            f"有效期 {show(item.valid_from.date() if item.valid_from else '?')} 至 "
            f"{show(item.valid_to.date() if item.valid_to else '?')}<br>链 SHA-256 {show_hash(item.chain_digest)}",
            show(item.protocol),
            f"有误：{show(item.error)}" if item.error else "浏览器认为有效",
        )
        for item in capture.certificates
    ]
    refused = [(show(item.what, 300), show(item.why)) for item in capture.refused]
    return "".join((
        "<h3>域名解析</h3>",
        make_table(("主机", "地址", "解析者", "时间"), names, "本机没有解析域名（网址本身是地址，或由代理解析）。"),
        "<h3>应答的服务器</h3>",
        make_table(("地址", "例如"), servers, "没有服务器应答。"),
        "<h3>服务器证书（TLS）</h3>" if certificates else "",
        make_table(("主机", "证书", "协议", "结论"), certificates),
        "<h3>没有放行的请求</h3>" if refused else "",
        make_table(("请求", "软件记录的原因"), refused),
    ))  # fmt: skip


def _steps(attested: Attested) -> str:
    capture = attested.capture
    if capture.origin is Origin.IMPORTED:
        return "<p>导入的文件，没有操作过程。</p>"
    rows = [
        (
            str(number),
            show(name_step(step.name), 300),
            (capture.started_at + timedelta(milliseconds=step.start_ms))
            .astimezone(SHANGHAI)
            .time()
            .isoformat("milliseconds"),
            f"{step.start_ms} 毫秒",
            f"{step.took_ms} 毫秒",
            show(say_trouble(step.trouble), 300),
        )
        for number, step in enumerate(capture.steps_done, 1)
    ]
    return make_table(("序", "做了什么", "北京时间", "自开始起", "用时", "结果"), rows, "没有记录到步骤。")


def _result(attested: Attested) -> str:
    capture, stored = attested.capture, attested.stored
    missing = [(show(item.what, 300), show(item.why, 600)) for item in capture.missing]
    return make_facts([
        ("结果", f"{OUTCOMES[capture.outcome]}：{show(say_outcome(stored))}"),
        ("软件原始记录", show(" ".join(part for part in (capture.reason, capture.detail) if part))),
        ("请求与应答", f"{len(capture.exchanges)} 个请求"),
    ]) + make_table(("缺失的部分", "软件记录的原因"), missing, "没有记录到缺失。")  # fmt: skip


def _hashes(attested: Attested) -> str:
    stored, capture = attested.stored, attested.capture
    files = [
        ("封存文件（WARC，全部请求、应答和视图）", f"{stored.warc_bytes} 字节", show_hash(stored.warc)),
        ("清单（逐条承诺，压缩存放）", f"{attested.manifest_bytes} 字节", show_hash(stored.manifest)),
    ]
    views = [
        (
            VIEWS[view.kind] + (f"<br>{show(view.name, 200)}" if view.name else ""),
            "" if view.data is None else f"{len(view.data)} 字节",
            (show_hash(view.digest) or "（删减副本不列出）") + _say_source(view),
        )
        for view in capture.views
    ]
    titles = ("内容", "大小", "SHA-256")
    again = f"封存文件与清单的校验值已在出具时（{show_moment(attested.made_at)}）重新计算，与记录一致。"
    note = f'<p class="quiet">{again}</p>'
    return make_table(titles, files) + note + ("<h3>视图</h3>" + make_table(titles, views) if views else "")


def _say_source(view: View) -> str:
    """Whether a view was made in this visit; a picture of a changed place names the capture that it differs from."""
    if not view.reused_from:
        return ""
    word = "本次拍摄，对照抓取" if view.kind is ViewKind.REGION_SCREENSHOT else "沿用抓取"
    return f"<br>{word} <code>{show(view.reused_from)}</code>"


def _custody(attested: Attested) -> str:
    place = attested.place
    if place is None:
        return "<p>尚未：这次抓取还没有列入保管链。</p>"
    rows = [
        ("保管链", f"<code>{show(place.origin)}</code>" if place.origin else ""),
        ("位置", f"第 {place.index} 条（从 0 起）"),
        ("列入时间（本机时钟）", show_moment(place.entered_at)),
    ]
    checkpoint = place.checkpoint
    if checkpoint is None:
        return make_facts(rows) + "<p>尚未：列入之后还没有签署检查点，运行 cardwatch stamp 即可签署并申请时间凭据。</p>"
    rows += [
        ("检查点", f"覆盖 {checkpoint.size} 条，签署于 {show_moment(checkpoint.made_at)}（本机时钟）"),
        ("树根", show_hash(place.root)),
        ("检查点 SHA-256", show_hash(checkpoint.digest)),
    ]
    tokens = [
        (
            show(name_witness(witness)),
            show(witness.authority),
            show(say_witness_state(witness)),
            f"签名者 {show(witness.signer)}<br>颁发者 {show(witness.issuer)}" if witness.signer else "",
        )
        for witness in place.witnesses
    ]
    none = "尚未：没有独立机构的时间凭据，时间只有本机时钟为凭。"
    return (
        make_facts(rows)
        + "<h3>时间凭据</h3>"
        + make_table(("种类", "机构（配置中的名称）", "时间", "证书"), tokens, none)
    )


def _checking() -> str:
    steps = (
        "导出的 WACZ 文件内带有 cardwatch/verify.html：用任何浏览器打开，把 WACZ 文件拖进去，不联网、不安装，"
        "逐项给出结果。verify.html 最好另行取得，不用对方文件里的那一份。",
        "安装了本软件的，运行 cardwatch verify 文件名；对方可以用自己安装的版本，不必相信我们的。",
        "不用本软件也能核验：所用的只是 SHA-256、RFC 6962 树、Ed25519 签名和 RFC 3161 时间戳，"
        "格式见软件文档 evidence.md。",
        "RFC 3161 时间戳可以用 OpenSSL 单独核验（机构的根证书应当从机构处另行取得）：",
    )
    command = (
        "openssl ts -verify -data cardwatch/checkpoint -in cardwatch/token-机构.tsr "
        "-CAfile 机构的根证书.pem -untrusted cardwatch/token-机构.chain.pem"
    )
    return f"{make_list(steps)}<pre>{show(command)}</pre>"


def _meaning(attested: Attested) -> str:
    proven, unproven = make_list(list_proven(attested)), make_list(list_unproven(attested))
    return f"<h3>能证明</h3>{proven}<h3>不能证明</h3>{unproven}"


def _rules(attested: Attested) -> str:
    if not attested.rules:
        return ""
    rows = [
        (
            f"{show(rule.title)}{f'（{show(rule.number)}）' if rule.number else ''}{show(rule.article)}",
            show(rule.says) + (f"<br>适用范围：{show(rule.scope)}" if rule.scope else ""),
            show(rule.bears_on),
        )
        for rule in attested.rules
    ]
    origin = attested.rules_from
    return (
        make_table(("规定", "大意（非原文）", "与本件的关系"), rows)
        + f'<p class="quiet">以上是概述，不是法律意见，以官方现行文本为准。条文读自公开副本（{show(origin.source)}，'
        f"{origin.copy_of} 的文本），{origin.checked} 核对。</p>"
    )

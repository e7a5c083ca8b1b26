"""The section of an attestation that says what the capture was made in: tool, browser, profile, resolver, clock.

Every fact is one of the sealed record; what was not recorded is said to be so.
"""

from __future__ import annotations

from monitor.attestation.facts import Attested
from monitor.attestation.html import NOT_RECORDED, make_facts, show, show_hash, show_moment
from monitor.attestation.words import say_offset, say_resolver
from scrapers.model import Origin, Surroundings


def describe_environment(attested: Attested) -> str:
    """The table of tool and surroundings."""
    capture = attested.capture
    if capture.origin is Origin.IMPORTED:
        return "<p>文件由他人制作，其制作环境不为软件所知。</p>"
    vantage, found = capture.vantage, capture.surroundings or Surroundings()
    recorded = capture.surroundings is not None
    agent = vantage.user_agent or "浏览器自身的（去掉 Headless 字样）"
    window = f"{vantage.width}×{vantage.height} 像素{'，模拟手机' if vantage.mobile else ''}"
    return make_facts([
        ("软件与版本", show(capture.tool or "cardwatch")),
        ("程序提交号", _say_commit(found) if recorded else NOT_RECORDED),
        ("浏览器", show(capture.browser) + (f"（{show(found.browser_product)}）" if found.browser_product else "")),
        ("操作系统", show(found.system) or NOT_RECORDED),
        ("Python", show(found.python) or NOT_RECORDED),
        ("本机时区", show(found.machine_timezone) or NOT_RECORDED),
        ("视角", f"{show(vantage.name)}：窗口 {window}，语言 {show(vantage.locale)}，时区 {show(vantage.timezone)}"),
        ("User-Agent", show(agent)),
        ("浏览器配置", "为本软件新建的临时配置，本次抓取使用新建的独立环境（无历史、无缓存、无 Cookie），用后即弃"
         if found.clean_profile else NOT_RECORDED),
        ("登录状态", f"载入会话“{show(capture.session)}”" if capture.session else "未载入任何会话"),
        ("扩展程序", _say_extensions(found) if recorded else NOT_RECORDED),
        ("hosts 文件", _say_hosts(found)),
        ("代理", show(capture.proxy) or "未使用代理；全部流量经软件在本机的闸口，由其解析、连接并记录"),
        ("被忽略的环境变量", show("、".join(found.ignored_variables)) if found.ignored_variables
         else "没有设置代理变量" if recorded else NOT_RECORDED),
        ("域名解析", show(say_resolver(found, capture.proxy))),
        ("时钟核对", _say_clocks(found) if recorded else NOT_RECORDED),
        ("出口地址", _say_egress(found) if recorded else NOT_RECORDED),
    ])  # fmt: skip


def _say_commit(found: Surroundings) -> str:
    commit, _, edits = found.tool_commit.partition(" ")
    told = show_hash(commit) + ("（另有未提交的修改）" if edits else "")
    return told or "不知道（安装包没有带版本库信息）"


def _say_extensions(found: Surroundings) -> str:
    switch = "启动参数已禁用扩展" if found.extensions_off else "启动参数未禁用扩展"
    if found.extensions is None:
        return f"{switch}；浏览器没有给出目标列表"
    return f"{switch}；浏览器的目标列表中有 {found.extensions} 个扩展程序" if found.extensions else (
        f"{switch}；浏览器的目标列表中没有扩展程序"
    )  # fmt: skip


def _say_hosts(found: Surroundings) -> str:
    hosts = found.hosts_file
    if hosts is None:
        return NOT_RECORDED
    if hosts.trouble:
        return f"{show(hosts.path)} 未能读取：{show(hosts.trouble)}"
    pairs = "、".join(f"{host} → {address}" for host, address in hosts.named)
    said = f"写有本次访问的主机：{show(pairs)}" if pairs else "没有写本次访问的任何主机"
    return f"{show(hosts.path)} {said}<br>SHA-256 {show_hash(hosts.digest)}"


def _say_clocks(found: Surroundings) -> str:
    if not found.clocks:
        return "没有配置时间源，所记时间以本机时钟为准"
    lines = []
    for reading in found.clocks:
        when = show_moment(reading.asked_at)
        if reading.offset_ms is None:
            lines.append(f"{show(reading.source)}：没有得到时间（{show(reading.trouble)}），{when}")
        else:
            blur = f"误差不超过 {reading.blur_ms / 1000:.3f} 秒"
            lines.append(f"{show(reading.source)}：相差 {say_offset(reading.offset_ms)}，{blur}，{when}")
    return "<br>".join(lines)


def _say_egress(found: Surroundings) -> str:
    egress = found.egress
    if egress is None:
        return "没有查询（用户未允许）"
    if not egress.address:
        return f"{show(egress.source)} 没有给出地址：{show(egress.trouble)}"
    return f"{show(egress.address)}（{show(egress.source)} 所见，{show_moment(egress.asked_at)}）"

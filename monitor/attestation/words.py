"""The Chinese words of an attestation: names of steps and views, and what may and may not be concluded.

Pure. Every sentence here is meant for a person who distrusts the one who made the capture: it claims nothing that the
record does not hold.
"""

from __future__ import annotations

import re

from monitor.attestation.facts import Attested, Witness
from monitor.outcomes import left_site, say_outcome
from monitor.times import show_time
from scrapers.model import Capture, Origin, Outcome, Surroundings, ViewKind
from storage.model import TokenKind, TokenStatus

OUTCOMES = {
    Outcome.COMPLETE: "完整",
    Outcome.PARTIAL: "部分（有缺失）",
    Outcome.BLOCKED: "受阻（未见页面内容）",
    Outcome.FAILED: "失败（未取得页面）",
}
VIEWS = {
    ViewKind.SCREENSHOT: "整页截图",
    ViewKind.POPUP_SCREENSHOT: "弹窗截图",
    ViewKind.REGION_SCREENSHOT: "变化区域截图",
    ViewKind.PDF: "PDF 打印件",
    ViewKind.MHTML: "MHTML 整页存档",
    ViewKind.DOM: "页面结构（DOM）",
    ViewKind.FRAME_DOM: "框架结构（DOM）",
    ViewKind.TEXT: "可见文字",
    ViewKind.POPUP_TEXT: "弹窗文字",
    ViewKind.LAYOUT: "版面记录（被遮隐与样式生成的文字）",
    ViewKind.CANVAS: "画布截图",
    ViewKind.SOURCE_FILE: "导入的原文件",
}
_STEPS = {
    "navigate": "请求网址，等待服务器开始应答",
    "load": "等待页面加载完成",
    "settling": "等待页面内容稳定",
    "pop-ups": "先拍摄、读取弹窗，再关闭",
    "pop-ups after the steps": "再次拍摄、读取弹窗",
    "folded parts": "展开折叠的内容、标签页和协议窗口",
    "holding the page": "停止页面自行变化，等待稳定",
    "reading": "读取页面文字与结构",
    "answers under way": "等待尚未收完的应答",
    "certificates": "读取服务器证书",
    "views": "制作截图、PDF 等视图",
}
_ACTIONS = {"click": "点击", "wait": "等待", "scroll": "滚动", "hover": "悬停"}
_TROUBLES = {
    "still loading": "到时仍在加载",
    "not done in time": "未能在时限内完成",
    "not read": "未能读取",
    "nothing matches it": "页面上没有这个位置",
    "no time was left for it": "没有剩余时间",
    "timeout": "超时",
}
TOKENS = {TokenKind.RFC3161: "RFC 3161 时间戳", TokenKind.OPENTIMESTAMPS: "OpenTimestamps 证明"}
_CONFIGURED_STEP = re.compile(r"step (\d+) \((\w+) ?(.*)\)", re.DOTALL)


def name_step(name: str) -> str:
    """A step of a visit in words."""
    configured = _CONFIGURED_STEP.fullmatch(name)
    if configured:
        number, action, selector = configured.groups()
        return f"配置的第 {number} 步：{_ACTIONS.get(action, action)} {selector}".rstrip()
    return _STEPS.get(name, name)


def say_trouble(trouble: str) -> str:
    """How a step ended."""
    return _TROUBLES.get(trouble, trouble) or "完成"


def name_witness(witness: Witness) -> str:
    """What kind of token it is; only one of 联合信任 has that name."""
    kind = "可信时间戳（RFC 3161）" if witness.is_trusted_timestamp else TOKENS[witness.kind]
    return f"{kind}，对较早凭据的续签" if witness.renews else kind


def list_warnings(attested: Attested) -> list[tuple[str, str]]:
    """(grade, sentence) for the top of the page: what a reader must know before all else. Grades: bad, warn, note."""
    capture, stored = attested.capture, attested.stored
    told: list[tuple[str, str]] = []
    if capture.surroundings is not None and capture.surroundings.drill:
        told.append(("bad", "演练：本件来自软件自带的演示，网站和时间都是模拟的，不是证据。"))
    if attested.redacted:
        told.append((
            "note",
            "本说明随删减副本出具：Cookie、令牌和操作人指定的文字已用 * 遮盖，"
            "视图的校验值不列出（以免据此猜出被遮盖的内容）；封存原件没有改动，完整的说明由操作人保存。",
        ))  # fmt: skip
    if capture.origin is Origin.IMPORTED:
        told.append((
            "bad",
            "第三方文件：本件由他人制作、后来导入。软件没有访问过这个网页，也没有看到它的制作过程；来源、时间和内容都只是提供者或文件自己的说法，"
            "只能证明导入之后文件未被改动。",
        ))  # fmt: skip
    elif capture.outcome is Outcome.FAILED:
        told.append((
            "bad",
            f"本次没有取得页面：{say_outcome(stored)}。本件只证明在所记时刻、从所记网络出口访问时遇到了这一情况，"
            "不证明网站已经关闭，也不证明别人同样打不开。",
        ))  # fmt: skip
    elif capture.outcome is Outcome.BLOCKED:
        told.append((
            "bad",
            f"访问受阻：{say_outcome(stored)}。所存的是受阻时看到的页面，不是要看的内容；软件没有尝试绕过。",
        ))  # fmt: skip
    elif capture.outcome is Outcome.PARTIAL:
        told.append(("warn", "页面已取得，但有缺失，见第六节；缺失的部分不能据本件说“没有”。"))
    earlier = base_of_regions(capture)
    if earlier:
        told.append((
            "warn",
            f"与较早一次抓取 {earlier} 相比，只有价格、库存等数字变了：整页截图、PDF、MHTML 沿用那一次，"
            "其中变了的地方仍是旧数字，不是本次所见；本次的数字见“变化区域截图”、页面结构和可见文字。",
        ))  # fmt: skip
    other = left_site(stored)
    if other:
        told.append(("warn", f"访问后被带到另一个网站 {other}：所存内容是那个网站的，不是原网址的。"))
    if capture.certificate_error:
        told.append(
            ("warn", f"服务器证书有误（{capture.certificate_error}）：不能仅凭证书确认对方就是该域名的服务器。")
        )
    if capture.session:
        told.append((
            "warn",
            f"带登录状态：本次使用操作人预先登录得到的会话“{capture.session}”，所见是该账号登录后的页面，可能与公众所见不同。",
        ))  # fmt: skip
    told += [("warn", text) for text in _doubt_surroundings(attested)]
    return told


def _doubt_surroundings(attested: Attested) -> list[str]:
    capture, found = attested.capture, attested.capture.surroundings
    if capture.origin is Origin.IMPORTED:
        return []
    if found is None:
        return ["本次抓取没有记录取证环境，清洁性无从说明。"]
    told = []
    named = found.hosts_file.named if found.hosts_file else ()
    if named and not capture.proxy and found.resolver == "system":
        pairs = "、".join(f"{host} → {address}" for host, address in named)
        told.append(f"系统 hosts 文件里写有本次访问的主机（{pairs}）：其地址由本机决定，不是公共域名解析的结果。")
    fixed = sorted({name.host for name in capture.names if name.resolver == "configured"})
    if fixed:
        told.append(f"下列主机的地址由软件配置指定，不是域名解析的结果：{'、'.join(fixed)}。")
    if found.extensions:
        told.append(f"浏览器中有 {found.extensions} 个扩展程序的目标，可能影响页面。")
    if found.tool_commit.endswith(" with local edits"):
        told.append("程序代码有未提交的修改：仅凭所列提交号不能得到同样的程序。")
    for reading in found.clocks:
        if reading.offset_ms is not None and abs(reading.offset_ms) - reading.blur_ms > 2000:
            told.append(f"本机时钟与 {reading.source} 相差 {say_offset(reading.offset_ms)}，所记时间应据此理解。")
    return told


def say_offset(milliseconds: int) -> str:
    """How another clock differs from ours."""
    word = "快" if milliseconds < 0 else "慢"
    return f"{abs(milliseconds) / 1000:.3f} 秒（本机{word}）" if milliseconds else "0 秒"


def say_resolver(found: Surroundings, proxy: str) -> str:
    """Who turned names into addresses."""
    if proxy:
        return "由代理服务器解析，本机不解析"
    servers = "、".join(found.nameservers)
    if found.resolver == "configured":
        return f"软件配置指定的域名服务器 {servers}"
    if found.resolver == "system":
        return f"系统的解析器{f'（域名服务器 {servers}）' if servers else '（系统没有说明域名服务器）'}"
    return "未记录"


def list_proven(attested: Attested) -> list[str]:
    """What follows from the records if the checks of section nine hold."""
    capture, place = attested.capture, attested.place
    told = [
        "完整性：核验通过即表明，封存文件自计算哈希之后没有被改动过一个字节；改动、缺少或增加任何一条记录都会被发现并指明。",
    ]
    if capture.origin is Origin.OWN and capture.outcome is Outcome.FAILED:
        told.append("记录内容：在所记时刻（以本机时钟为准），这台电脑上的浏览器访问所列网址，遇到了第六节所记的情况。")
    elif capture.origin is Origin.OWN:
        views = "所存的视图" if capture.full_views else "本次制作的视图（沿用较早抓取的除外，见第七节）"
        told.append(
            "记录内容：在所记时刻（以本机时钟为准），这台电脑上的浏览器向所列网址发出请求，收到了封存的应答，"
            f"并显示出{views}。"
        )
    if place is not None:
        told.append(
            "次序：这次抓取在保管链中占有固定位置；在其后的检查点签名之后，不持有密钥的人不能插入、删除或调换记录而不被发现。"
        )
    for witness in attested.stamps[:1]:
        moment = show_time(witness.stamped_at) if witness.stamped_at else ""
        told.append(
            f"时间：{name_witness(witness)}（{witness.authority}）表明，包含这次抓取的检查点在 {moment} 之前已经存在，"
            "因此抓取的记录不可能在此之后才制作。"
        )
    return told


def list_unproven(attested: Attested) -> list[str]:
    """What does not follow, said as plainly."""
    capture, place = attested.capture, attested.place
    told = [
        "不证明是谁操作：操作人身份只能由其本人在第一节说明，软件不知道。",
        "不证明页面所说属实，也不证明网站由谁经营；只说明页面当时这样显示。",
        "不证明其他人、其他时间、其他地区看到同样的内容；两次抓取之间没有观察，不能推断。",
        "不证明抓取之前这台电脑没有被做过手脚：第三节是软件对环境的自查，不能代替对设备的鉴定。",
    ]
    if not attested.stamps:
        told.insert(
            0,
            "时间只有本机时钟为凭：尚无独立机构的时间凭据。自己的时钟加自己的哈希，只能说明“计算哈希之后未改动”，"
            "不能说明何时制作。",
        )
    else:
        told.insert(0, "时间凭据只说明“在那个时间之前已存在”，不说明恰好在那个时间抓取，也不说明内容真实。")
    if place is None or place.checkpoint is None or not attested.stamps:
        told.append("持有签名密钥的人自己，在没有独立时间凭据时，有能力重写整条保管链；这种情况下只能回答“无法判断”。")
    if not any(witness.is_trusted_timestamp for witness in attested.stamps):
        told.append("本件没有联合信任的可信时间戳，所列时间凭据（如有）不使用这一名称。")
    told.append("自行取证、哈希和时间凭据都不是公证，不具有公证的效力。")
    if capture.origin is Origin.IMPORTED:
        told.append("他人制作的文件只是一种说法，不能作为软件亲眼所见。")
    return told


def list_limits(attested: Attested) -> list[str]:
    """Technical limits that a reader who replays the files may run into."""
    told = [
        "应答的正文是浏览器解压之后的内容；与传输有关的原始头部以 x-orig- 开头保留。",
        "视图由无界面的 Chromium 制作，字体取决于本机，与操作人平时看到的可能略有不同。",
        "页面的 Service Worker 被停用；下载只记录、不保存；WebSocket 和持续的数据流不完整保存；"
        "图片中的文字没有转成文字。",
        "软件只访问、展开和阅读，不提交表单、不下单、不付款，不尝试绕过验证码或登录。",
    ]
    if not attested.capture.full_views and attested.capture.origin is Origin.OWN:
        told.append(
            "写明“沿用”的截图、PDF、MHTML 没有重新制作，就是所指那次抓取的原件："
            + (
                "本次拍摄了数字变化之处，其余外观（文字、图片、样式、尺寸）与那一次相同。"
                if base_of_regions(attested.capture)
                else "本次页面的文字、图片、样式和尺寸与那一次相同。"
            )
        )
    return told


def base_of_regions(capture: Capture) -> str:
    """The earlier capture whose picture of the page was kept although some numbers moved, "" where there is none."""
    return next((view.reused_from for view in capture.views if view.kind is ViewKind.REGION_SCREENSHOT), "")


def say_witness_state(witness: Witness) -> str:
    """Whether the token is there yet."""
    if witness.status is TokenStatus.HELD:
        return show_time(witness.stamped_at) if witness.stamped_at else "已取得"
    return "尚未取得（已提出请求）" if witness.kind is TokenKind.RFC3161 else "尚未取得或尚未被比特币区块确认"

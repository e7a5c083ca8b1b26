"""Accounts at services that a page calls: statistics, ownership tokens, customer service, captchas.

Takes sheets of attributes, scripts and comments, and meta tags; gives Hits. A vendor's shared address without the
number of an account names nobody and is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrapers.identifiers.runs import Hit, Run, Sheet

_BAIDU = re.compile(
    r"hm\.baidu\.com/(?:hm|h)\.(?:js|gif)\?(?:[^\s\"'<>]{0,200}?[?&]?si=)?([0-9a-f]{20,40})(?![0-9a-z])", re.I
)
_BAIDU_JOINED = re.compile(r"hm\.baidu\.com/hm\.js\?[\"']\s{0,9}\+\s{0,9}[\"']([0-9a-f]{32})[\"']", re.I)
_CNZZ = re.compile(r"(?:cnzz\.com|umeng\.com)/[^\s\"'<>]{0,120}?(?:web_id|siteid|id)=([0-9]{4,12})(?![0-9])", re.I)
_CNZZ_ELEMENT = re.compile(r"cnzz_stat_icon_([0-9]{6,12})(?![0-9])")
_CNZZ_QUEUE = re.compile(r"_czc[^\n]{0,40}?[\"']_setAccount[\"']\s{0,3},\s{0,3}[\"']([0-9]{6,12})[\"']")
_LA51 = re.compile(r"\bLA\.init\(\s{0,10}\{[^{}]{0,200}?[\"']?\bid[\"']?\s{0,3}:\s{0,3}[\"']([0-9A-Za-z]{6,24})[\"']")
_LA51_CALL = re.compile(r"\bid[\"']?\s{0,3}:\s{0,3}[\"']([0-9A-Za-z]{16})[\"']\s{0,3},\s{0,3}[\"']?ck[\"']?\s{0,3}:")
_LA51_OLD = re.compile(r"(?:js\.users\.51\.la/|51\.la/go1?\?(?:[^\s\"'<>]{0,60}&)?id=)([0-9]{4,12})(?![0-9])")
_LA51_QUERY = re.compile(
    r"(?:sdk|v6-widget|collect-v6)\.51\.la/[^\s\"'<>]{0,80}?[?&]id=([0-9A-Za-z]{6,24})(?![0-9A-Za-z])|v6-widget\.51\.la/v6/([0-9A-Za-z]{6,24})/"
)
_UNIVERSAL = re.compile(r"(?<![A-Za-z0-9_-])(UA-[0-9]{4,10})-[0-9]{1,4}(?![0-9A-Za-z])")
_MEASUREMENT = re.compile(r"(?<![A-Za-z0-9_-])((?:G-(?=[A-Z0-9]*[0-9])[A-Z0-9]{8,12})|AW-[0-9]{9,11})(?![0-9A-Za-z_-])")
_CONFIGURED = re.compile(r"(?:[?&]id=|[\"']config[\"']\s{0,3},\s{0,3}[\"'])(G-[A-Z0-9]{8,12})(?![0-9A-Za-z_-])")
_GTAG = re.compile(r"gtag|googletagmanager|google-analytics|ga\(|_gaq|dataLayer|measurement|analytics", re.I)
_GTM = re.compile(r"(?<![A-Za-z0-9_-])(GTM-[A-Z0-9]{4,9})(?![0-9A-Za-z_-])")
_ADSENSE = re.compile(r"(?<![A-Za-z0-9_-])(ca-pub-[0-9]{16})(?![0-9])")
_VERIFICATIONS = re.compile(
    r"(?:baidu|google|360|sogou|shenma|bytedance|yandex|msvalidate|bing|naver|facebook-domain|p:domain|alexa|wx|toutiao|qc|sm|pinterest)"
    r"[\w.:-]{0,40}(?:verif|validate|verify|verification)[\w-]{0,20}|msvalidate\.01|alexaVerifyID|qc:admins|property=\"wb:webmaster\"|wb:webmaster|p:domain_verify|sogou_site_verification|360-site-verification",
    re.I,
)
_TENANTS: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = (
    (
        "meiqia",
        ("meiqia",),
        re.compile(
            r"_MEIQIA\(\s{0,4}[\"']entId[\"']\s{0,4},\s{0,4}[\"']?([0-9a-zA-Z]{3,40})[\"']?|meiqia\.com/[^\s\"'<>]{0,120}?[?&]eid=([0-9a-zA-Z]{3,40})|\bentId[\"']?\s{0,3}[:=]\s{0,3}[\"']?([0-9a-f]{4,40})"
        ),
    ),
    (
        "53kf",
        ("53kf.com",),
        re.compile(
            r"53kf\.com/[^\s\"'<>]{0,160}?(?:[?&](?:arg|company_id|id6d|cid)=([0-9]{5,12})|/([0-9]{6,12})/[0-9]{1,3}(?![0-9])|/code/(?:code/)?([0-9a-f]{32})(?![0-9a-f]))",
            re.I,
        ),
    ),
    (
        "udesk",
        ("udesk.cn",),
        re.compile(r"(?<![\w.-])([a-z0-9][a-z0-9-]{1,40})\.(?:s[0-9]\.|s[0-9]-)?udesk\.cn(?!/\w*static)", re.I),
    ),
    ("tawk", ("tawk.to",), re.compile(r"(?:embed\.)?tawk\.to/(?:chat/)?([0-9a-f]{24})(?![0-9a-f])", re.I)),
    (
        "crisp",
        ("crisp",),
        re.compile(
            r"CRISP_WEBSITE_ID\s{0,3}[=:]\s{0,3}[\"']([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})[\"']|go\.crisp\.chat/chat/embed/\?(?:[^\s\"'<>]{0,60}&)?website_id=([0-9a-f-]{36})",
            re.I,
        ),
    ),
    (
        "easemob",
        ("easemob",),
        re.compile(
            r"easemob\.com/[^\s\"'<>]{0,160}?[?&#;](?:tenantId|configId|appKey)=([\w#%-]{3,80})|easemob[^\n]{0,400}?\b(?:tenantId|configId)[\"']?\s{0,3}[:=]\s{0,3}[\"']?([\w-]{3,60})",
            re.I,
        ),
    ),
    (
        "qiyukf",
        ("qiyukf", "ysf("),
        re.compile(
            r"qiyukf\.(?:com|net)/(?:script/)?([0-9a-f]{32})(?:\.js)?|qiyukf\.com/client\?(?:[^\s\"'<>]{0,80}&)?k=([0-9a-f]{32})",
            re.I,
        ),
    ),
    ("sobot", ("sobot.com",), re.compile(r"sobot\.com/[^\s\"'<>]{0,160}?[?&](?:sysNum|sysnum)=([0-9a-f]{32})", re.I)),
    ("live800", ("live800.com",), re.compile(r"live800\.com/[^\s\"'<>]{0,160}?[?&]companyID=([0-9]{3,12})", re.I)),
    (
        "kefu",
        ("looyu", "kuaishang", "zoosnet", "ntalker", "zhichi", "kf5.com"),
        re.compile(
            r"looyuoms[0-9]*\.looyu\.com/[^\s\"'<>]{0,120}?[?&]c=([0-9]{3,12})|kuaishang\.cn/[^\s\"'<>]{0,120}?(?:[?&]ci=|/bs/ks/)([0-9]{3,12})|(?<![\w.-])([a-z0-9-]{2,40})\.kf5\.com",
            re.I,
        ),
    ),
    ("zoosnet", ("zoosnet.net",), re.compile(r"zoosnet\.net/[^\s\"'<>]{0,120}?[?&]id=([A-Z]{2,4}[0-9]{6,10})", re.I)),
    (
        "intercom",
        ("intercom",),
        re.compile(
            r"widget\.intercom\.io/widget/([a-z0-9]{6,12})|intercomSettings[^\n]{0,200}?app_id[\"']?\s{0,3}:\s{0,3}[\"']([a-z0-9]{6,12})[\"']"
        ),
    ),
    ("zendesk", ("zdassets.com",), re.compile(r"static\.zdassets\.com/ekr/snippet\.js\?key=([0-9a-f-]{20,40})", re.I)),
    (
        "chatwoot",
        ("chatwoot", "websitetoken"),
        re.compile(r"websiteToken[\"']?\s{0,3}:\s{0,3}[\"']([0-9A-Za-z]{10,40})[\"']"),
    ),
    ("livechat", ("livechat", "__lc"), re.compile(r"__lc\.license\s{0,3}=\s{0,3}([0-9]{5,12})")),
    ("chatra", ("chatraid",), re.compile(r"ChatraID\s{0,3}=\s{0,3}[\"']([0-9A-Za-z]{8,40})[\"']")),
    ("tidio", ("tidio.co",), re.compile(r"code\.tidio\.co/([0-9a-z]{20,40})\.js", re.I)),
    (
        "salesmartly",
        ("salesmartly",),
        re.compile(r"salesmartly\.com/[^\s\"'<>]{0,100}?project_([0-9]{3,12}(?:_[0-9]{3,12})?)", re.I),
    ),
    ("wework", ("work.weixin.qq.com",), re.compile(r"work\.weixin\.qq\.com/kfid/(kfc[0-9a-z]{6,40})", re.I)),
    (
        "aihecong",
        ("aihecong",),
        re.compile(r"aihecong[^\n]{0,400}?\bentId[\"']?\s{0,3}[:=,]\s{0,3}[\"']?([0-9]{3,12})", re.I),
    ),
    (
        "xiaokefu",
        ("xiaokefu",),
        re.compile(r"xiaokefu\.com\.cn/[^\s\"'<>]{0,120}?[?&](?:eid|appid|id)=([0-9a-z]{3,40})", re.I),
    ),
)
_MEIQIA_ONLY = re.compile(r"meiqia", re.I)
_NO_SUBDOMAIN = ("www", "asset", "static", "cdn", "docs", "support", "help", "blog", "sdk", "img")
_CAPTCHAS: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = (
    (
        "geetest",
        ("geetest", "captchaid", "captcha_id", "gt=", "gt:", 'gt"'),
        re.compile(
            r"(?:\bgt[\"']?\s{0,3}[:=]\s{0,3}[\"']|captcha_?id[\"']?\s{0,3}[:=]\s{0,3}[\"']|[?&](?:gt|captcha_id)=)([0-9a-f]{32})(?![0-9a-f])",
            re.I,
        ),
    ),
    (
        "tencent",
        ("tencentcaptcha", "tcaptcha"),
        re.compile(r"new TencentCaptcha\(\s{0,4}(?:[\w.()$#'\"]{1,80},\s{0,4})?[\"']([0-9]{8,12})[\"']", re.I),
    ),
    (
        "recaptcha",
        ("recaptcha",),
        re.compile(
            r"recaptcha/(?:api|enterprise)\.js\?(?:[^\s\"'<>]{0,80}&)?render=(6L[\w-]{38})|(?<![\w-])(6L[\w-]{38})(?![\w-])"
        ),
    ),
    (
        "turnstile",
        ("turnstile", "challenges.cloudflare", "sitekey"),
        re.compile(r"(?<![\w-])((?:0x4|[123]x0)[0-9A-Za-z_-]{17,32})(?![\w-])"),
    ),
    (
        "aliyun",
        ("initaliyuncaptcha", "awsc", "aliyuncaptcha"),
        re.compile(r"\b(?:SceneId|appkey)[\"']?\s{0,3}:\s{0,3}[\"']([0-9A-Za-z]{6,24})[\"']", re.I),
    ),
    ("vaptcha", ("vaptcha",), re.compile(r"\bvid[\"']?\s{0,3}:\s{0,3}[\"']([0-9a-f]{24})[\"']", re.I)),
)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.I)


def find_accounts(sheet: Sheet) -> Iterator[Hit]:
    """Accounts at statistics, customer service and captcha vendors, in attributes, scripts or comments."""
    if sheet.has("hm.baidu.com"):
        yield from _simple(sheet, "baidu_tongji", _BAIDU)
        yield from _simple(sheet, "baidu_tongji", _BAIDU_JOINED)
    if sheet.has("cnzz", "umeng", "_czc"):
        for pattern in (_CNZZ, _CNZZ_ELEMENT, _CNZZ_QUEUE):
            yield from _simple(sheet, "cnzz", pattern)
    if sheet.has("51.la", "la.init"):
        for pattern in (_LA51, _LA51_CALL, _LA51_OLD, _LA51_QUERY):
            yield from _simple(sheet, "la51", pattern)
    if sheet.has("ua-"):
        yield from _simple(sheet, "ga", _UNIVERSAL)
    if sheet.has("g-", "aw-"):
        for match in _MEASUREMENT.finditer(sheet.text):
            around = sheet.text[max(0, match.start() - 300) : match.end() + 200]
            if _GTAG.search(around):
                yield Hit("ga", match.group(1), match.start(), match.end())
        yield from _simple(sheet, "ga", _CONFIGURED)
    if sheet.has("gtm-"):
        yield from _simple(sheet, "gtm", _GTM)
    if sheet.has("ca-pub-"):
        yield from _simple(sheet, "ga", _ADSENSE)
    for vendor, words, pattern in _TENANTS:
        if sheet.has(*words):
            for match in pattern.finditer(sheet.text):
                tenant = next(group for group in match.groups() if group)
                if not tenant.lower().startswith(_NO_SUBDOMAIN):
                    yield Hit("cs_tenant", f"{vendor}:{tenant}", match.start(), match.end())
    for vendor, words, pattern in _CAPTCHAS:
        if sheet.has(*words):
            for match in pattern.finditer(sheet.text):
                key = next(group for group in match.groups() if group)
                yield Hit("captcha_key", f"{vendor}:{key}", match.start(), match.end())


def find_verifications(metas: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Ownership tokens in meta tags: ("name=token", as it stood)."""
    for name, token in metas:
        token = token.strip()
        if 4 <= len(token) <= 200 and _VERIFICATIONS.fullmatch(name.strip()):
            yield f"{name.strip().lower()}={token}", f'<meta name="{name}" content="{token}">'


def find_widget_keys(tenants: list[tuple[str, str, Run]]) -> Iterator[tuple[str, str, Run]]:
    """Keys in attributes that a vendor's element bears: data-sitekey and its like: (kind, value, run)."""
    for name, value, run in tenants:
        value = value.strip()
        element = run.node
        names = str(element.get("class") or "") if hasattr(element, "get") else ""
        if name in ("data-sitekey", "sitekey"):
            if "h-captcha" in names or _UUID.fullmatch(value):
                yield "captcha_key", f"hcaptcha:{value}", run
            elif value.startswith("6L"):
                yield "captcha_key", f"recaptcha:{value}", run
            elif value.startswith(("0x4", "1x0", "2x0", "3x0")):
                yield "captcha_key", f"turnstile:{value}", run
        elif (
            name in ("data-appid", "data-app-id")
            and "tencentcaptcha" in f"{names} {element.get('id') if hasattr(element, 'get') else ''}".lower()
        ):
            yield "captcha_key", f"tencent:{value}", run
        elif name in ("data-qq", "data-uin", "data-kefu-qq") and re.fullmatch(r"[1-9][0-9]{4,10}", value):
            yield "qq", value, run
        elif name in ("data-wechat", "data-wx", "data-weixin") and re.fullmatch(r"[A-Za-z][-_A-Za-z0-9]{5,19}", value):
            yield "wechat", value, run
        elif name == "data-website-id" and _UUID.fullmatch(value):
            yield "cs_tenant", f"umami:{value}", run


def _simple(sheet: Sheet, kind: str, pattern: re.Pattern[str]) -> Iterator[Hit]:
    for match in pattern.finditer(sheet.text):
        yield Hit(kind, next(group for group in match.groups() if group), match.start(), match.end())

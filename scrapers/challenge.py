"""Pages that stand where the watched page should be: login walls, captchas, challenges, gates, maintenance ...

Pure; used for fresh captures and for saved pages. A blocked page is an outcome, never a version: read as content it
would look as if every rule had been deleted. So it must fire on them, and must not fire on a product or a long terms
page that merely speaks of logins and maintenance: what decides is a short page without goods or rules of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from scrapers.model import Outcome, Reason
from scrapers.text import readable_text

_SHORT = 350  # characters of visible text: the longest block page seen in the field has about 250
_LONG = 1200
_MOST_HTML = 400_000

_GOODS = re.compile(
    r"[¥￥]\s*\d|\d+(?:\.\d+)?\s*元|库存|已售|售罄|缺货|加入购物车|立即购买|购买数量|商品描述|商品详情"
    r"|自动发货|发货方式"
)
_RULES = re.compile("售后|质保|退款|补发|有效期|免责|第[一二三四五六七八九十]+条")

_CHALLENGE_HTML = re.compile(
    r"/cdn-cgi/challenge-platform/|cf-browser-verification|_cf_chl_opt|window\._cf_chl|__jsl_clearance|acw_sc__v2"
    r"|arg1=['\"][0-9A-F]{40}|ddos-guard|/_guard/|guardret|__yjs_duid|yunsuo_session|jschl[-_]answer|btwaf|safeline"
    r"|proof[-_ ]?of[-_ ]?work|anubis[-_]challenge|_waf_bd8ce2ce37|probe_captcha|slowaes"
    r"|document\.cookie\s*=.{0,300}?\blocation(?:\.reload|\.href|\s*=)",
    re.IGNORECASE,
)
_CHALLENGE_TEXT = re.compile(
    r"just a moment|checking your browser|正在(?:验证|检查|检测)您?的?(?:浏览器|访问环境)|浏览器安全检查"
    r"|安全检查中|正在进行安全"
    r"|请稍候[^。]{0,12}(?:验证|检查)|ddos (?:protection|防护)|访问验证中|人机识别中|verify(?:ing)? you are human"
    r"|enable javascript and cookies|请(?:开启|启用)\s*(?:javascript|cookie)|防(?:cc|火墙).{0,8}(?:验证|检测)",
    re.IGNORECASE,
)
_CAPTCHA_HTML = re.compile(
    r"geetest_|gt4\.js|initGeetest|g-recaptcha|recaptcha/api|cf-turnstile|turnstile/v0|h-captcha|hcaptcha\.com"
    r"|TencentCaptcha|turing\.captcha|nc_1_n1z|aliyunCaptcha|yidun|vaptcha|captcha",
    re.IGNORECASE,
)
_CAPTCHA_TEXT = re.compile(
    r"滑动(?:滑块|验证|以?完成)|拖动(?:滑块|下方)"
    r"|(?:请|向右)(?:完成|进行|通过).{0,6}(?:安全|人机|滑动|拼图)?验证|人机(?:身份)?验证"
    r"|请输入(?:图形|图片|下图)?(?:中的)?验证码|安全验证|点击按钮(?:进行|完成)验证|依次点击|i'?m not a robot"
    r"|我不是机器人"
    r"|访问过于频繁|访问频率过高|请求过于频繁|too many requests",
    re.IGNORECASE,
)
_LOGIN_PLACE = re.compile(
    r"/(?:user/)?(?:auth(?:entication)?/)?(?:login|signin|sign-in|logon|passport)\b|denglu", re.IGNORECASE
)
_LOGIN_TEXT = re.compile(
    r"请先?(?:登录|登陆)|登[录陆]后(?:可见|查看|访问|才能|再)|您?(?:还)?(?:未|没有)登[录陆]|需要登[录陆]"
    r"|会员登[录陆]|用户登[录陆]"
    r"|请输入(?:密码|账号|用户名)|登[录陆]已?(?:过期|失效|超时)|log ?in to continue|please (?:log|sign) ?in|忘记密码",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"<input\b[^>]{0,500}type\s*=\s*[\"']?password", re.IGNORECASE)
_GATE_TEXT = re.compile(
    r"(?:请|点击|选择|用|在)[^。]{0,14}浏览器\s*(?:中|里|内)?\s*(?:打开|访问|继续)|内置浏览器打开"
    r"|(?:微信|qq)\s*(?:或|和|/)?\s*(?:微信|qq)?\s*"
    r"内?(?:访问|打开|无法)|已停止访问该网页|非微信官方网页|如需浏览[^。]{0,8}(?:长按|复制)网址",
    re.IGNORECASE,
)
_MAINTENANCE = re.compile(
    r"(?:店铺|网站|本站|系统|平台|站点|服务器?|页面)?(?:正在|临时|停机|升级|系统)(?:进行)?(?:维护|升级)"
    r"|维护中|升级中|维护升级"
    r"|(?:店铺|网站|本站|平台|站点)(?:已|暂时|暂)?(?:关闭|打烊|停业|歇业|停止营业|暂停营业|暂停服务|休息)|暂停营业"
    r"|under maintenance|be (?:right )?back soon|temporarily unavailable|service unavailable",
    re.IGNORECASE,
)
_NOT_FOUND = re.compile(
    r"(?:商品|页面|网页|内容|文章|分类|店铺|链接|资源|地址|宝贝)(?:您?访问的)?(?:已)?(?:不存在|找不到|未找到|已?被?删除|已失效|走丢)"
    r"|(?:找不到|未找到|不存在)(?:该|此|这个|您?(?:要)?访问的|相关)?(?:商品|页面|网页|内容|店铺|链接)"
    r"|没有找到(?:该|您|相关)"
    r"|page not found|404 not found|not found|no such (?:page|product)|页面(?:飞|跑|走)",
    re.IGNORECASE,
)
_NOT_FOUND_TITLE = re.compile(
    r"^\s*(?:404\b|.*(?:页面|商品|网页)(?:不存在|未找到|找不到)|not found|page not found)", re.IGNORECASE
)
_SUSPENDED = re.compile(
    r"account (?:has been )?suspended"
    r"|(?:网站|域名|站点|空间|主机|账户|账号)(?:已)?(?:被|因)?(?:[^。，]{0,20})?(?:暂停|停用|关停|冻结|封停)"
    r"|(?:未|没有)(?:进行)?(?:icp)?备案|未取得.{0,8}备案|备案.{0,10}(?:阻断|禁止访问|无法访问)"
    r"|该(?:网站|域名).{0,10}(?:暂时)?无法(?:进行)?访问"
    r"|(?:涉嫌|疑似).{0,10}(?:诈骗|违法|欺诈)|反诈|域名(?:已)?(?:过期|到期|停放)"
    r"|(?:本|此|该|这个)?域名.{0,6}(?:出售|转让)|domain (?:is |may be )?for sale"
    r"|buy this domain|this domain (?:name )?(?:has )?expired|没有找到站点"
    r"|您的请求在web服务器中没有找到对应的站点|站点创建成功"
    r"|welcome to nginx|apache2 (?:debian|ubuntu) default page|it works!",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Block:
    """What stands in place of the page. `detail` is the words that told."""

    outcome: Outcome
    reason: Reason
    detail: str


def recognise_block(
    *, status: int | None, title: str, text: str, html: str, url: str, requested_url: str
) -> Block | None:
    """Say what stands in place of the watched page, or None when it is the page itself.

    `text` is the visible text; "" lets it be taken from `html`. `url` is where the visit ended.
    """
    html, title = html[:_MOST_HTML], title[:300]
    words = " ".join((text or readable_text(html)).split())
    length = len(words.replace(" ", ""))
    if length > _LONG:
        return None
    has_goods = bool(_GOODS.search(words))
    # Two words of rules are a rule page; one alone may stand in a footer.
    has_rules = len(set(_RULES.findall(words))) >= 2
    if has_goods or has_rules or (length > _SHORT and (status or 200) < 400):
        return None
    seen = f"{title} {words}"

    gate = _GATE_TEXT.search(seen)
    if gate:
        return _block(Reason.GATE, gate)
    password = _PASSWORD.search(html) is not None
    login_place = _LOGIN_PLACE.search(urlsplit(url).path)
    login_words = _LOGIN_TEXT.search(seen)
    if password and (login_place or login_words or re.search(r"登[录陆]|log ?in|sign ?in", title, re.IGNORECASE)):
        return Block(Outcome.BLOCKED, Reason.LOGIN, _shorten(login_words.group() if login_words else title or url))
    captcha = _CAPTCHA_TEXT.search(seen)
    challenge = _CHALLENGE_TEXT.search(seen)
    if captcha and not (challenge and not _CAPTCHA_HTML.search(html)):
        return _block(Reason.CAPTCHA, captcha)
    if challenge:
        return _block(Reason.CHALLENGE, challenge)
    maintenance = _MAINTENANCE.search(seen)
    if maintenance:
        return _block(Reason.MAINTENANCE, maintenance)
    suspended = _SUSPENDED.search(seen)
    if suspended:
        return _block(Reason.SUSPENDED, suspended)
    if (status or 200) < 400:
        gone = _NOT_FOUND_TITLE.search(title) or _NOT_FOUND.search(words)
        if gone:
            return _block(Reason.SOFT_404, gone)
    if login_words and (login_place or url != requested_url or length < 60):
        return _block(Reason.LOGIN, login_words)
    if login_place and url != requested_url and length < _SHORT:
        return Block(Outcome.BLOCKED, Reason.LOGIN, f"sent to {_shorten(url)}")
    script = _CHALLENGE_HTML.search(html)
    if script and length < 60:
        return _block(Reason.CHALLENGE, script)
    if length < 60 and _CAPTCHA_HTML.search(html) and not password:
        return Block(Outcome.BLOCKED, Reason.CAPTCHA, "a captcha and nothing else")
    if length < 2 and (status or 200) < 400 and not re.search(r"<(?:img|canvas|video|object|embed|i?frame)\b", html):
        return Block(Outcome.BLOCKED, Reason.EMPTY_SHELL, "the page shows no text and no picture")
    return None


def _block(reason: Reason, match: re.Match[str]) -> Block:
    return Block(Outcome.BLOCKED, reason, _shorten(match.group()))


def _shorten(text: str) -> str:
    return " ".join(text.split())[:120]

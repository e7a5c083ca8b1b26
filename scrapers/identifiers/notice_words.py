"""The words by which a notice says what a domain is to the site: where it moved, what it was, a mirror, a fake.

`find_cues` gives the cues of a text in order. Tables only; what they mean beside a domain is `notices`' to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class MoveRole(StrEnum):
    """What a page says that a domain is to it. Only `successor` says that the platform is there now."""

    SUCCESSOR = "successor"
    MIRROR = "mirror"
    FORMER = "former"
    RELEASE = "release"
    WARNED = "warned_against"
    PARTNER = "partner"
    BRANCH = "branch"


@dataclass(frozen=True)
class Cue:
    """A cue in a text. `role` None: the words give the address another purpose. `weak`: needs words about the site."""

    role: MoveRole | None
    start: int
    end: int
    weak: bool = False


_NOUN = "(?:网址|域名|地址|网站|官网|入口|链接|站点|网点|商城|平台|站|窝|家园|地盘)"
_SOFT = "(?:的|官方|可用|稳定|有效|登录|登陆|访问|平台|商城|网站|本站|防封|备案)"
_TURN = (
    "(?:更换|变更|调整|合并|并|迁移|搬迁|搬家|搬|挪|转移|切换|更改|更新|升级|启用|改用|改|换|迁|跳转|转|更名)"
    "(?:为|到|至|成|往|了|使用|用|入)"
)
_PURPOSES = (
    "下载|版本|安装|更新包|教程|充值|激活|兑换|查询|查单|提取|提卡|取卡|接码|收货|发货|邮寄|解压|网盘|客服|投诉|举报|备案|公示|"
    "验证|绑定|接口|支付|付款|回调|播放|观看|改密|换绑|解封|申诉|退款|注册|账号|帐号|游戏|软件|客户端|帮助|说明|视频|文档|邮箱|"
    "通道|图片|素材|插件|脚本|食用|食品|办公|联系|经营|公司|店铺|实体|钱包|收款|转账|合约|充币|提现|服务器|测试|演示|后台"
)
_BARE = "(?:通过|换|改|在|速来|快来|到|去|用|从|走)"
# Where a bare 到 or 用 is enough: the old address is gone, or a new time begins.
GONE = re.compile(
    "即日起|以后|今后|往后|被举报|没办法|撑不|原(?:网址|域名|地址|站)|旧(?:网址|域名|地址|站)|老(?:网址|域名|地址|站)|关门|关站|停用|失效|被墙|被封|打不开|进不去|登不上|"
    r"挂了|凉了|没了|炸了|崩了|废了|被端|跑不动|换域|\b(?:from now on|no longer|expired|blocked|closed)\b",
    re.I,
)
SITE_ITSELF = re.compile("本(?:站|店|平台|公司|网站|商城|系统)|我(?:站|司|们|店|平台)|平台|网站域名|商城|全站|整站")
CHANGES = re.compile("[换变迁改搬转移]|更新|升级")
OLD = re.compile("[原旧老](?:网址|域名|地址|站)")
BARE = re.compile(rf"{_BARE}\Z")
PURPOSE = re.compile(_PURPOSES)
_CHANGED = f"(?:(?:已经|已|现已|现|将)?{_TURN}?(?:更换|变更|更新)?)?"
# 接口域名由 a 变更为 b: it is the interface that moves.
OF_ANOTHER = re.compile(
    rf"(?<![本我])(?:{_PURPOSES})(?:官方|的|专用|后台|登录|登陆)?(?:网址|域名|地址|网站|官网|入口|链接|站点|站|平台|系统|通道)"
    rf"(?:[^，,。；;！!]{{0,8}}{_TURN}|\s?[:：]?\s?(?:已经?|现已?|将)?(?:由|从)?\s?\Z)"
)

_TABLE: tuple[tuple[MoveRole | None, bool, str], ...] = (
    (
        MoveRole.WARNED,
        False,
        "假冒|冒充|冒用|假扮|盗用|仿造|模仿|克隆|山寨|仿冒|盗版|钓鱼|谨防|防骗|骗子|诈骗|被骗|假网|假站|假域名|假的|虚假|伪站|伪造|仿站|高仿|李鬼|黑站|"
        "非(?:本站|我站|我们|官方)|不是(?:本站|我们|本店|官方)|与(?:本站|我们|本店|本平台|本商城)(?:无(?:任何)?关|没有(?:任何)?关[系联])|"
        "(?:请勿|切勿|切莫|勿|不要|千万别|别)(?:再|去|在)?(?:轻易)?(?:访问|信(?![息用])|进(?![行])|登录|登陆|相信|进入|打开|上当|点击|充值|付款|下单|购买|使用)|"
        "警惕|当心|小心|避雷|拉黑|装成|假装|扮成|黑网站|跑路站|(?:从未|从来没有?|没有|未曾?)(?:授权|委托|开设|开通|使用过)|"
        r"\b(?:fake|scam|phishing|fraud\w*|impost[eo]rs?|impersonat\w+|counterfeit|clone\ssites?|beware|avoid)\b|"
        r"\bnot\s(?:our|affiliated|official)\b|\b(?:do\snot|don't|never)\s(?:visit|trust|use|open|log\s?in|pay)",
    ),
    (
        MoveRole.FORMER,
        False,
        f"(?:旧版?|老版?|原|原来的?|原先的?|之前的?|以前的?|历史|曾经的?|往期|曾用的?|过去的?|废弃的?|停用的?|失效的?){_SOFT}{{0,2}}"
        f"(?:网址|域名|地址|网站|官网|入口|链接|站点|站|窝|家|商城|平台|店铺|店)|曾用名|原(?:来)?(?:为|是|名)?\\Z|前身(?:网站|域名|站点?|平台)?(?:为|是|系|即|叫)?\\Z|"
        f"(?<![\u3400-\u9fff])[旧老](?:的(?:那个|这个)?)?\\Z|[（(【\\[](?:旧|老|原|已?停用|失效)[)）】\\]]\\Z|"
        "(?:不再|停止|停)(?:使用|用|访问|维护|解析|续费)|已?(?:作废|废弃|弃用|失效|下线|被墙|被封|注销|停止访问)|"
        r"\b(?:old|former|previous|retired|expired)\s(?:domain|address|site|website|web\ssite|url|link)(?:\sname)?",
    ),
    (
        MoveRole.RELEASE,
        False,
        f"发布(?:页|站|器|网址|地址|域名)|(?:永久|地址|网址|域名)导航|导航(?:页|站|网址)|防(?:失联|丢失|走失|迷路|丢)(?:页|导航|发布|网站|主页)|"
        f"回家(?:页|路|地址|的路)|(?:地址|网址|域名)(?:(?:发布|导航|大全|获取)页?|更新页)|(?:获取|查看|查询|找回|找到)最新{_NOUN}|发布渠道|"
        f"(?<![\u3400-\u9fff])发布\\Z|(?:找不到|走丢|迷路|忘记?了?(?:网址|地址|域名))[^，,。；;]{{0,10}}(?:看|来|到|去|找)(?:这里|这个?|下面)?|"
        r"\b(?:publish(?:ing)?|release|navigation|address)\spage\b|\b(?:find|get|check|see)\s(?:us|(?:our|"
        r"the)\s(?:new|latest|current)\s(?:domain|address|url|link)s?)(?:\s(?:at|on|in))?\b",
    ),
    (
        MoveRole.SUCCESSOR,
        False,
        f"(?:最新|全新|新|永久|固定|唯一|正版|正规|长期|防失联|防丢失|防走失|防迷路|防丢|防封|真正|现用|现在|(?<![出发实兑])现|目前|当前|"
        f"今后){_SOFT}{{0,4}}[^\\w：:，,。]{{0,3}}{_NOUN}|"
        "(?:网址|域名|地址)(?:更新|变更|更换|变动|切换)(?:提醒|通知|公告)?\\Z|(?:网址|域名|地址)永[久远]不[变换丢]|新版(?:网站|平台|商城|站点|官网)|"
        "新(?:窝|家|据点|大本营|地方|去处|位置)(?![\u3400-\u9fff]*(?:具|电|居))|"
        "(?:网址|域名|地址)又?(?:变|换|改)(?:了|啦)|(?:换|改)(?:了|新)?(?:域名|网址|地址|站|名)(?:了|啦|咯|喽)?(?:不换人)?|转战(?:到|至)?|"
        "(?:搬|迁|挪)(?:家|窝|迁)?(?:到|至|去)(?:了)?|"
        "(?:只|就|都)认(?:这)?(?:一|个|里|家)*|(?:收藏夹|书签)[^，。；]{0,8}(?:为|成|换)|"
        "(?:本站|我站|本店|本平台|本商城|本网站)(?:的)?(?:域名|网址|地址)(?:现在?|已|目前)(?:为|是|改)?",
    ),
    (
        MoveRole.SUCCESSOR,
        False,
        r"\b(?:new|latest|permanent)\s(?:and\sonly\s)?(?:domain|address|site|website|web\ssite|url|link|"
        r"home)(?:\sname)?(?:\sis|\sat)?\b|"
        r"\b(?:moved?|relocated|migrated|switched|redirect(?:ed|ing)|changed)\s(?:\w{1,12}\s){0,2}to\b|"
        r"\bthe\snew\sone\b|\bwe(?:'re|\sare)\snow\s(?:at|on)\b|\b(?:only|sole)\s(?:\w{1,12}\s)?(?:domain|address|site|website)\b|\b(?:site|"
        r"shop|store|domain)\s(?:has\s|is\s)?(?:moved|changed)\b|"
        r"\b(?:save|remember|note|keep)\s(?:this|our|the)\s(?:new\s)?(?:address|domain|site|url|link)\b|"
        r"\bbookmark\b(?:\s(?:us|our|this|site|domain|address)){0,3}",
    ),
    (MoveRole.SUCCESSOR, False, f"(?:防失联|防丢失|防走失|防迷路|防丢|永久收藏|永久){_SOFT}{{0,2}}\\Z"),
    (
        MoveRole.SUCCESSOR,
        False,
        f"(?:已经|已|现已|现|将|正式|全面|即将|统一|永久|全站|整站|域名|网址|地址|网站|平台|本站|站点|商城|我们|起|日){_TURN}"
        f"(?:全?新的?|以下|如下)?{_NOUN}?",
    ),
    (
        MoveRole.SUCCESSOR,
        False,
        "(?<![\u3400-\u9fff])(?:全部|所有|本站|本店|本?平台|整站|网站|商城|我们的?|现有|的|全|一切){0,3}业务"
        f"(?:已经?|现已?|将|全部|整体|统一|均|都){{0,2}}{_TURN}",
    ),
    (
        MoveRole.SUCCESSOR,
        False,
        "(?<![\u3400-\u9fff])(?<![\u3400-\u9fff]\\s)(?:最?新|新的(?:那个|这个|一个)?)\\Z|[（(【\\[](?:最?新|现用|启用)[)）】\\]]\\Z|统一(?:使用|访问|用|走|到)",
    ),
    (MoveRole.SUCCESSOR, False, f"启用了?(?:全?新的?)?{_NOUN}|启用了?\\Z|认准|移步(?:到|至)?"),
    (
        MoveRole.SUCCESSOR,
        False,
        "(?:请|务必|记得|建议|敬请|望|麻烦)?(?:大家|各位|您|重新|及时|用户|客户|会员|商户|新老|一定|务必){0,4}"
        "(?:收藏|牢记|记住|记牢|记好|记下|保存|存好|存一下)(?!了?[本该此]?(?:商品|宝贝|店铺|帖|视频|文章|图片|教程|卡密|订单))"
        f"(?:好|本站|我们|一下|新|最新|永久|以下|此|该|如下|下面|这个|本|的){{0,4}}{_NOUN}?",
    ),
    (MoveRole.SUCCESSOR, False, "(?:以后|今后|日后|往后|之后)(?:请|都|统一|就)?(?:访问|使用|用|到|从|认准|登录|上)"),
    (
        MoveRole.MIRROR,
        False,
        "(?:[两二三四五六七八九十几多2-9]个?|以下|下列|下面|这些|这几个|所有|全部|任意|任何)(?:一个)?(?:的)?(?:网址|域名|地址|站点?|入口|链接|线路)?"
        "[^，,。；;！!\\w]{0,2}(?:目前|现在)?(?:都|均|皆)(?:可以?|能|是|行)?(?:够)?(?:正常)?(?:进入?|访问|打开|使用|用|登[录陆]?|上)|"
        "(?<![\u3400-\u9fff])备(?:站|域名|网址|线)|副站|"
        f"(?:备用|备份|应急|镜像|分流){_SOFT}{{0,3}}{_NOUN}?|(?:临时|副|第二|防劫持|其他|其它|任意){_SOFT}{{0,3}}{_NOUN}|"
        r"\b(?:backup|mirror|alternat(?:e|ive)|spare)\b(?:\s(?:domain|address|site|website|url|link)s?)?|"
        r"\b(?:if|when)\b[^.!;]{0,30}\b(?:cannot|can't|can\snot|unable|fails?|down|"
        r"blocked)\b[^.!;]{0,30}\b(?:try|use|visit|go\sto|open)\b|"
        "主用(?:网址|域名|线路|站)?|(?:打不开|进不去|被墙|被封|上不去|登不上|挂了|卡了|访问不了)[^。；;！!现已]{0,14}?"
        "(?:走|用|切|换|试试?|看看|进|上)(?:到|至)?[^，,。；;！!]{0,6}\\Z|"
        r"\bmain(?:\s(?:domain|address|site|website|url|link))?\Z|"
        "(?<![\u3400-\u9fff])(?:电脑|手机|移动|PC)(?:端|版)\\Z|临时使用|备用[一二三四五六七八九十\\d]{{0,2}}|"
        "线路[一二三四五六七八九十\\d]{1,2}|(?:网址|域名|地址|入口|站点|链接|主站)[一二三四五六七八九十1-9]{1,2}(?!\\d)|"
        "(?:电信|联通|移动|海外|国际|国内|手机|电脑|PC|wap)(?:端|版)?(?:线路|网址|入口|域名|地址|访问)|主(?:站|域名|网址)|"
        "(?:如|若|万一|一旦|要是|假如)[^。；;！!]{0,18}(?:打不开|不能(?:访问|打开)|无法(?:访问|打开)|失效|被封|访问不了|进不去|失联|异常|故障|中断|卡顿)"
        "[^。；;！!]{0,8}?(?:访问|使用|打开|试|用|进|登录|切换(?:至|到)?|换|走|去|来)|"
        "(?:打不开|被墙|被封|失效|进不去|访问不了|上不去|登不上|抽风|卡顿|卡了|太?慢|不稳定?)(?:了|"
        "的)?(?:话|时|后|人|铁子|兄弟们?|朋友|老板|用户|同学)?[，,]? ?"
        "(?:请|可以?|就|先|都|大家|各位|再|直接){0,3}(?:走|用|试|访问|使用|换|复制|去|来|到)(?:用|试|下面|以下|一下|这个)*|(?:先|暂)(?:用|走)|"
        "(?:临时|暂时)(?:请|可)?(?:使用|用|访问|到)|"
        "(?:国外|海外|国际|国内|港澳台)(?:用户)?(?:请|可)?(?:用|使用|访问|走)",
    ),
    (
        MoveRole.PARTNER,
        False,
        "友情链接|友链|合作(?:伙伴|商家|商户|商|网站|平台|站点|站)?|对接(?:站|网址|地址|平台|域名|网站)?|货源(?:站|网|平台)?|上游|"
        "供货商?|上家|拿货|进货|数据来源于?|\\bpartners?\\b|\\bfriend(?:ly)?\\slinks?\\b|\\bsponsor(?:s|ed)?\\b|兄弟(?:站|"
        "平台)|推荐(?:网站|平台|站)|赞助|广告|技术支持|数据来源|加盟|代理|"
        "(?:程序|源码|模板|主题|建站|搭建)(?=\\s?[:：]|由|来自|提供|\\Z)",
    ),
    (MoveRole.BRANCH, False, "分站|子站|下级站|代理站|加盟站|旗下(?:网站|站|平台)?|分店"),
    (
        None,
        False,
        f"代理(?:后台|入口|登录|中心)|(?<![本我])(?:{_PURPOSES})(?:官方|的|专用|后台|入口|页面|登录|登陆)?(?:网址|域名|地址|网站|官网|入口|链接|站点|平台|通道|页面|页)|"
        f"(?<!本站)(?<!平台)(?<!商城)(?<!网站)(?<!我们)(?<!商户)(?<!最新)(?<!新)(?<!会员)(?<!代理)(?:登录|登陆)(?:网址|地址|入口|链接){_CHANGED}|"
        r"\b(?:download|docs?|api|help|support|password|blog|account|app|powered\sby|themed?\sby|"
        r"designed\sby|developed\sby|made\sby|log\s?in|"
        r"sign\s?in|follow\sus)\b[^.!;]{0,12}",
    ),
    (MoveRole.SUCCESSOR, True, f"{_BARE}\\Z"),
    (
        MoveRole.SUCCESSOR,
        True,
        r"\bofficial\s(?:site|website|web\ssite|domain|address|url)\b|\b(?:visit|go\sto|use|try|enter|"
        r"open|our\s(?:site|website|domain|address))\b|"
        "(?:现在|大家|都|就|请|直接|先|全)(?:去|到|上|用|走)|官网|官方(?:网站|网址|域名|地址|平台|站|商城)|(?:访问|前往|登录|登陆|进入|打开|使用|改用|请到|请去|请用)"
        f"{_NOUN}?|(?:本站|网站|平台|商城|登录)?(?:网址|域名|地址)",
    ),
)
KEEPING = re.compile("收藏|牢记|记住|记好|记下|保存|bookmark", re.I)
_PATTERNS = tuple((role, weak, re.compile(pattern, re.I)) for role, weak, pattern in _TABLE)
ABOUT_SITE = re.compile(
    "本站|本店|本平台|本商城|本网站|我站|我们|新(?:域名|网址|站|地址)|域名|更换|迁移|搬家|搬迁|收藏|失联|被墙|被封|"
    "旧(?:域名|网址|站|地址)|停用|失效|打不开|老站|新站|主站|进不去|登不上|挂了|凉了|被端|跑不动|换域|关站|关门|即日起|原(?:网址|域名|地址|站)|不再维护|"
    r"\b(?:domain|no longer|expired|blocked|moved|clos(?:ed|ing)|this (?:site|shop)|our (?:site|shop|store|website))\b",
    re.I,
)
TURNS_INTO = re.compile(
    f"{_TURN}(?:全?新的?|以下|如下)?{_NOUN}?[:：\\s是为]{{0,3}}\\Z|(?:→|[—=-]{{1,4}}>|➡|⇒|>>)\\s?\\Z|"
    r"\b(?:moved?|changed|migrated|relocated|redirect(?:s|ed)|switched)\s(?:\w{1,12}\s)?to\s?\Z|\bis\snow\s?\Z",
    re.I,
)
ANY_CUE = re.compile(
    "前身|抢注|浏览器|才是|业务|过来|而来|继续|都能|均可|都可|备站|"
    "使用|网址|域名|地址|官网|入口|线路|备用|永久|收藏|牢记|记住|认准|失联|丢失|迷路|走失|移步|搬|迁|更换|变更|切换|启用|停用|旧|老|原|"
    "发布|导航|假|冒|骗|防|山寨|仿|钓鱼|分站|合作|友链|友情|代理|加盟|对接|访问|前往|主站|镜像|失效|废弃|被墙|被封|停止|统一|改用|请用|请走|无关|无任何|书签|暂时|请到|"
    "请去|今后|以后|日后|手机|电脑|"
    "应急|临时|技术支持|赞助|广告|货源|上游|供货|源码|程序|模板|搭建|子站|下级|旗下|分店|推荐|打不开|不再|警惕|小心|当心|不要|别|→|->|=>|"
    "网站|平台|新|现|主用|切|装成|避雷|截图|到|去|找不到|关门|save|窝|挪|转战|换|改|就认|只认|进不去|登不上|上不去|抽风|先用|大家|现在|授权|他人|骗|上家|拿货|进货|"
    "来源|提供|制作|并入|合并|调整|"
    "公布|更新|挂了|凉了|被端|跑不动|没了|不要了|"
    r"\b(?:new|old|former|latest|permanent|domain|address|site|website|moved?|mirror|backup|alternat|"
    r"spare|official|fake|scam|phishing|beware|"
    r"bookmark|partner|friend|sponsor|expired|blocked|main|closed|no longer|not|instead|visit|redirect|"
    r"switch|find us|publish)",
    re.I,
)
"""What no notice is without: lines without it are passed over."""


def find_cues(text: str) -> Iterator[Cue]:
    """All cues of a text, in no order."""
    for role, weak, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield Cue(role, match.start(), match.end(), weak)

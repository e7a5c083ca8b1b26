"""Makes identifiers that are well formed and never twice the same: each number in, one value out."""

from __future__ import annotations

import hashlib

_PRIME = 3_999_999_979
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
PLACES = (
    ("粤", "44", "440106", "广州市天河区"), ("粤", "44", "440305", "深圳市南山区"),
    ("浙", "33", "330106", "杭州市西湖区"), ("苏", "32", "320106", "南京市鼓楼区"),
    ("京", "11", "110105", "北京市朝阳区"), ("京", "11", "110108", "北京市海淀区"),
    ("沪", "31", "310115", "上海市浦东新区"), ("川", "51", "510107", "成都市武侯区"),
    ("鄂", "42", "420111", "武汉市洪山区"), ("湘", "43", "430104", "长沙市岳麓区"),
    ("闽", "35", "350203", "厦门市思明区"), ("鲁", "37", "370102", "济南市历下区"),
    ("豫", "41", "410105", "郑州市金水区"), ("陕", "61", "610113", "西安市雁塔区"),
    ("皖", "34", "340104", "合肥市蜀山区"), ("渝", "50", "500103", "重庆市渝中区"),
    ("冀", "13", "130102", "石家庄市长安区"), ("辽", "21", "210102", "沈阳市和平区"),
)  # fmt: skip
_HEADS = "云星海天瑞博恒鼎腾飞凌宏捷乐优易迅鑫盛泰华诚聚创卓锐悦麦橙青"
_TAILS = "信通联购卡数点游科网汇达远宇辰帆途智源禾森洋翼桥策元驰凯"
_TRADES = ("网络科技有限公司", "信息技术有限公司", "电子商务有限公司", "科技有限公司", "文化传媒有限公司")
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹"
_GIVEN = (
    "伟",
    "芳",
    "娜",
    "敏",
    "静",
    "磊",
    "强",
    "军",
    "洋",
    "勇",
    "艳",
    "杰",
    "涛",
    "明",
    "超",
    "秀英",
    "建国",
    "子轩",
    "浩然",
    "欣怡",
    "俊杰",
    "晓东",
    "志强",
    "海燕",
    "婷婷",
    "文博",
    "宇航",
    "佳琪",
    "雨桐",
    "思远",
)
_SOUNDS = (
    "ba",
    "be",
    "chi",
    "da",
    "dian",
    "fa",
    "fei",
    "fu",
    "gou",
    "hao",
    "hui",
    "jia",
    "ka",
    "ke",
    "kuai",
    "la",
    "le",
    "li",
    "ling",
    "ma",
    "mai",
    "mi",
    "na",
    "niu",
    "pai",
    "pin",
    "qi",
    "qu",
    "rui",
    "sha",
    "shou",
    "su",
    "tai",
    "tong",
    "wan",
    "wo",
    "xi",
    "xin",
    "ya",
    "yi",
    "you",
    "yun",
    "za",
    "zhi",
    "zuo",
)
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_SLOTS = 40_009  # numbers of different kinds are spread apart


def spread(number: int, salt: int = 0) -> int:
    """A number below the prime, another one for every number: what looks random and never collides."""
    return (number * 2_654_435_761 + salt * _SLOTS + 97) % _PRIME


def digest(*parts: object) -> str:
    """64 hex digits of what is given."""
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()


def place_of(number: int) -> tuple[str, str, str, str]:
    """Province, its number, division and the division's name."""
    return PLACES[spread(number, 3) % len(PLACES)]


def make_uscc(number: int) -> str:
    """A USCC whose check characters hold."""
    body = f"{spread(number, 1) % 100_000_000:08d}"
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(body, _ORG_WEIGHTS, strict=True)) % 11
    code = "91" + place_of(number)[2] + body + ("0" if rest == 11 else "X" if rest == 10 else str(rest))
    total = sum(_USCC.index(sign) * pow(3, place, 31) for place, sign in enumerate(code))
    return code + _USCC[(31 - total % 31) % 31]


def make_company(number: int) -> str:
    """The name of a company of the same place as the USCC of this number."""
    rest = spread(number, 5)
    signs = _HEADS[rest % len(_HEADS)] + _TAILS[rest // 29 % len(_TAILS)] + _HEADS[rest // 811 % len(_HEADS)]
    if number >= len(_HEADS) ** 2:
        signs += _TAILS[number % len(_TAILS)]
    town = place_of(number)[3].split("市")[0]
    return f"{town}{signs}{_TAILS[number // 29 % len(_TAILS)]}{_TRADES[rest % len(_TRADES)]}"


def make_address(number: int) -> str:
    """A postal address in that place."""
    rest = spread(number, 9)
    road = _HEADS[rest % len(_HEADS)] + _TAILS[rest // 31 % len(_TAILS)]
    return f"{place_of(number)[3]}{road}路{rest % 400 + 1}号{rest % 30 + 1}层"


def make_person(number: int) -> str:
    """A person's name: many bear the same."""
    rest = spread(number, 7)
    return _SURNAMES[min(rest % 60, rest // 61 % 30)] + _GIVEN[rest // 7 % len(_GIVEN)]


def make_icp(number: int) -> str:
    """An ICP number without the number of the site."""
    return f"{place_of(number)[0]}ICP备{2012 + spread(number, 11) % 14}{number % 1_000_000:06d}号"


def make_value(kind: str, number: int) -> str:
    """The canonical value of an identifier of this kind; another one for every number."""
    rest, text = spread(number, 13), digest(kind, number)
    if kind in ("uscc", "company", "icp"):
        return {"uscc": make_uscc, "company": make_company, "icp": make_icp}[kind](number)
    if kind == "payee" or kind == "registrant":
        return make_company(number) if number % 5 < 2 else make_person(number)
    province, _code, division, _town = place_of(number)
    small = f"{rest % 36**3:05d}"
    simple = {
        "icp_license": f"{province}B2-{2010 + rest % 15}{number % 10_000:04d}",
        "police_icp": f"{province}公网安备{division}{2_000_000 + number % 5_999_999:08d}号",
        "alipay_static": f"fkx{text[:14]}",
        "wechat_static": f"wxp://f2f{text[:32]}",
        "merchant_id": f"alipay:2088{rest:012d}" if number % 3 else f"wechat:1{rest % 10**9:09d}",
        "epay_pid": f"{gateway_of(number)}#{1001 + number // 12 % 90_000}",
        "qq": str(100_000_000 + rest % 3_800_000_000),
        "qq_group": str(110_000_000 + rest % 880_000_000),
        "wechat": f"{_SOUNDS[rest % 45]}{_SOUNDS[rest // 45 % 45]}{number:05d}",
        "mobile": f"1{'3589'[number % 4]}{rest % 10**9:09d}",
        "tel400": f"4008{number % 10**6:06d}",
        "telegram": f"{_SOUNDS[rest % 45]}{_SOUNDS[rest // 45 % 45]}_{number:x}",
        "email": f"{_SOUNDS[rest % 45]}{number}@{('163.com', 'gmail.com', 'foxmail.com')[rest % 3]}",
        "baidu_tongji": text[:32],
        "cnzz": str(1_250_000_000 + number % 700_000_000),
        "la51": f"{text[:16]}",
        "ga": f"G-{text[:10].upper()}",
        "gtm": f"GTM-{text[:7].upper()}",
        "verification_meta": f"baidu-site-verification=code{text[:10]}",
        "verification_dns": f"google-site-verification={text[:43]}",
        "cs_tenant": f"{('meiqia', '53kf', 'udesk')[number % 3]}:{200_000 + number}",
        "favicon": f"{int(text[:8], 16) - 2**31}:{text}",
        "design": text[:16],
        "tls_spki": text,
        "ip": f"{(43, 47, 103, 119, 154, 182)[rest % 6]}.{rest // 6 % 256}.{number // 250 % 256}.{number % 250 + 2}",
        "registrar": f"{400 + number % 40}",
        "mx": f"mx{small}.example-mail.cn",
    }
    if kind == "crypto":
        return make_tron(number)
    return simple[kind]


def gateway_of(number: int) -> str:
    """The registrable domain of one of the payment gateways that many shops rent."""
    return f"{_SOUNDS[number * 7 % 12]}pay{number % 12}.com"


def make_tron(number: int) -> str:
    """A TRC20 address whose check bytes hold."""
    raw = b"\x41" + bytes.fromhex(digest("tron", number))[:20]
    raw += hashlib.sha256(hashlib.sha256(raw).digest()).digest()[:4]
    value, text = int.from_bytes(raw, "big"), ""
    while value:
        value, rest = divmod(value, 58)
        text = _BASE58[rest] + text
    return text


def make_stem(number: int) -> str:
    """The stem of a brand, which is the first part of its domain names."""
    rest = spread(number, 17)
    sounds = [_SOUNDS[rest % 45], _SOUNDS[rest // 45 % 45]]
    if rest % 3:
        sounds.append(_SOUNDS[rest // 2025 % 45])
    return "".join(sounds) + ("", "ka", "faka", "shop", "card")[rest % 5]

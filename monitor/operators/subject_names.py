"""What a name is a name of: a firm, a sole trader, a person, an account; what a third party or a redaction is.

Takes names as statements spell them. What cannot be told is `NAME`: a trade name whose owner is unknown. Pure; the
words stand in monitor/reference/respondents.toml.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

from scrapers.identifiers.checks import canonical_value


class SubjectKind(StrEnum):
    """What a subject is. The words are promises of `cardwatch who --json`."""

    COMPANY = "company"
    TRADER = "trader"
    PERSON = "person"
    NAME = "name"
    ACCOUNT = "account"
    FILING = "filing"


KIND_ZH = {
    SubjectKind.COMPANY: "企业",
    SubjectKind.TRADER: "个体工商户",
    SubjectKind.PERSON: "自然人",
    SubjectKind.NAME: "名称（性质不明）",
    SubjectKind.ACCOUNT: "未具名的账户",
    SubjectKind.FILING: "备案主体（名称待查）",
}
_COMPANY = re.compile(r"公司|合伙企业|合作社|集团|事务所|研究院|学校|协会|基金会|大学|医院|银行")
_TRADER = re.compile(r"个体工商户|(?:工作室|商行|经营部|经营店|服务部|店|厂|中心|网吧|超市|批发部|门市部)$")
_LATIN_FIRM = re.compile(
    r"\b(?:inc|ltd|llc|limited|corp|corporation|co|company|gmbh|sarl|pte|pty|plc|holdings?|group|technology"
    r"|technologies|network|networks)\b",
    re.I,
)
_LATIN_PERSON = re.compile(r"[A-Za-z][a-z'-]{0,20}(?: [A-Za-z][A-Za-z'.-]{0,20}){1,3}")
_HAN_PERSON = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,6}·[\u4e00-\u9fff]{1,8}")
_PERSONAL = frozenset(
    {"mobile", "qq", "wechat", "telegram", "email", "alipay_static", "wechat_static", "merchant_id", "crypto"}
)
_MAIL = re.compile(r"(?<![A-Za-z0-9._%+*-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}")
_MASKED = re.compile(r"[*＊×]|X{2,}|x{2,}")
_TRADE_WORD = re.compile(r"网|科技|商|卡|店|数码|游|戏|充值|电|信|贸|服|支付|点券|铺|盟|站|平台|客服|官方|软件|售后")
_DOUBLE_SURNAMES = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "宇文", "长孙",
                    "司徒", "夏侯", "端木")  # fmt: skip
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾"
    "夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧"
    "耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古"
    "吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)


@dataclass(frozen=True)
class Words:
    """The lists and numbers of respondents.toml."""

    seen_days: int
    verified_days: int
    shared_sites: int
    shared_accounts: int
    shared_registrants: int
    many_sites_suffix: int
    third_party_roles: tuple[str, ...]
    third_party_names: frozenset[str]
    redacted: tuple[str, ...]
    invites: tuple[str, ...]
    apart: tuple[str, ...]
    own: tuple[str, ...]
    sellers: tuple[str, ...]
    doors: tuple[str, ...]
    entered: tuple[str, ...]
    between: tuple[str, ...]
    scope: tuple[str, ...]


@cache
def load_words() -> Words:
    """The lists, read once."""
    text = resources.files("monitor.reference").joinpath("respondents.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    windows, third, merchants = data["windows"], data["third_parties"], data["merchants"]
    return Words(
        windows["seen_days"],
        windows["verified_days"],
        windows["shared_sites"],
        windows["shared_accounts"],
        windows["shared_registrants"],
        windows["many_sites_suffix"],
        tuple(third["roles"]),
        frozenset(canonical_value("company", name) for name in third["names"]),
        tuple(data["redacted"]["words"]),
        tuple(merchants["invites"]),
        tuple(merchants["apart"]),
        tuple(merchants["own"]),
        tuple(merchants["sellers"]),
        tuple(merchants["doors"]),
        tuple(merchants["entered"]),
        tuple(merchants["between"]),
        tuple(data["scope"]["fitting"]),
    )


def classify_name(name: str, uscc: str = "") -> SubjectKind:
    """What a name is a name of; the first two characters of its USCC decide where there is one."""
    if uscc[:2] == "92":
        return SubjectKind.TRADER
    if uscc:
        return SubjectKind.COMPANY
    if not name or is_masked(name):
        return SubjectKind.ACCOUNT
    if _COMPANY.search(name):
        return SubjectKind.COMPANY
    if _TRADER.search(name):
        return SubjectKind.TRADER
    if is_person_name(name):
        return SubjectKind.PERSON
    return SubjectKind.COMPANY if _LATIN_FIRM.search(name) else SubjectKind.NAME


def is_person_name(name: str) -> bool:
    """Whether a name looks like a natural person's; a mistake to the careful side costs only that it is masked."""
    if _HAN_PERSON.fullmatch(name):
        known = name[0] in _SURNAMES or name.startswith(_DOUBLE_SURNAMES)
        return "·" in name or (known and (len(name) < 4 or not _TRADE_WORD.search(name[1:])))
    return bool(_LATIN_PERSON.fullmatch(name)) and not _LATIN_FIRM.search(name)


def is_double_surname(name: str) -> bool:
    """Whether a name begins with a family name of two signs (欧阳建国)."""
    return name.startswith(_DOUBLE_SURNAMES)


def is_masked(name: str) -> bool:
    """Whether a name is shown in part only (*明, 某某科技**): it cannot be told from another."""
    return _MASKED.search(name) is not None


def is_third_party(name: str, role: str) -> bool:
    """Whether a firm only serves the site: by the word beside it, or as a known holder of accounts or servers."""
    words = load_words()
    return name in words.third_party_names or any(word in role for word in words.third_party_roles)


def is_redacted(name: str) -> bool:
    """Whether a register gives no name here."""
    lowered = name.lower()
    return not name.strip() or any(
        word in lowered if len(word) > 4 or not word.isascii() else word == lowered for word in load_words().redacted
    )


def fits_scope(scope: str) -> bool:
    """Whether a 经营范围 has anything to do with selling over a network; an unknown one does."""
    return not scope or any(word in scope for word in load_words().scope)


def mask_name(name: str, kind: SubjectKind) -> str:
    """A natural person's name with all but its first character masked; other names as they are."""
    if "@" in name:
        name = mask_mails(name)
    if kind is not SubjectKind.PERSON or not name:
        return name
    first = 2 if name.startswith(_DOUBLE_SURNAMES) and len(name) > 2 else 1
    return name[:first] + "*" * min(len(name) - first, 8)


def mask_mails(text: str) -> str:
    """The text with every mail address in it masked but for its host, whatever it is said to be."""
    return _MAIL.sub(lambda match: mask_value("email", match[0]), text) if "@" in text else text


def mask_value(kind: str, value: str) -> str:
    """A contact or account of somebody with its middle masked; numbers of firms and filings as they are."""
    if kind in _PERSONAL:
        head, _, tail = value.rpartition("@") if kind == "email" else (value, "", "")
        kept = max(1, min(3, len(head) // 3))
        masked = head[:kept] + "*" * min(max(len(head) - 2 * kept, 1), 8) + head[len(head) - kept :]
        return f"{masked}@{tail}" if tail else masked
    if kind in ("payee", "registrant", "company"):
        return mask_name(value, classify_name(value))
    return mask_mails(value)

"""The patterns by which entities are found in folded text, the most telling first.

Each row: the kind, words of which one must be in the text (looked for first, since that is cheap), and the pattern.
"""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum

from monitor.changes.numerals import CHINESE_NUMBER, NUMBER


class EntityKind(StrEnum):
    """What an entity measures or names."""

    DURATION = "duration"
    MONEY = "money"
    SHARE = "share"  # 70%, 七成
    DISCOUNT = "discount"  # 8折: what is left of the price, in per cent
    COUNT = "count"
    DATE = "date"
    HOURS = "hours"  # 9:00-23:00: open hours a day
    CLOCK = "clock"
    CONTACT = "contact"
    AUTHORITY = "authority"  # 12315 and the like
    REGISTRATION = "registration"  # company name, credit code, ICP number


_DURATION_UNIT = (
    r"个?\s?(?:工作日|自然日|小时|钟头|星期|礼拜|季度)|秒钟?|分钟|分(?=内|以内|后)|h(?![a-z])|hours?|mins?|天(?!猫|天)|日(?!元|志|常|期)"
    r"|周(?!年|边)|个\s?月|月(?=内|质保|售后|有效|保修)|(?<=半)月|季(?=质保)|周年|年(?!会|费|度|卡|龄|版|代|级|货|底|终|付|[0-9]{1,2}月)"
)
_SOON = {"当天": 12, "当日": 12, "即日": 12, "次日": 24, "隔天": 24, "隔日": 24, "半天": 12, "半小时": 0.5, "秒发": 0, "秒到": 0, "即时": 0, "实时": 0}
WORD_HOURS = {word: Decimal(str(hours)) for word, hours in _SOON.items()}
ENDLESS_WORDS = r"永久|终身|终生|长期(?=有效|质保|保修|售后)|无限期|不限(?:时间|时)(?!段)|随时(?=可|都|申请|提现|退|反馈|投诉)"
_COUNT_UNIT = (
    r"gb|mb|tb|kb|mbps|人车|人团|人(?!民|工|员|为|士|心)|次|张|件|个(?!人|月|工作日|小时|自然日|别|性|字符)|份|单(?!独|价|次|笔)|台|端(?!口)|位"
    r"|倍|条|级|部|套|组|枚|点(?!击|卡|券|[0-9])|积分|席|笔|轮|局|账号|设备|线程|并发|星|k(?![a-z])|g(?![a-z])|m(?![a-z])|t(?![a-z])"
)
ENTITY_RULES: tuple[tuple[EntityKind, tuple[str, ...], re.Pattern[str]], ...] = tuple(
    (kind, tuple(needs.split()), re.compile(pattern))
    for kind, needs, pattern in (
        (EntityKind.REGISTRATION, "0 1 2 3 4 5 6 7 8 9", r"(?<![0-9a-z])[0-9a-hj-npqrtuwxy]{2}\d{6}[0-9a-hj-npqrtuwxy]{10}(?![0-9a-z])"),
        (EntityKind.REGISTRATION, "icp 公网安备", r"[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新]\s?(?:icp[备证]|公网安备)\s?\d{5,14}(?:号(?:-\d+)?)?"),
        (EntityKind.REGISTRATION, "公司 个体 工作室 商行 经营部", r"[\u4e00-\u9fff()a-z]{2,24}?(?:有限责任公司|股份有限公司|有限公司|个体工商户|工作室|商行|经营部)"),
        (EntityKind.CONTACT, "@", r"[a-z0-9._+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}"),
        (EntityKind.CONTACT, "http www .", r"(?:https?://|www\.)[^\s,，。;；\"'<>()（）\u4e00-\u9fff]{3,300}|(?<![a-z0-9@.])(?:[a-z0-9-]{1,63}\.){1,4}(?:com|cn|net|top|xyz|vip|cc|shop|test|example|org|icu|io|me|co|club|site|online|store|fun|pro|ltd|link|app)(?![a-z0-9])(?:/[^\s,，。;；\"'<>()（）\u4e00-\u9fff]{0,200})?"),
        (EntityKind.AUTHORITY, "12 96110", r"(?<!\d)(?:12315|12345|12321|12377|12318|96110|12381|12300)(?!\d)"),
        (EntityKind.CONTACT, "0 1 4 8", r"(?<![\d-])(?:[48]00-?\d{3,4}-?\d{3,4}|0\d{2,3}[- ]\d{3,4}[- ]?\d{4}|1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?![\d-])"),
        (EntityKind.CONTACT, "qq 企鹅 扣扣 群 微信 威信 vx wx wechat tg telegram 电报 飞机", r"(?:qq群?|企鹅群?|扣扣|群号?|微信号?|vx|wx|wechat|威信|telegram|tg|电报|飞机|纸飞机)\s?[:：]?\s?(?:@?[a-z][a-z0-9_-]{4,31}|\d{5,12})(?![0-9])"),
        (EntityKind.CONTACT, ": 群 号", r"(?<=[:群号])\s?\d{6,11}(?![\d.]|\s?(?:元|件|个|张|次|人|天|年))"),
        (EntityKind.HOURS, ": 点 时", r"(?:[早晚上下中]午?)?\d{1,2}(?::\d{2}|[点时](?:半)?)\s?[-~至到]{1,3}\s?(?:次日|凌晨|[早晚上下中]午?)?\s?\d{1,2}(?::\d{2}|[点时](?:半)?)"),
        (EntityKind.HOURS, "24 全天", r"7\s?[x×*]\s?24(?:小时)?|24小时(?=(?:全天)?(?:在线|客服|值班|人工|不打烊|营业|服务))|全天候?(?=在线|客服|值班|服务|24)"),
        (EntityKind.DATE, "- / . 年 月", r"\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}(?:\s?[日号])?|\d{4}\s?年\s?(?:\d{1,2}\s?月(?:底|初|中旬)?)?|(?<!\d)\d{1,2}\s?月\s?\d{1,2}\s?[日号]"),
        (EntityKind.CLOCK, ":", r"(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)"),
        (EntityKind.DURATION, "永久 终 长期 无限期 不限时 随时", ENDLESS_WORDS),
        (EntityKind.DURATION, "天 日 时 分 秒 周 月 年 季 h min 星期 礼拜 钟头 +", rf"(?<!第)(?:{NUMBER})\s?个?半?\s?(?:多\s?)?(?:{_DURATION_UNIT})半?|(?<![a-z])[td]\+\d{{1,2}}"),
        (EntityKind.DURATION, "半 天 日 时 发 到", r"半\s?(?:个)?\s?(?:小时|钟头|月|天|日|年)|" + "|".join(WORD_HOURS)),
        (EntityKind.MONEY, "¥ rmb cny 元 圆 块 角 毛 人民币", rf"(?:¥|rmb|人民币)\s?(?:{NUMBER})\s?(?:元整?|圆整?|块钱?)?|(?:{NUMBER})\s?(?:元整|元|圆整?|块钱?|rmb|cny|角|毛(?!利))"),
        (EntityKind.SHARE, "% ‰ 分之 成", rf"\d+(?:\.\d+)?\s?[%‰]|百分之(?:{NUMBER})|千分之(?:{NUMBER})|(?:{CHINESE_NUMBER}|\d)\s?成(?!功|交|为|立|品|员|本|年|熟|长|都|人)(?:[一二三四五六七八九半])?"),
        (EntityKind.DISCOUNT, "折 价", rf"(?:{NUMBER})\s?折(?!扣|算|抵|旧|腾|叠)|半价"),
        (EntityKind.COUNT, "赔 罚", rf"(?<=[假缺少错坏退]一[赔罚])(?:{NUMBER})倍?"),
        (EntityKind.COUNT, "", rf"(?<!第)(?:{NUMBER})\s?(?:{_COUNT_UNIT})"),
    )
)  # fmt: skip

"""Finds homes in a reading: addresses with a door number, behind a label or by their shape. Addresses of firms stay.

Takes the reading and labelled places, gives spans; what is shown ends with the district. Looks for the door first and
then to the left, so that the time grows with the text only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.complaints.masking.labels import Labelled
from monitor.complaints.masking.shown import show_address
from monitor.complaints.masking.spans import MARK, Span

_DOOR = re.compile(
    r"[A-Za-z]?[0-9一二三四五六七八九十百]{1,5}(?:-[0-9A-Za-z]{1,5}){0,3} ?"
    r"(?:号楼|号院|号|幢|栋|单元|楼|室|弄|组|户|层|座|房|#)"
    r"|(?<=[\u4e00-\u9fff])[0-9]{1,3}-[0-9]{1,4}(?:-[0-9]{1,5}){0,2}(?![0-9年月日.:\-])"
)
_ROAD = re.compile(
    r"[\u4e00-\u9fff]{1,8}(?:路|街|大道|巷|弄|胡同|小区|花园|公寓|苑|家园|村|镇|乡|大厦|广场|社区|新城"
    r"|里|区)[^\n。;!?]{0,12}$"
)
_AREA = re.compile(
    r"(?:北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南"
    r"|广东|海南|四川|贵州|云南|陕西|甘肃|青海"
    r"|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)|[\u4e00-\u9fff]{2,4}(?:市|区|县|州)"
)
_BREAK = re.compile(r"[\n。;!?:|\"'<>()\[\]{}\t]|,(?=[^,]{0,4}(?:住|家|地址))")
_MORE = re.compile(r"[ ,\-]{0,2}(?:[\u4e00-\u9fffA-Za-z]{0,8}?)(?=[A-Za-z]?[0-9一二三四五六七八九十百])")
_TAIL = re.compile(r"[ ,\-]{0,2}[0-9]{2,5}(?:室|房)?(?![0-9元年月.:\-])")
_NUMBERED = re.compile(r"[0-9一二三四五六七八九十]{1,5}(?:号楼|号院|号|幢|栋|单元|室|弄|户|层|房|#|-\d)")
_ROOM = re.compile(r"村[^\n]{0,8}[0-9一二三四五六七八九十]组|室|单元|幢|栋|号楼|户|住|家|寄|收|[0-9]-[0-9]")
_FIRM = re.compile(
    r"公司|有限|客服|联系我们|商务合作|企业|注册|办公|经营(?!者)|营业|法院|检察|市场监督|监管局|管理局"
    r"|公安局|派出所|消费者协会|消协|委员会|总部|门店|营业厅|银行(?!卡|账)|网点|商家地址|大厅|律师事务所|工商"
)
_LABELLED_ADDRESS = re.compile(r"[^\n\t;；。|\"'<>{}]{4,80}")
_LEAD = re.compile(
    r"[ ,]*(?:[\u4e00-\u9fff]{0,2}?地?址(?:写|填)?的?[是为在]?|(?:写|填)的?[是为]"
    r"|我?们?家?现?(?:居?住在?|住|在|寄到|送到|寄|位于|址))?"
)
_MOST_LEFT = 48


def find_homes(text: str, *, public: bool) -> Iterator[Span]:
    """Addresses that no label speaks of: a road and a door, in words of somebody's home."""
    at = 0
    for door in _DOOR.finditer(text):
        if door.start() < at:
            continue
        begin, end = _begin_of(text, door.start()), _end_of(text, door.end())
        if begin is None:
            continue
        at = end
        line = text[max(text.rfind("\n", 0, begin) + 1, begin - 40) : end]
        if _is_of_firm(text, begin):
            continue
        home = _ROOM.search(text[begin:end]) or re.search(r"住|家|寄|收货|收件|地址", line)
        if (public or home) and not _FIRM.search(line):
            yield Span(begin, end, "address", show_address(text[begin:end]))


def read_address(text: str, one: Labelled) -> Iterator[Span]:
    """The address behind a label, up to the next thing of another kind."""
    match = _LABELLED_ADDRESS.match(text, one.begin, max(one.begin, min(len(text), one.begin + 90)))
    if not one.said and one.label.isascii():
        return
    if match is None or not re.search(r"[\u4e00-\u9fff]", match[0][:4]) or not _NUMBERED.search(match[0]):
        return
    line = text[max(text.rfind("\n", 0, one.begin) + 1, one.begin - 40) : match.end()]
    firm = one.says == "firm_address" or (one.label != "我家" and _FIRM.search(line))
    if firm or (one.label not in _OF_PERSON and _is_of_firm(text, one.begin)):
        return
    end = match.start() + len(_address_part(_OTHER.split(match[0])[0]).rstrip())
    if end > match.start() and MARK not in text[match.start() : end]:
        yield Span(match.start(), end, "address", show_address(text[match.start() : end]))


def _address_part(text: str) -> str:
    """The parts between commas that are of the address: what is told after its door goes on in words of its own."""
    kept, has_door = "", False
    for part in re.findall(r"[^,]*,?", text):
        if has_door and not _GOES_ON.match(part):
            break
        kept += part
        has_door = has_door or _NUMBERED.search(part) is not None
    return kept.rstrip(",") if kept != text else text


_GOES_ON = re.compile(
    r"\s*(?:[A-Za-z]?[0-9-]+(?:号|幢|栋|楼|单元|室|座|层|房|弄)?|"
    r"(?:(?![我他她您你说]|客服|卖家|可以|收到|结果|因为|但)[\u4e00-\u9fffA-Za-z0-9]){0,10}"
    r"(?:省|市|区|县|镇|乡|村|路|街|大道|巷|弄|胡同|花园|公寓|苑|大厦|广场|社区|新城|幢|栋|号楼|单元|室|座))"
)


_OTHER = re.compile(
    r"[ ,、](?=[^0-9\u4e00-\u9fff]*(?:电话|手机|邮编|收|联系|姓名|[\u4e00-\u9fff]{2,4}[ ,]*1[3-9]))"
    r"|,\s?(?=[\u4e00-\u9fff]{0,8}(?:人|电话|邮编|:))"
)


_OF_PERSON = frozenset(
    {
        "家庭住址",
        "家庭地址",
        "户籍地址",
        "户籍地",
        "户口所在地",
        "现住址",
        "居住地址",
        "居住地",
        "收货地址",
        "收件地址",
        "住在",
        "家住",
        "我家",
        "邮寄地址",
    }
)
_FIRM_MARK = re.compile(
    r"信用代码|营业执照|许可证|ICP|网安备|公司|商行|经营部|工作室|发货仓|仓库|法定代表人|法人代表"
    r"|企业名称|备案|版权所有|注册资本|统一代码",
    re.I,
)
_PERSON_MARK = re.compile(
    r"姓名|身份证|(?<!被)(?:投诉人|举报人|申请人)|原告|委托人|报案人|受害人|监护人|公民身份|性别|男,|女,"
    r"|汉族|出生|收货|收件|家庭|户籍|现住|(?<!所|址)住(?!所)|家住|买家|联系人|持卡人|快递员|退件|寄到"
)


def _is_of_firm(text: str, begin: int) -> bool:
    """Whether the last word before an address that tells whose it is tells of a firm."""
    before = text[max(0, begin - 160) : begin]
    firm = max((match.end() for match in _FIRM_MARK.finditer(before)), default=0)
    person = max((match.end() for match in _PERSON_MARK.finditer(before)), default=0)
    return firm > person


def _begin_of(text: str, door: int) -> int | None:
    """Where an address begins whose door stands there; None where no road leads to it."""
    left = max(0, door - _MOST_LEFT)
    window = text[left:door]
    breaks = [match.end() for match in _BREAK.finditer(window)]
    if breaks:
        left, window = left + breaks[-1], window[breaks[-1] :]
    road = _ROAD.search(window)
    if road is None:
        return None
    area = _AREA.search(window)
    begin = left + (area.start() if area and area.start() <= road.end() else road.start())
    lead = _LEAD.match(text, begin, door)
    return lead.end() if lead else begin


def _end_of(text: str, end: int) -> int:
    """The end of the last door of an address."""
    for _door in range(5):
        more = _MORE.match(text, end)
        door = _DOOR.match(text, more.end()) if more else None
        if door is None:
            break
        end = door.end()
    tail = _TAIL.match(text, end)
    return tail.end() if tail else end

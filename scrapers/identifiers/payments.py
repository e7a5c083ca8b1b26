"""Where the money goes: payees' own codes, merchants' numbers, gateways with their merchants, addresses of coins.

Takes sheets and forms; gives Hits. Codes made for one order (bax..., bizpayurl) are never read: they name nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urljoin, urlsplit

from lxml import etree

from scrapers.identifiers.checks import problem_of
from scrapers.identifiers.handles import is_example
from scrapers.identifiers.host_spelling import bare_host
from scrapers.identifiers.runs import Hit, Sheet

_ALIPAY_CODE = re.compile(
    r"qr\.alipay\.com/(?:_d\?[^\s\"'<>]{0,40}|p/f/)?((?:fkx|stx|tsx)[0-9a-z]{6,40})(?![0-9a-z])", re.I
)
_WECHAT_CODE = re.compile(r"wxp://(f2f[0-9A-Za-z_-]{8,80})", re.I)
_PARTNER = re.compile(
    r"\b(partner(?:_?id)?|seller_?id|pid|uid|user_?id|merchant_?(?:id|no)|mch_?id|alipay_?(?:pid|uid|id|user_?id|partner))[\"']?\s{0,3}[=:]\s{0,3}[\"']?(2088[0-9]{12})(?![0-9])",
    re.I,
)
_MERCHANT = re.compile(
    r"\b(?:sub_?)?(?:mch_?id|mchid|wx_?mch_?id|wechat_?mch_?id)[\"']?\s{0,3}[=:]\s{0,3}[\"']?(1[0-9]{9})(?![0-9])", re.I
)
_APPLICATION = re.compile(r"\b(?:alipay_?)?app_?id[\"']?\s{0,3}[=:]\s{0,3}[\"']?(20[12][0-9]{13})(?![0-9])", re.I)
_LONG_NUMBER = re.compile(r"20[12][0-9]{13}")
_GATEWAY = re.compile(
    r"(//[A-Za-z0-9.:_-]{3,120}(?:/[\w.-]{1,40}){0,4}/(?:submit|mapi|pay|xpay/epay/submit|xpay/epay/mapi)(?:\.php)?/?)\?([^\s\"'<>]{5,1500})",
    re.I,
)
_GATEWAY_SCRIPT = re.compile(r"(//[A-Za-z0-9.:_-]{3,120}(?:/[\w.-]{1,40}){0,4}/(?:submit|mapi)\.php)(?![\w?])", re.I)
_PID = re.compile(r"[\"']?\bpid[\"']?\s{0,3}[:=,]\s{0,3}[\"']?([0-9]{1,12})(?![0-9.])")
_MONEY = frozenset({"money", "out_trade_no", "total_fee", "total_amount", "trade_no", "notify_url", "sign"})
_MONEY_WORD = re.compile(r"\b(?:money|out_trade_no|notify_url|total_fee)\b")
_TRON = re.compile(r"(?<![0-9A-Za-z])(T[1-9A-HJ-NP-Za-km-z]{33})(?![0-9A-Za-z])")
_ETHER = re.compile(r"(?<![0-9A-Za-z])(0x[0-9A-Fa-f]{40})(?![0-9A-Za-z])")
_BITCOIN = re.compile(
    r"(?<![0-9A-Za-z])([13][1-9A-HJ-NP-Za-km-z]{25,34}|bc1[02-9ac-hj-np-z]{11,71}|BC1[02-9AC-HJ-NP-Z]{11,71})(?![0-9A-Za-z])"
)
_BITCOIN_LABEL = re.compile(r"BTC|比特币|比特幣|Bitcoin", re.I)
_COIN_LABEL = re.compile(
    r"USDT|TRC-?20|ERC-?20|BEP-?20|TRX|ETH|BNB|BSC|波场|以太坊|钱包|收款地址|充币|转账|泰达|coin|wallet|crypto|address|地址|链",
    re.I,
)
_CODE_PAY = re.compile(r"(//[A-Za-z0-9.:_-]{3,120}(?:/[\w.-]{1,40}){0,4}/create?_order)/?\?([^\s\"'<>]{5,1500})", re.I)
_PRICE = frozenset({"price", "money"})
_FIELDS_MOST = 60


def find_payment_codes(sheet: Sheet) -> Iterator[Hit]:
    """Payees' own codes, merchants' numbers and gateways, in lines, attributes and scripts."""
    if sheet.has("qr.alipay.com"):
        for match in _ALIPAY_CODE.finditer(sheet.text):
            yield Hit("alipay_static", match.group(1), match.start(), match.end())
    if sheet.has("wxp://"):
        for match in _WECHAT_CODE.finditer(sheet.text):
            yield Hit("wechat_static", f"wxp://{match.group(1)}", match.start(), match.end())
    if "2088" in sheet.text:
        for match in _PARTNER.finditer(sheet.text):
            role = match.group(1).lower()
            yield Hit("merchant_id", f"alipay:{match.group(2)}", match.start(), match.end(), role)
    if sheet.has("mch"):
        for match in _MERCHANT.finditer(sheet.text):
            yield Hit("merchant_id", f"wechat:{match.group(1)}", match.start(), match.end(), "mch_id")
    if sheet.has("app_id", "appid") and _LONG_NUMBER.search(sheet.text):
        for match in _APPLICATION.finditer(sheet.text):
            yield Hit("merchant_id", f"alipay_app:{match.group(1)}", match.start(), match.end(), "app_id")
    yield from _gateways(sheet)
    yield from _coins(sheet)


def find_payment_forms(form: etree._Element, page_url: str) -> tuple[tuple[str, str, str], ...]:
    """What a form pays to: (kind, value, shown). A number is a merchant's only beside an amount or an order."""
    fields: dict[str, str] = {}
    for field in form.iter("input", "select", "button"):
        name = (field.get("name") or "").strip().lower()
        if name and len(fields) < _FIELDS_MOST:
            fields.setdefault(name, (field.get("value") or "").strip()[:200])
    action = (form.get("action") or "").strip()
    try:
        target = urljoin(page_url, action)
        fields |= {
            name.lower(): value for name, value in parse_qsl(urlsplit(target).query, max_num_fields=_FIELDS_MOST)
        }
    except ValueError:
        return ()
    return _of_fields(fields, target)


def find_request_payees(url: str, fields: dict[str, str]) -> tuple[tuple[str, str, str], ...]:
    """What a request pays to: (kind, value, shown), from its address and its fields with lower-case names."""
    return _of_fields(fields, url)


def _of_fields(fields: dict[str, str], target: str) -> tuple[tuple[str, str, str], ...]:
    found: list[tuple[str, str, str]] = []
    for name in ("partner", "seller_id", "pid", "mch_id", "mchid"):
        number = fields.get(name, "")
        if re.fullmatch(r"2088[0-9]{12}", number):
            found.append(("merchant_id", f"alipay:{number}", f"{name}={number}"))
        elif name.startswith("mch") and re.fullmatch(r"1[0-9]{9}", number):
            found.append(("merchant_id", f"wechat:{number}", f"{name}={number}"))
    application = fields.get("app_id", "")
    if re.fullmatch(r"20[12][0-9]{13}", application):
        found.append(("merchant_id", f"alipay_app:{application}", f"app_id={application}"))
    pid = fields.get("pid", "")
    host = bare_host(target) if "//" in target else ""
    if re.fullmatch(r"[0-9]{1,12}", pid) and host and not _MONEY.isdisjoint(fields):
        found.append(("epay_pid", f"{host}#{pid}", f"{target[:200]} pid={pid}"))
    number = fields.get("id", "")
    if re.fullmatch(r"[0-9]{1,12}", number) and host and _is_code_pay(fields):
        found.append(("epay_pid", f"{host}#{number}", f"{target[:200]} id={number}"))
    return tuple(found)


def _is_code_pay(fields: dict[str, str]) -> bool:
    """Whether fields are those of an order at a code payment: who buys, how much; the merchant is their `id`."""
    return "pay_id" in fields and not _PRICE.isdisjoint(fields)


def _gateways(sheet: Sheet) -> Iterator[Hit]:
    if sheet.has("creat_order", "create_order") and sheet.has("pay_id"):
        for match in _CODE_PAY.finditer(sheet.text):
            query = match.group(2).replace("&amp;", "&").replace("\\u0026", "&")
            asked = dict(parse_qsl(query, keep_blank_values=True)[:_FIELDS_MOST])
            if re.fullmatch(r"[0-9]{1,12}", asked.get("id", "")) and _is_code_pay(asked):
                yield Hit("epay_pid", f"{bare_host(match.group(1))}#{asked['id']}", match.start(), match.end())
    if not sheet.has("pid") or not sheet.has("submit", "mapi", "/pay"):
        return
    for match in _GATEWAY.finditer(sheet.text):
        query = match.group(2).replace("&amp;", "&").replace("\\u0026", "&")
        fields = {
            name.lower(): value
            for name, value in parse_qsl(query, keep_blank_values=True, max_num_fields=None)[:_FIELDS_MOST]
        }
        pid = fields.get("pid", "")
        if re.fullmatch(r"[0-9]{1,12}", pid) and not _MONEY.isdisjoint(fields):
            yield Hit("epay_pid", f"{bare_host(match.group(1))}#{pid}", match.start(), match.end())
    for match in _GATEWAY_SCRIPT.finditer(sheet.text):
        after = sheet.text[match.end() : match.end() + 900]
        around = sheet.text[max(0, match.start() - 600) : match.start()] + after
        pid_match = _PID.search(after) or _PID.search(around)
        if pid_match and _MONEY_WORD.search(around):
            yield Hit("epay_pid", f"{bare_host(match.group(1))}#{pid_match.group(1)}", match.start(), match.end())


def _coins(sheet: Sheet) -> Iterator[Hit]:
    for match in _TRON.finditer(sheet.text):
        if problem_of("crypto", match.group(1)) and not _COIN_LABEL.search(sheet.before(match.start(), 30)):
            continue
        if not is_example(sheet, match.start()):
            yield Hit("crypto", match.group(1), match.start(), match.end())
    if sheet.has("btc", "bitcoin", "比特"):
        for match in _BITCOIN.finditer(sheet.text):
            if _BITCOIN_LABEL.search(sheet.before(match.start(), 30)) and not is_example(sheet, match.start()):
                yield Hit("crypto", match.group(1), match.start(), match.end())
    if "0x" in sheet.text:
        for match in _ETHER.finditer(sheet.text):
            if _COIN_LABEL.search(sheet.before(match.start(), 40)) and not is_example(sheet, match.start()):
                letters = match.group(1)[2:]
                mixed = letters not in (letters.lower(), letters.upper())
                yield Hit("crypto", match.group(1), match.start(), match.end(), confidence=1.0 if mixed else 0.8)

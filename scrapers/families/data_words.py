"""What shop software calls its fields: the keys of product objects in JSON, whatever the software.

Keys are compared in lower case without separators, so goods_name, goodsName and GOODS-NAME are one. Data, no logic.
"""

from __future__ import annotations

from scrapers.model import FactKind


def _keys(joined: str) -> tuple[str, ...]:
    return tuple(joined.split())


NAME = _keys("goodsname productname gdname commodityname itemname goodstitle producttitle title name subject")
FIELDS: dict[FactKind, tuple[str, ...]] = {
    FactKind.PRICE: _keys(
        "actualprice saleprice sellprice sellingprice currentprice realprice nowprice goodsprice unitprice finalprice "
        "priceamount price"
    ),
    FactKind.ORIGINAL_PRICE: _keys(
        "originalprice originprice marketprice retailprice lineprice listprice oldprice priceori crossedprice "
        "compareatprice"
    ),
    FactKind.MEMBER_PRICE: _keys("userprice memberprice vipprice"),
    FactKind.STOCK: _keys(
        "stockstr stocktext stocknum stockcount stockqty stock inventory cardsstockcount count2 kucun instock qty "
        "remain leftnum autostockavailable manualstockavailable"
    ),
    FactKind.SOLD: _keys(
        "ordersold soldnum soldcount salesvolume salesvolumes salesnum sellcount sellnum sold sales countsold"
    ),
    FactKind.DELIVERY: _keys("deliverytypetext deliverytext deliverytype deliverymethod fulfillmenttype delivery"),
    FactKind.FACE_VALUE: _keys("facevalue denomination mianzhi"),
    FactKind.VALIDITY: _keys("validity validperiod expiretext youxiaoqi"),
    FactKind.WARRANTY: _keys("warranty warrantyperiod guarantee zhibao"),
}
LEAST = _keys("minbuy buymin minnum minimum minquantity minpurchasequantity minorderquantity limitmin startnum")
MOST = _keys(
    "maxbuy buymax maxnum maximum maxquantity maxpurchasequantity buylimitnum limitorderqty limitmax "
    "limitnum purchaselimit"
)
DESCRIPTIONS = _keys("description goodsdescription goodsdesc content detail details intro introduction desc body")
PROMPTS = _keys("buyprompt buyernotice purchasenotice notice tips alert prompt remind")
VARIANTS = _keys("skus sku variants specs specifications race races category options packages")
TIERS = _keys(
    "tiers wholesale pricewhole wholesaleprices wholesalelist wholesalediscountlist tierprices pricetiers ladder "
    "ladderprice discounts"
)
QUANTITIES = _keys("minquantity minnum minqty quantity num qty count amount number from threshold")
TIER_PRICES = _keys("unitprice price discountprice money")
RATIOS = _keys("discount rate ratio zhekou percent")
SKU_NAMES = _keys("name title skuname label specname text")
DELIVERY_WORDS = {"auto": "自动发货", "automatic": "自动发货", "manual": "人工发货", "card": "卡密", "cdk": "卡密"}
PASSWORDS = _keys("passwordopen needpassword haspassword ispassword visitpwd isvisitpwd")
NOTICES = _keys("shopnotice sitenotice announcement gonggao notice ann annpop annpopup popnotice")
SERVICE_CONTACTS = frozenset({"shopqq", "serviceqq", "kfqq"})
CONTACTS = {
    **dict.fromkeys(("qq", "shopqq", "serviceqq", "kfqq", "contactqq", "siteinfoqq"), "qq"),
    **dict.fromkeys(("wechat", "weixin"), "wechat"),
    **dict.fromkeys(("phone", "tel", "mobile", "servicetel"), "phone"),
    "email": "email",
    "telegram": "telegram",
}

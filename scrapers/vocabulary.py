"""The words of card shops: what they call price, stock, limit, delivery; and how they say that there is none left.

Simplified Chinese and English; traditional characters are folded before a word is looked up. Data, no logic.
"""

from __future__ import annotations

from scrapers.model import FactKind


def _words(joined: str) -> tuple[str, ...]:
    return tuple(joined.split("|"))


LABELS: dict[FactKind, tuple[str, ...]] = {
    FactKind.NAME: _words(
        "商品名称|商品名|产品名称|产品名|宝贝名称|货品名称|卡种名称|品名|product name|item name|product"
    ),
    FactKind.PRICE: _words(
        "商品价格|商品单价|商品售价|销售价格|销售价|零售价|优惠价|促销价|活动价|到手价|购买价格|购买单价|购价|"
        "进价|售价|现价|单价|价格|本店价|商城价|定价|特价|实付价|unit price|sale price|our price|price"
    ),
    FactKind.ORIGINAL_PRICE: _words(
        "市场价格|市场价|划线价|官方价|官网价|参考价|门市价|原售价|原价|original price|list price|rrp"
    ),
    FactKind.MEMBER_PRICE: _words(
        "会员价格|会员专享价|会员价|vip价格|vip价|代理价|代理价格|登录价|member price|vip price"
    ),
    FactKind.STOCK: _words(
        "库存状态|库存数量|库存情况|剩余库存|当前库存|可用库存|剩余数量|库存量|库存|余量|剩余|还剩|仅剩|存量|可售数量|现货|"
        "stock|in stock|inventory|available|left"
    ),
    FactKind.SOLD: _words("累计销量|销售数量|已售出|已售|月销|总销量|成交量|成交|销量|售出|sold|sales"),
    FactKind.LIMIT: _words(
        "限购数量|购买限制|单次限购|每人限购|最少购买|最低购买|最小购买|最多购买|起购数量|最大购买数量|"
        "最小购买数量|最低购买数量|购买上限|购买数量限制|数量限制|购买数量|起订数量|起售数量|起订量|起购量|起售|"
        "起购|起订|限购|minimum order|min order|min qty|max order|max qty|maximum order|purchase limit|"
        "limit per order"
    ),
    FactKind.DELIVERY: _words(
        "发货方式|发货类型|发货时间|发货时效|发货速度|配送方式|购买类型|提货方式|交易方式|到账时间|到账时效|"
        "到账方式|交付方式|交付时间|充值方式|发卡方式|出货方式|发货|交付|delivery method|delivery type|"
        "delivery time|delivery"
    ),
    FactKind.FACE_VALUE: _words("面值|面额|卡面值|商品面值|卡片面值|充值面额|face value|denomination"),
    FactKind.SPEC: _words("商品规格|规格型号|产品规格|套餐规格|规格|型号|版本|specification|specs|spec|edition"),
    FactKind.VALIDITY: _words(
        "使用有效期|商品有效期|卡密有效期|有效期限|有效时间|有效期|有效期至|使用期限|使用时限|时效|可用期限|可用时间|"
        "使用期|效期|有效日期|有效至|到期时间|validity period|validity|valid for|valid until|expiry date|expiry|"
        "expires"
    ),
    FactKind.WARRANTY: _words(
        "质保期限|质保时间|质保时长|质保服务|质保说明|质保期|质保|保修期限|保修期|保修|保固期|保固|包换期|"
        "warranty period|warranty|guarantee"
    ),
    FactKind.AFTER_SALES: _words(
        "售后服务|售后承诺|售后时间|售后时限|售后期限|售后期|售后政策|售后|退换货|退换政策|退款政策|退款|退货|"
        "补发期|补发时限|补发|补卡|售后说明|售后保障|售后规则|服务承诺|承诺|after-sales service|after-sales|"
        "after sales|refund policy|returns"
    ),
    FactKind.SUPPLIER: _words("供货商|供应商|供货商名称|供货商家|供货平台|供货方|货源|supplier|supplied by"),
}
"""What stands before a value, by the fact that the value then is."""

STOCK_WORDS = _words(
    "库存充足|现货充足|库存爆棚|数量有限|所剩无几|即将售罄|库存紧张|库存不足|无限|不限量|不限|缺货中|已售罄|"
    "已售空|暂时缺货|无库存|暂无库存|售罄|缺货|有库存|有货|无货|充足|紧张|补货中|暂停销售|停止销售|停售|禁售|"
    "下架|已下架|一般|少量|大量|已售完|卖完了|售完|抢光|已抢完|暂停出售|维护中|in stock|out of stock|sold out|"
    "low stock|unlimited"
)
"""What stands in the place of a stock where no number is given."""

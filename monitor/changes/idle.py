"""Leaves out what stands in a clause and says nothing: titles, invitations to buy, advice to look twice. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.changes.units import Unit

_TITLE = re.compile(
    r"^[#\s【《\[(*=]*(?:关于|有关)(?:售后|退款|退换货?|退货|换货|质保|补发|投诉|发货)[】》\]:]*$"
    r"|^[#\s【《\[(*=]*(?:售后|退款|退换货?|退货|换货|质保|补发|投诉|发货)(?:服务|[与和及/]|退款|退换|售后|质保|补发){0,3}"
    r"(?:说明|保障|规则|须知|政策|条款|声明|事项|问题|流程|细则|指南)[】》\]:=*]*$"
    r"|^[#\s【《\[(*=]*(?:购买|购物|买家|下单|温馨|重要|特别|使用|商品|店铺|平台|最新|注意)"
    r"(?:须知|必读|提示|提醒|说明|公告|规则|事项|详情|介绍)[】》\]:=*]*$"
)
_CHATTER = re.compile(
    r"^\W*[^退换补赔保费限]{0,8}(?:手慢(?:无|则无)|抢光|抢购|先到先得|先拍先得|速拍|速来|赶紧|赶快|抓紧|从速|按需(?:拍|购|下单)|马上抢|售完(?:即止|为止)"
    r"|卖完(?:即止|为止|就没)|数量有限|库存(?:有限|紧张|不多)|所剩不多|货源紧张|多买多得|薄利多销|好评如潮|闭眼入|冲鸭|上车|走过路过|支持一下|老板大气|补货[啦了]|到货[啦了]|上新|新到|刚补|欢迎"
    r"|诚信(?:为本|经营)|(?:售后|品质|购物|服务)无忧|信誉(?:第一|保证)|童叟无欺|放心(?:购买|拍|下单)|品质保[证障]|(?:双|六|国庆|元旦|春节|五一|年终|周年)[^,。;]{0,4}(?:返场|大促|狂欢|特惠)|喜迎[^,。;]{1,4}|欢迎(?:光临|选购|惦记|下单|新老)|祝(?:您|大家|各位)|感谢(?:支持|惠顾|信任|理解)|谢谢(?:支持|惠顾|老板|理解|配合))[^退换补赔保费限]{0,8}$"
)
_ADVICE = re.compile(
    r"^\W*(?:亲+,?)?(?:买|购买|下单|拍|付款|拍下|购)?(?:之?前|时)?(?:请|务必|记得|建议|麻烦|烦请|最好|一定|先)*(?:仔细|认真|先|自行)?(?:核对|确认|看清|看准|看好|看明白|认准|检查)(?:好|一下|清楚)?[^,。;退换补赔费责]{0,14}$"
)
_CARE = re.compile(  # what a card is worth to whoever sees it; who bears a loss is said in other words
    r"^(?!.*[退换补赔责担概损果])\W*(?:请|务必|一定要?|记得)*(?:[券卡][密码号]*|兑换码|账号|密码)?"
    r"(?:(?:视同|等同|等于|如同)(?:于)?现金|(?:请|务必|一定要?)*(?:妥善|好好|自行)?(?:收好|保[管存]好?|藏好)(?:[券卡][密码号]*|兑换码|账号|密码)?"
    r"|(?:以免|免得|谨防)?(?:别|不要|勿|被)?(?:让|给)?(?:外人|别人|他人|旁人)(?:先|看|知|用|偷|盗|冒)[^,。;]{0,4})$"
)


def leave_idle_out(units: Sequence[Unit]) -> tuple[Unit, ...]:
    """The units without titles, invitations to buy, advice to look twice and to keep a card safe."""
    return tuple(
        unit for unit in units if not any(idle.match(unit.plain) for idle in (_TITLE, _CHATTER, _ADVICE, _CARE))
    )

"""Tells a natural person's name from the many words that begin with a family name.

Takes Han texts, gives yes or no, or the place of a name behind a label. Where a label and a colon stand before it,
nearly anything of two to four Han is a name; without a colon only what looks like one.
"""

from __future__ import annotations

import re

from monitor.operators.subject_names import SubjectKind, classify_name, is_person_name

_HAN = re.compile(r"[\u4e00-\u9fff]{2,4}(?:·[\u4e00-\u9fff]{1,8})?|[\u4e00-\u9fff]{1,6}·[\u4e00-\u9fff]{1,8}")
_LATIN = re.compile(r"[A-Z][a-z]{1,14}(?: [A-Z][a-z]{1,14}){1,2}")
_ENDS = re.compile(r"[\s,，。.;；:!?、()\[\]{}<>|/\"'*\-—+&=_~《》【】「」『』…]|[0-9A-Za-z]|$")
_FOLLOWS = re.compile(
    r"[,，。.;；:!?、\s()\[\]]|[0-9]|$|[于在向因系及和与即是的为已也就，被把通购下付支手电身住男女收]"
)
_WORDS = frozenset(
    ["余额", "金额", "金币", "金卡", "金融", "时间", "时候", "时效", "方式", "方便", "方法", "方案", "高级", "高价", "高中", "白天", "白金", "安全", "安装", "安卓", "明天", "明白", "明细", "平台", "平时", "平均", "常见", "常用", "成功", "成品", "成交", "成都", "成员", "钱包", "钱款", "关于", "关闭", "关键", "关注", "单号", "单独", "单价", "单位", "单次", "于是", "黄金", "黄牛", "黄钻", "马上", "马云", "万元", "万能", "万一", "江苏", "江西", "温州", "温馨", "云南", "云服", "应该", "应当", "应用", "连接", "连续", "连锁", "全部", "全国", "全额", "全新", "全程", "全家", "权益", "沙盒", "水果", "查询", "查看", "查收", "查实", "何时", "何种", "何处", "贵州", "贵阳", "贵司", "贵宾", "石家", "和平", "和你", "和我", "申请", "申诉", "申报", "通知", "通过", "任何", "任务", "任意", "包括", "包含", "包装", "包邮", "包月", "张贴", "张数", "强制", "许可", "许多", "严重", "严格", "严禁", "谢谢", "谢绝", "卖家", "陆续", "季度", "季卡", "房间", "房东", "游戏", "游客", "游玩", "计算", "计划", "程序", "段位", "支付", "支持", "支出", "项目", "曾经", "顾客", "相关", "相同", "国家", "商家", "商品", "商户", "商城", "客服", "客户", "老板", "老师", "店家", "店主", "买家", "卖方", "买方", "本人", "他人", "对方", "我方", "用户", "个人", "公司", "平台", "系统", "管理", "管理员", "微信", "支付宝", "银行", "零钱", "转账", "红包", "二维码", "收款", "付款", "退款", "订单", "编号", "电话", "手机", "姓名", "地址", "名称", "名字", "账号", "账户", "密码", "卡号", "卡密", "信息", "信用", "未知", "未填", "未实名", "未提供", "已实名", "已认证", "实名", "匿名", "保密", "不详", "不明", "暂无", "无", "同上", "本店", "店铺", "官方", "官网", "人工", "人员", "售后", "售前", "专员", "技术", "财务", "法务", "经理", "主管", "代理", "代理商", "供货商", "供应商", "上家", "下家", "分站", "主站", "站长", "群主", "网友", "朋友", "同学", "家长", "孩子", "父亲", "母亲", "亲属", "律师", "监护人", "消费者", "经营者", "申请人", "签字", "签名", "盖章", "日期", "年月日", "以上", "以下", "上述", "如下", "身份", "证件", "号码", "联系", "联系人", "请求", "要求", "诉求", "事实", "理由", "投诉", "举报", "处理", "解决", "补发", "重发", "发货", "没有", "还没", "不是", "不能", "不要", "不会", "不行", "一个", "一次", "一直", "一名", "这个", "那个", "什么", "怎么", "甲方", "乙方", "丙方", "先生", "女士", "小姐", "充值", "提现", "到账", "学生", "农民", "工人", "职员", "经办", "承办", "受理", "接待", "值班", "张三丰", "程度", "宁可", "宁波", "宁夏", "牛逼", "毛病", "易支付", "易付宝", "金主", "龙虎", "龙卡", "龙币", "梅花", "景点", "费用", "费率", "路径", "路过", "柏林", "向您", "向你", "向我", "向平", "沈阳", "郑州", "郑重", "常州", "常德", "徐州", "韩国", "韩服", "温度", "武汉", "武器", "汤圆", "戴尔", "苏州", "苏宁", "苏宁卡", "吴江", "吴中", "杭州", "广州", "孔夫子", "华为", "华夏", "祝您", "祝你", "符合", "尚未", "尚可", "甘肃", "柯达", "项下", "阳光", "农业", "农行", "鲁班", "鲁大师", "古董", "别人", "车票", "车险", "车主", "车型", "欧洲", "欧服", "欧元", "耿直", "游侠", "曲线", "舒适", "屈服", "艾特", "尤其", "时尚", "时长", "时限", "古代", "简单", "简介", "简体", "邮箱", "晚上", "早上", "中午", "下午", "上午", "昨天", "今天", "前天", "周一", "周二", "周三", "周四", "周五", "周六", "周日", "周末", "周卡", "周年", "星期", "元旦", "元宝", "元素", "仇恨", "臧否", "党员", "宫廷", "冷静", "冷却", "席位", "应急", "应付", "苗头", "花费", "花钱", "童装", "童鞋", "葛优", "雷电", "雷霆", "雷蛇", "贺卡", "贺岁", "汪汪", "龚", "江湖", "江南", "江北", "颜色", "郭", "梁山", "牟", "庄家", "柳州", "左右", "左侧", "卓越", "池子", "邬", "宗旨", "宗教", "全佟", "容易", "家里", "家人", "家庭", "广告", "网站", "网页", "网络", "网银", "网购", "网易", "腾讯", "京东", "淘宝", "天猫", "抖音", "快手", "拼多多", "闲鱼", "完整", "完成", "资料", "截图", "证据", "附件", "图片", "视频", "语音", "文件", "聊天", "记录", "沟通", "回复", "答复", "拒绝", "问题", "原因", "情况", "说明", "描述", "备注", "标题", "内容", "正文", "经过", "结果", "状态", "类型", "类别", "级别", "等级", "数量", "单据", "凭证", "发票", "收据", "合同", "协议", "条款", "规则", "政策", "声明", "公告", "帮助", "首页", "登录", "注册", "退出", "返回", "确认", "取消", "提交", "保存", "删除", "修改"]
)
_LEADING_VERB = re.compile(
    r"[的了在于向是不没有要把被会能可也都就还很已未请将对从给让叫去来到说问买卖付收发退用找看想应该需]"
)


def is_name(text: str) -> bool:
    """Whether Han without a label look like a person's name."""
    if text in _WORDS or text[:2] in _WORDS or classify_name(text) is not SubjectKind.PERSON:
        return False
    return is_person_name(text) and not _LEADING_VERB.match(text[1:])


def read_name(text: str, begin: int, limit: int, *, said: bool, label: str) -> tuple[int, int] | None:
    """Where the name behind a label stands, None where there is none."""
    match = _HAN.match(text, begin) or _LATIN.match(text, begin, max(begin, limit))
    if match is None:
        return _first_of_masked(text, begin) if said else None
    name = match[0]
    if name[0].isascii():
        return match.span() if said and name.lower() not in ("sign in", "log in") else None
    after = text[match.end() : match.end() + 1]
    if "·" in name:
        return match.span()
    if (
        said
        and (not after or _ENDS.match(after))
        and name not in _WORDS
        and classify_name(name) in (SubjectKind.PERSON, SubjectKind.NAME)
    ):
        if is_person_name(name) or (len(name) <= 3 and name[:2] not in _WORDS and label not in _LOOSE_LABELS):
            return match.span()
        return None
    for length in range(min(len(name), 3), 1, -1):
        part = name[:length]
        if is_name(part) and _FOLLOWS.match(text[begin + length : begin + length + 1]):
            if text[begin + length : begin + length + 2] == "公司":
                continue
            return begin, begin + length
    return None


_LOOSE_LABELS = frozenset(
    {
        "本人",
        "我是",
        "买家",
        "卖家",
        "老板",
        "店主",
        "法人",
        "签名",
        "签字",
        "顾客",
        "名字",
        "收款方",
        "付款方",
        "负责人",
        "联系人",
        "经营者",
        "收款账户",
        "实名",
        "实名认证",
        "payee",
        "payer",
        "掌柜",
    }
)


def _first_of_masked(text: str, begin: int) -> tuple[int, int] | None:
    """Nothing to mask in a name that is masked already, such as *明."""
    return None

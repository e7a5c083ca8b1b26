"""The Chinese names of places where an identifier stood, as consumers read them."""

from __future__ import annotations

PLACE_WORDS = {
    "visible": "页面正文",
    "attribute": "链接或属性",
    "script": "页面脚本",
    "hidden": "隐藏内容",
    "comment": "源码注释",
    "third_party_frame": "第三方框架",
    "user_content": "用户内容或友链",
    "image_ocr": "图片",
    "dns": "域名解析",
    "tls": "证书",
    "registry": "注册局",
    "voucher": "付款凭证",
    "redirect": "跳转",
}

"""What a guide to disclosure must contain (条例 art. 12), with the words by which each part is recognised.

The parts are those that the article lists, from the classes of information to the office's address. A word is a sign
and no proof: what is found is told beside what is not, and a person reads the guide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

GUIDE_PARTS: Mapping[str, tuple[str, ...]] = {
    "政府信息的分类": ("信息分类", "分类目录", "公开范围", "分为", "类信息"),
    "编排体系": ("编排", "索引", "目录编制", "信息编码"),
    "获取方式": ("获取方式", "获取途径", "查阅", "公开形式", "公开方式"),
    "公开工作机构的名称": ("工作机构", "受理机构", "受理单位"),
    "办公地址": ("办公地址", "通信地址", "通讯地址", "地址"),
    "办公时间": ("办公时间", "工作时间", "受理时间"),
    "联系电话": ("联系电话", "咨询电话", "电话"),
    "传真号码": ("传真",),
    "互联网联系方式": ("电子邮箱", "电子邮件", "邮箱", "互联网联系方式", "E-mail", "网址"),
}


def missing_parts(text: str) -> Iterator[str]:
    """Yield each part that no word of the text points at."""
    folded = "".join(text.split()).casefold()
    for part, words in GUIDE_PARTS.items():
        if not any(word.casefold() in folded for word in words):
            yield part

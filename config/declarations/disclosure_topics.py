"""What a text on disclosure can be about: the items of art. 20 and the subjects art. 21 adds for townships.

The items are numbered as the article numbers them; art. 21 numbers none, so its subjects bear their place in it. The
labels are shortened and hold no word that was not read: those of art. 20 in the text as it was released on 2019-04-15
(the last item in a reprint), those of art. 21 in a summary of it, which is why they are short. What an item covers to
the letter stands in the article.
"""

from __future__ import annotations

from collections.abc import Mapping

ARTICLE_20: Mapping[str, str] = {
    "20_1": "行政法规、规章和规范性文件",
    "20_2": "机关职能、机构设置、办公地址、办公时间、联系方式、负责人姓名",
    "20_3": "国民经济和社会发展规划、专项规划、区域规划及相关政策",
    "20_4": "国民经济和社会发展统计信息",
    "20_5": "行政许可和其他对外管理服务事项",
    "20_6": "行政处罚、行政强制",
    "20_7": "财政预算、决算信息",
    "20_8": "行政事业性收费项目及其依据、标准",
    "20_9": "政府集中采购项目的目录、标准及实施情况",
    "20_10": "重大建设项目的批准和实施情况",
    "20_11": "扶贫、教育、医疗、社会保障、促进就业等方面的政策、措施及其实施情况",
    "20_12": "突发公共事件的应急预案、预警信息及应对情况",
    "20_13": "环境保护、公共卫生、安全生产、食品药品、产品质量的监督检查情况",
    "20_14": "公务员招考的职位、名额、报考条件等事项以及录用结果",
    "20_15": "法律、法规、规章和国家有关规定规定应当主动公开的其他政府信息",
}
ARTICLE_21: Mapping[str, str] = {
    "21_1": "农业农村政策",
    "21_2": "农田水利",
    "21_3": "土地承包",
    "21_4": "宅基地",
    "21_5": "土地征收",
    "21_6": "房屋征收",
    "21_7": "筹资筹劳",
    "21_8": "社会救助",
}
SUBJECTS: Mapping[str, str] = {**ARTICLE_20, **ARTICLE_21}


def article_of(subject: str) -> str:
    """The article and item a subject stands under; empty for none."""
    article, _, item = subject.partition("_")
    if subject in ARTICLE_20:
        return f"条例第二十条第（{_CHINESE_NUMERALS[int(item)]}）项"
    return "条例第二十一条" if article and subject in ARTICLE_21 else ""


_CHINESE_NUMERALS = ("", *"一二三四五六七八九十", *(f"十{one}" for one in "一二三四五"))

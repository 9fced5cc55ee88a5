"""The steps and fields of a village's item, which its month repeats: an item is a case, and the month counts it."""

from collections.abc import Mapping

from config.declarations.duty import Field, FieldType
from config.declarations.keys import ADDRESS_FIELD, GRADE_FIELD, LEVEL_FIELD, POINTS_FIELD

RULES = "本单位信息报送办法"  # each town's own; there is no article

RETURNED, RESUBMITTED, TAKEN_UP, ADOPTED = "returned", "resubmitted", "taken_up", "adopted"  # steps
REJECTED, COMMISSIONED, MISTAKEN = "rejected", "commissioned", "mistaken"
RECEIVED, WITHDRAWN = "received", "withdrawn"  # outcomes

TOWN_LEVEL = "town"
LEVEL_LABELS = {TOWN_LEVEL: "本级采用", "county": "县级采用", "city": "市级采用", "province": "省级采用"}
GRADE_LABELS = {"first": "第一档", "second": "第二档", "third": "第三档"}
"""Some schemes give items of one level different points by kind (常政办发〔2014〕97号)."""
MESSAGE, PAGE, PAPER = "message", "page", "paper"
MEANS_LABELS = {MESSAGE: "消息", PAGE: "网页", PAPER: "纸质（代录）"}

SUBJECT_WORDS: Mapping[str, tuple[str, ...]] = {
    "21_2": ("农田水利", "水渠", "灌溉", "河道", "清淤", "机井"),
    "21_3": ("土地承包", "承包地", "土地流转"),
    "21_4": ("宅基地",),
    "21_5": ("土地征收", "征地"),
    "21_6": ("房屋征收", "拆迁"),
    "21_7": ("筹资筹劳", "一事一议"),
    "21_8": ("低保", "社会救助", "特困", "临时救助"),
    "20_12": ("应急", "防汛", "防火", "预警"),
    "20_13": ("食品", "药品", "安全生产", "环境整治", "人居环境", "卫生"),
    "20_11": ("扶贫", "医保", "养老", "就业", "教育", "义诊"),
}
"""Words by which the subject of a text is proposed; the first that occurs counts, and whoever lays it down may
choose another [practice]."""

TEXT_FIELD = "text"
BY_FIELD, MEANS_FIELD, PUBLICATION_FIELD, EVIDENCE_FIELD = "by", "means", "publication", "evidence"

REASON = Field(key="reason", label="理由", required=True)
ADOPTION_FIELDS = (
    Field(key=LEVEL_FIELD, label="采用级别", type=FieldType.CHOICE, choices=LEVEL_LABELS, required=True),
    Field(key=GRADE_FIELD, label="档次", type=FieldType.CHOICE, choices=GRADE_LABELS),
    Field(key=POINTS_FIELD, label="核定分值", type=FieldType.NUMBER),
    Field(key=ADDRESS_FIELD, label="刊登网址", type=FieldType.WEB),
    Field(key=EVIDENCE_FIELD, label="采用凭证（截图）", type=FieldType.FILE),
)

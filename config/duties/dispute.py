"""行政复议与行政诉讼: a dispute about a disclosure answer, counted in table 4 of the year's report.

Concluded ones count by their result in the year they are concluded; those open at its end are 尚未审结.
"""

from config.duty import Count, Duty, Field, FieldType, Moment, Outcome

ROUTES = {
    "reconsideration": "行政复议",
    "litigation_direct": "未经复议直接起诉",
    "litigation_after_reconsideration": "复议后起诉",
}
FORM = "国办公开办函〔2021〕30号"


def _result(key: str, label: str) -> Outcome:
    return Outcome(key=key, label=label, article=FORM, cell=f"table4.{{column}}.{key}")


DUTY = Duty(
    kind="dispute",
    label="行政复议、行政诉讼",
    article="条例第五十一条",
    column="route",
    fields=(Field(key="route", label="途径", type=FieldType.CHOICE, choices=ROUTES, required=True),),
    outcomes=(
        _result("upheld", "结果维持"),
        _result("corrected", "结果纠正"),
        _result("other", "其他结果"),
    ),
    counts=(Count(moment=Moment.OPEN_AT_END, cell="table4.{column}.pending"),),
)

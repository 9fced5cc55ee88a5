"""Flying a kite: opened, flown, counted in a row of the form that its colour picks."""

from config.declarations.duty import CaseOutcome, Duty, Field

DUTY = Duty(
    kind="kite",
    label="放风筝",
    article="",
    column="colour",
    fields=(Field(key="colour", label="颜色"),),
    outcomes=(CaseOutcome(key="flown", label="放飞", article="", cell="table2.{column}.decisions"),),
)

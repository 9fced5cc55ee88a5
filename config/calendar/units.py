"""Units of calendar arithmetic that several packages share."""

from datetime import timedelta
from typing import Final

ONE_DAY: Final = timedelta(days=1)
MONTHS_PER_YEAR: Final = 12

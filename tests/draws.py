"""Says how many examples a property draws: few in each run of the suite, where they are always the same, many where
new ones are asked for by ``GONGKAI_DRAWS=new``.
"""

from __future__ import annotations

import os

NEW = os.environ.get("GONGKAI_DRAWS") == "new"
MANY = 20  # times as many


def examples(few: int) -> int:
    """The number of examples to draw."""
    return few * MANY if NEW else few

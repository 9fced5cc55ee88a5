"""Every office a test opens is an engine of its own, and each would compile the same statements again.

One dialect and one set of compiled statements serve all engines of a kind in a run: what is compiled depends on
the statement and the dialect alone. That is a tenth of what a short story takes.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Dialect, Engine, create_engine, event

DIALECTS: dict[str, Dialect] = {}
COMPILED: dict[Any, Any] = {}


def engine_of(*address: Any, **options: Any) -> Engine:
    """What ``create_engine`` makes, with what earlier ones have compiled."""
    engine = create_engine(*address, **options)
    engine.update_execution_options(compiled_cache=COMPILED)
    known = DIALECTS.get(engine.name)
    if known is None:
        # The library's own listener comes before this one: by now the dialect knows its server.
        event.listen(engine, "first_connect", lambda *_: DIALECTS.setdefault(engine.name, engine.dialect))
    else:
        engine.dialect = known
    return engine

"""A pytest plugin for runs under ``faketime``: makes ``time.sleep`` wait there.

The runs leave the monotonic clock alone, because threads wait by it. Debian's faketime 0.9.10 then computes the
end of a sleep from the wrong start, and ``time.sleep`` raises ``OSError`` (EINVAL). An event's wait is not touched.
"""

import time
from threading import Event


def sleep(seconds: float) -> None:
    Event().wait(seconds)


time.sleep = sleep

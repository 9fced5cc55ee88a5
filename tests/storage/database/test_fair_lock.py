"""Turns go to whoever came first, and to one at a time."""

import threading
import time

import pytest

from storage.database.fair_lock import FairLock


def test_whoever_came_first_goes_first():
    turns, order, came = FairLock(), [], threading.Semaphore(0)

    def work(number):
        came.release()
        with turns:
            order.append(number)

    with turns:
        threads = []
        for number in range(8):
            threads.append(threading.Thread(target=work, args=(number,)))
            threads[-1].start()
            came.acquire()
            while len(turns._waiting) <= number:  # it stands in the queue
                time.sleep(0)
        assert order == []
    for thread in threads:
        thread.join(5)
    assert order == list(range(8))


def test_a_fault_gives_the_turn_back():
    turns = FairLock()
    with pytest.raises(ValueError, match="broken"), turns:
        raise ValueError("broken")
    with turns:
        assert turns._taken
    assert not turns._taken

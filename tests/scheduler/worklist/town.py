"""What a year asks of the sample town, and who signs its annual report."""

from tests.town import sweep_to_rest

REPORT_SIGNERS = (("office_director", "审核"), ("deputy_mayor", "复核"), ("mayor", "签发"))
KINDS_OF_THE_YEAR = {"yearly", "annual_report"}


def opened_on(town, day):
    """What a sweep on a day opens of the kinds of the year: each by its reference and the day it begins."""
    found = sweep_to_rest(town, day)
    return [
        (deed.reference, deed.day)
        for deed in found.actions
        if deed.duty and deed.duty.kind in KINDS_OF_THE_YEAR
    ]

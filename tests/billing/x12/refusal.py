"""Where and why the writer refuses a file, for the tables of refusals."""

import pytest

from billing.x12.segments import X12ValueError
from billing.x12.write_837p import write_837p

NOTHING = "is required and has nothing that can be sent"
EMPTY = "is required and empty"
NO_NPI = "is not a National Provider Identifier: ten digits with a check digit"
NO_DAY = "is required and is not a date"


def refusal(file):
    """Where and why the file is refused: claim, loop, element or segment, message."""
    with pytest.raises(X12ValueError) as raised:
        write_837p(file)
    error = raised.value
    return error.claim, error.loop, error.element or error.segment, error.message

import csv
import datetime as dt
import io
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from web.csv_file import ROWS_AT_ONCE, cell, lines

EASTERN = ZoneInfo("America/New_York")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_text_that_a_spreadsheet_would_run_is_made_plain(start):
    assert cell(f'{start}HYPERLINK("http://x")') == f'\'{start}HYPERLINK("http://x")'


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("O'Brien, Ada", "O'Brien, Ada"),
        ("a=b", "a=b"),
        (None, ""),
        (True, "yes"),
        (False, ""),
        (Decimal("-20.00"), "-20.00"),
        (Decimal("1234.50"), "1234.50"),
        (-3, "-3"),
        (dt.date(1958, 3, 12), "1958-03-12"),
        (dt.time(9, 5), "09:05"),
        (dt.datetime(2026, 3, 2, 9, 5, 30, tzinfo=EASTERN), "2026-03-02 09:05-05:00"),
    ],
)
def test_values_are_written_so_that_a_program_can_read_them(value, written):
    assert cell(value) == written


def test_the_file_opens_in_a_spreadsheet_and_reads_back_as_it_was():
    rows = [["Zoë", 'says "no", never\nagain'], ["=1+1", ""]]

    content = b"".join(lines(["Name", "Words"], rows))

    assert content.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert read == [["Name", "Words"], ["Zoë", 'says "no", never\nagain'], ["'=1+1", ""]]


def test_the_first_rows_leave_before_the_last_are_fetched():
    fetched = []

    def rows():
        for number in range(2 * ROWS_AT_ONCE):
            fetched.append(number)
            yield [number]

    first = next(lines(["Number"], rows()))

    assert first.count(b"\r\n") == 1 + ROWS_AT_ONCE
    assert len(fetched) == ROWS_AT_ONCE

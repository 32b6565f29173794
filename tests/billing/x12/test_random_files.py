"""Random files, a hundred claims at least: what is written, two independent readers accept."""

from decimal import Decimal

from hypothesis import HealthCheck, given, settings

from billing.x12.check_837p import check_837p
from billing.x12.read import read_segments, to_amount
from billing.x12.write_837p import write_837p
from tests.billing.x12.pyx12_check import check
from tests.billing.x12.random_files import professional_files


@settings(
    max_examples=50,  # files of two to five claims: a hundred claims at least
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(file=professional_files())
def test_any_right_file_is_accepted_whole_and_written_alike_twice(file):
    content = write_837p(file)

    assert check(content.decode(), basic=False) == (True, [])  # our own check reads the characters
    assert check_837p(content) == []
    assert write_837p(file) == content
    sent = {s.get(1): to_amount(s.get(2)) for s in read_segments(content) if s.id == "CLM"}
    assert sent == {claim.control_number: claim.total_charge for claim in file.claims}
    lines = [to_amount(s.get(2)) for s in read_segments(content) if s.id == "SV1"]
    assert sum(lines, Decimal(0)) == sum(claim.total_charge for claim in file.claims)

"""How much longer writing and checking a claim file takes than joining its bytes.

    python -m bench.x12_writer [claims]

The ratio is what matters: the machine's own speed falls out of it.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from billing.x12.check_837p import check_837p
from billing.x12.read import read_segments
from billing.x12.write_837p import write_837p
from tests.billing.x12.cast import BENEFICIARY, CLAIM, LINE, MEDICARE, PHYSICIAN, file_of

CODES = ("97112", "97110", "97140")


def seconds(act: Callable[[], object]) -> float:
    """Processor time, the best of three runs, so that other work on the machine does not count."""
    times = []
    for _ in range(3):
        start = time.process_time()
        act()
        times.append(time.process_time() - start)
    return min(times)


def main(count: int) -> None:
    claims = [
        replace(
            CLAIM,
            control_number=f"C{n}",
            subscriber=replace(BENEFICIARY, group_number=f"G{n}"),
            payer=MEDICARE,
            referring=PHYSICIAN,
            total_charge=Decimal("300.00"),
            lines=tuple(
                replace(LINE, code=code, control_number=f"C{n}L{place}")
                for place, code in enumerate(CODES, start=1)
            ),
        )
        for n in range(count)
    ]
    file = file_of(*claims)
    content = write_837p(file)
    segments = list(read_segments(content))
    texts = [[segment.id, *segment.elements] for segment in segments]
    assert check_837p(content) == []

    joining = seconds(lambda: "~\n".join("*".join(text) for text in texts).encode())
    print(f"{count} claims, {len(segments)} segments, {len(content) / 1e6:.2f} MB")
    print(f"{'join':8}{joining:8.3f} s")
    for name, act in (
        ("write", lambda: write_837p(file)),
        ("read", lambda: list(read_segments(content))),
        ("check", lambda: check_837p(content)),
    ):
        taken = seconds(act)
        ratio, speed = taken / joining, count / taken
        print(f"{name:8}{taken:8.3f} s {ratio:8.0f} times join, {speed:.0f} claims/s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)

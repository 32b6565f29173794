"""How fast is CMS's practitioner file read, in how much memory, beside a plain split of its lines?

    .venv/bin/python bench/rule_files.py [ROWS]

Makes a file of as many pairs as the quarter's (2.6 million unless told), reads it as an upload is
read, and compares. Needs no database.
"""

from __future__ import annotations

import csv
import resource
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from billing.rule_files import Source, read  # noqa: E402 -- the path comes first
from billing.rules.cms_files import Kept  # noqa: E402
from tests.billing import cms_samples as cms  # noqa: E402


def memory() -> float:
    """MB this process has ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2_600_000
    with (ROOT / "documentation" / "data" / "procedure_codes.csv").open(encoding="utf-8") as table:
        codes = {row["code"] for row in csv.DictReader(table)}
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        file.write(cms.PAIRS_HEADER.encode())
        made = 0
        while made < count:
            one, two = 10000 + made // 33, 10000 + (made * 7) % 89999
            if made % 7000 == 0:  # some are of our codes
                one, two = 97110, 97112 + made // 7000 % 30
            if one != two:
                file.write(f"{one}\t{two}\t\t19960101\t*\t1\t{cms.RATIONALE}\r\n".encode())
            made += 1
        file.flush()
        size = file.tell() / 1024 / 1024
        before = memory()

        began = time.perf_counter()
        file.seek(0)
        for line in file:
            line.split(b"\t")
        plain = time.perf_counter() - began

        began = time.perf_counter()
        source = Source(file, "ncci")  # type: ignore[arg-type]  # a file object in all but name
        kept = sum(isinstance(each, Kept) for each in read(source, "ncci", codes))
        took = time.perf_counter() - began
    print(f"{count:,} rows, {size:.0f} MB: {kept} of our codes kept")
    print(f"plain split {plain:.1f} s; read and checked {took:.1f} s: {took / plain:.1f} times")
    print(f"memory {before:.0f} MB before, {memory():.0f} MB at most")


if __name__ == "__main__":
    main()

"""The stairs are real: imports go down, and the pure rooms import nothing of ours."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_every_import_contract_holds():
    lint = Path(sys.executable).parent / "lint-imports"

    answer = subprocess.run(
        [lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert "0 broken." in answer.stdout, answer.stdout + answer.stderr

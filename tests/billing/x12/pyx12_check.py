"""The independent judge of our files: pyx12, asked so that its own faults do not count.

It looks at structure, codes and lengths; it does not add up amounts (that is `check_837p`).
"""

import io
import logging
from functools import cache
from typing import Any

import pyx12.errors
import pyx12.map_if
import pyx12.params
import pyx12.x12n_document

_load_map_file = pyx12.map_if.load_map_file


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@cache
def _map_for(name: str, charset: str) -> Any:
    # Reading the maps takes twenty times as long as checking a file against them.
    return _load_map_file(name, _params(charset), None)


def _params(charset: str) -> pyx12.params.params:
    params = pyx12.params.params()
    params.set("charset", charset)
    return params


def check(text: str, *, basic: bool = True) -> tuple[bool, list[str]]:
    """Is the file valid, and what does pyx12 say about it?

    With `basic` the data must keep to the basic character set as well; an e-mail address cannot.
    An exception is a finding like another.
    """
    accepted, lines = _judge(text, "E")
    if basic:
        # In this mode it takes the delimiters that ISA declares for wrong characters of ISA.
        declared = ("(ISA11)", "(ISA16)")
        lines += [
            line for line in _judge(text, "B")[1] if not any(name in line for name in declared)
        ]
    return accepted and not lines, list(dict.fromkeys(lines))


def _judge(text: str, charset: str) -> tuple[bool, list[str]]:
    logger = logging.getLogger("pyx12")
    lines = _Lines()
    logger.addHandler(lines)
    propagate, logger.propagate = logger.propagate, False
    pyx12.map_if.load_map_file = lambda name, params, path=None: _map_for(name, charset)
    try:
        accepted = pyx12.x12n_document.x12n_document(
            _params(charset), io.StringIO(text), io.StringIO(), None
        )
    except Exception as error:
        return False, [*lines.lines, f"{type(error).__name__}: {error}"]
    finally:
        pyx12.map_if.load_map_file = _load_map_file
        logger.propagate = propagate
        logger.removeHandler(lines)
    return accepted, lines.lines

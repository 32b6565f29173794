"""A carrier that obeys takes every letter."""

import pytest

from tests.documentation.letter_ward import FakeCarrier


@pytest.fixture
def carrier(monkeypatch):
    fake = FakeCarrier()
    monkeypatch.setattr("documentation.carriers.of", lambda name: fake)
    return fake

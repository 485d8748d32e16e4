"""Fixtures: a collector for a whole file, or one with its own settings for one test."""

from contextlib import ExitStack

import pytest

from collector import Collector


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One collector with default settings for all tests of a file."""
    with Collector(tmp_path_factory.mktemp("shared")) as collector:
        yield collector


@pytest.fixture
def start(tmp_path):
    """Starts collectors with settings of their own; all are ended, and judged, after the test."""
    with ExitStack() as running:
        count = 0

        def start(settings=None, **more):
            nonlocal count
            count += 1
            return running.enter_context(
                Collector(tmp_path / f"collector{count}", settings, **more)
            )

        yield start


@pytest.fixture
def collector(start):
    """A fresh collector with default settings."""
    return start()

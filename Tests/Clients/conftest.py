"""Fixtures: a collector for a whole file, or one with its own settings for one test."""

import resource
from contextlib import ExitStack

import pytest

from collector import Collector


FILES = 4096


def pytest_sessionstart():
    """Attackers hold thousands of connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = FILES if hard == resource.RLIM_INFINITY else min(max(soft, FILES), hard)
    assert most >= FILES, f"{FILES} open files are needed, the hard limit is {hard}: ulimit -Hn"
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


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

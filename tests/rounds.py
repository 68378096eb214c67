"""`make test-long`: the same tests many times over, as `-p tests.rounds --rounds N`, with figures at the end.

What depends on timing, on chance or on the moment of a kill passes once by luck; it has to pass every time.
"""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict

import pytest

_seconds: defaultdict[str, list[float]] = defaultdict(list)
_failures: defaultdict[str, int] = defaultdict(int)
_counts: defaultdict[str, Counter[str]] = defaultdict(Counter)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", type=int, default=1, help="how often each test is run")


@pytest.fixture
def round_number(request: pytest.FixtureRequest) -> int:
    """Which time it is, from 1."""
    return int(request.param)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    metafunc.fixturenames.append("round_number")
    metafunc.parametrize("round_number", range(1, metafunc.config.getoption("--rounds") + 1), indirect=True)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    name = report.nodeid.partition("[")[0]
    if report.when == "call":
        _seconds[name].append(report.duration)
        _counts[name].update({what: int(str(count)) for what, count in report.user_properties})
    if report.failed:
        _failures[name] += 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section("figures")
    terminalreporter.write_line(f"{'runs':>5} {'failed':>6} {'median':>8} {'longest':>8}  test")
    for name, seconds in sorted(_seconds.items()):
        middle, longest = statistics.median(seconds), max(seconds)
        terminalreporter.write_line(f"{len(seconds):5} {_failures[name]:6} {middle:7.2f}s {longest:7.2f}s  {name}")
    for name, counts in sorted(_counts.items()):
        if counts:
            what = ", ".join(f"{count:,} {what}" for what, count in sorted(counts.items()))
            terminalreporter.write_line(f"{name}: {what}")

"""The clock that the service goes by."""

import pytest

from core.clock import SystemClock

HOUR_NS = 3_600 * 10**9


class Machine:
    """A machine's two clocks, that only the test moves; stands for the module `time`."""

    def __init__(self) -> None:
        self.wall_ns = 1_790_000_000 * 10**9
        self.uptime_ns = 5 * HOUR_NS

    def time_ns(self) -> int:
        return self.wall_ns

    def monotonic_ns(self) -> int:
        return self.uptime_ns

    def pass_time(self, ns: int) -> None:
        self.wall_ns += ns
        self.uptime_ns += ns


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    monkeypatch.setattr("core.clock.time", machine)
    return machine


def test_now_is_the_wall_clocks_milliseconds_and_goes_on_with_time(machine: Machine) -> None:
    clock = SystemClock()
    assert clock.now() == 1_790_000_000_000
    machine.pass_time(1_999_999)
    assert clock.now() == 1_790_000_000_001
    machine.pass_time(1)
    assert clock.now() == 1_790_000_000_002


@pytest.mark.parametrize("by_ns", [-HOUR_NS, HOUR_NS])
def test_a_wall_clock_that_is_set_moves_nothing(machine: Machine, by_ns: int) -> None:
    clock = SystemClock()
    machine.wall_ns += by_ns
    assert clock.now() == 1_790_000_000_000
    machine.pass_time(5 * 10**6)
    assert clock.now() == 1_790_000_000_005

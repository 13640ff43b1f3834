"""The driver that leaves orders to the shop's people."""

from collections.abc import Mapping

import pytest

from portal.drivers.base import Task
from portal.drivers.contract import Case, DriverContract, StandIn
from portal.drivers.local import LocalDriver
from tests.drivers.shop import task


class Nobody:
    """Who carries it out is not asked by the portal, so nothing but waiting can be brought about."""

    settings: Mapping[str, str] = {}

    def task(self, number: int) -> Task:
        return task(number)

    def bring_about(self, case: Case) -> None:
        assert case == Case.LATER

    def received(self) -> int:
        return 0

    def carried_out(self, task: Task) -> int:
        del task
        return 0


class TestLocal(DriverContract):
    driver = LocalDriver
    cases = (Case.LATER,)

    @pytest.fixture
    def stand_in(self) -> StandIn:
        return Nobody()

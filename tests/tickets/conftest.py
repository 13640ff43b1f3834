from collections.abc import Iterator

import pytest

from tests.tickets.desks import HelpDesk


@pytest.fixture
def desk() -> Iterator[HelpDesk]:
    with HelpDesk() as desk:
        yield desk


@pytest.fixture
def settings(desk: HelpDesk) -> dict[str, str]:
    return desk.settings

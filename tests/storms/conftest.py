import pytest


@pytest.fixture(autouse=True)
def _patient_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under a storm the last one waits long for a turn. Here it shall have it, so that the counts are exact."""
    monkeypatch.setattr("portal.passwords.WAIT_SECONDS", 60.0)

"""Working on while the database takes or gives nothing: said when that begins, not in every round that it lasts."""

import logging
from types import TracebackType
from typing import Self

from hub.store.engine import StoreError


class Patience:
    """A context that a StoreError only leaves early: what was to be done is done in a later one."""

    def __init__(self, logger: logging.Logger) -> None:
        """Take where it is said."""
        self._logger = logger
        self._code: str | None = None

    @property
    def tried(self) -> bool:
        """Say whether the last time ended in trouble."""
        return self._code is not None

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> bool:
        """Take a StoreError as read; anything else goes on its way."""
        if error is not None and not isinstance(error, StoreError):
            return False
        code = None if error is None else error.code
        if code is not None and code != self._code:
            self._logger.warning("%s", error)
        self._code = code
        return code is not None

"""`station fleet`: many stations in few processes on the real wire."""


def fleet() -> None:
    """Run many stations for trials and measurement 模拟多个站点."""
    raise NotImplementedError

"""Volumes the way French writes them."""


def cubic_metres(litres: int) -> str:
    """``1250`` → ``1,25 m³``, ``3000`` → ``3 m³``; whole litres inside, at most three decimals."""
    whole, rest = divmod(litres, 1000)
    decimals = f"{rest:03}".rstrip("0")
    return f"{whole}{',' + decimals if decimals else ''}\u00a0m³"

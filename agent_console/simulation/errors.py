"""Why a simulation is not started; messages are for whoever types the command."""


class SimulationError(Exception):
    """Base of this app's errors; ``message`` is French."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class CityInvalid(SimulationError):
    """A file of distributions that does not fit; says where."""


class AlreadySimulated(SimulationError):
    def __init__(self, reports: int) -> None:
        super().__init__(
            f"Une simulation est déjà là ({reports} signalements) : "
            "lancez d’abord `simulate --remove`."
        )


class TrueRowsAttached(SimulationError):
    def __init__(self, what: str) -> None:
        super().__init__(
            f"De vraies données se rattachent à la simulation ({what}) : rien n’a été supprimé."
        )

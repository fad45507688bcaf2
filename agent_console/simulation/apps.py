from django.apps import AppConfig


class SimulationConfig(AppConfig):
    """Owns no table: what it makes are rows of the other apps, marked."""

    name = "agent_console.simulation"
    label = "simulation"
    verbose_name = "Simulation"

"""The console: the city's side of every conversation, report and operator screen (Django)."""

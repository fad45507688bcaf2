"""Finding addresses: one port (``port``), three adapters (``own``, ``http``, ``communes_only``)."""

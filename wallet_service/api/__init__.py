"""The HTTP API of the wallet (``/v1``): parse, call one service, render."""

"""The web channel: the portal, the embeddable chat and its WebSocket protocol."""

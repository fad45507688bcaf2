"""The operator's and supervisor's screens, and the WebSocket that keeps them fresh."""

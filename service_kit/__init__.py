"""What every platform service needs in the same form: logs, tokens, problems, health, grants.

Holds no business rule and imports neither ``agent_console`` nor ``wallet_service``.
"""

"""Who may call the internal API, and the services that the console calls."""

from service_kit.tokens import ServiceToken

from .env import env

CONSOLE_API_TOKENS = (
    ServiceToken(
        name="actions",
        secret=env.str("CONSOLE_API_TOKEN_ACTIONS"),
        scopes=frozenset(
            {
                "reports:read",
                "reports:write",
                "pickups:read",
                "pickups:write",
                "places:read",
                "facilities:read",
                "photos:write",
                "conversations:read",
                "identity:read",
                "identity:write",
                "contacts:write",
                "conversations:write",
                "consultations:read",
                "consultations:write",
                "callbacks:write",
                "opening:read",
                "knowledge:read",
            }
        ),
    ),
)
RASA_URL = env.str("RASA_URL")
RASA_TOKEN = env.str("RASA_TOKEN")
WALLET_URL = env.str("WALLET_URL")
WALLET_API_TOKEN = env.str("WALLET_API_TOKEN_CONSOLE")

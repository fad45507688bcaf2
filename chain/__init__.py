"""The chain: contract, compiled artifact, calls and keys, node configurations.

Nothing here knows the wallet's database; ``wallet_service.settlement`` drives it.
"""

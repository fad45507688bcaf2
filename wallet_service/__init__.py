"""The wallet: a double-entry ledger of points, the rules that earn them, and their settlement.

Knows wallets as random UUIDs only; who a wallet belongs to is the console's business.
"""

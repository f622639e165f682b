"""Money: wallets, entries, holds, payments, prices. `ledger.py` is the only writer."""

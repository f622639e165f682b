"""People and their keys: accounts, API keys, how a request is authenticated."""

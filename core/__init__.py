"""What every app may lean on: errors, ids, money, storage, the API frame."""

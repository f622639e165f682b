"""What money refuses."""

from __future__ import annotations

from core.errors import Conflict, FastClipError
from core.money import price


class InsufficientBalance(FastClipError):
    """The wallet cannot pay. `needed`, `balance` and `owed` (taken back by a bank, not yet repaid): cents."""

    status, code = 402, "insufficient_balance"
    hint = "Add at least $5.00."

    def __init__(self, needed: int, balance: int, *, owed: int = 0) -> None:
        self.needed, self.balance, self.owed = needed, balance, owed
        sentence = f"This job needs {price(needed)}; the balance is {price(balance)}."
        if owed:
            sentence = f"{price(owed)} of an earlier payment was taken back and is owed before new jobs."
        super().__init__(sentence)


class AlreadyHeld(Conflict):
    """A second hold for the same purpose: whoever asks twice pays once."""

    sentence = "Money for this work is already set aside."


class AlreadyGranted(Conflict):
    code, sentence = "already_granted", "This account already has its sign-up credit."

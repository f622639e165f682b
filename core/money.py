"""Money is integer cents inside; US dollars exist only where JSON or a page begins (G06)."""

from __future__ import annotations


def dollars(cents: int) -> float:
    """Cents as a USD number with at most 2 decimals: `dollars(2) -> 0.02`."""
    return round(cents / 100, 2)


def price(cents: int) -> str:
    """Cents as a person reads them: `price(5) -> "$0.05"`, `price(-5) -> "-$0.05"`."""
    return f"{'-' if cents < 0 else ''}${abs(cents) / 100:,.2f}"

"""The only writer of money: wallets, entries, holds, and the state of payments.

Everything is integer cents. `Wallet.available` is the sum of the wallet's entries at every commit; each
function here is one transaction, safe to call twice, and leaves nothing behind when it raises. Checks are
part of the UPDATE that moves the money, "only once" is a unique key. Rows are written in one order
everywhere: Payment, Hold, the turn to number events (`take_turn`), Entry, Wallet, events.
"""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import Account
from billing.errors import AlreadyHeld, InsufficientBalance
from billing.models import Entry, Hold, Payment, Wallet
from core.money import dollars
from webhooks.emit import emit, take_turn

EMPTY_BELOW = 2  # cents: less than the cheapest job (C132)
BONUS_50_FROM = 5000  # cents: a deposit this large earns a tenth more (C105)


def wallet_of(account: Account) -> Wallet:
    """The account's wallet, made on first use."""
    return Wallet.objects.get_or_create(account=account)[0]


@transaction.atomic
def post(wallet: Wallet, *, kind: str, cents: int, key: str, hold: Hold | None = None,
         payment: Payment | None = None, reason: str = "") -> bool:
    """Change the balance by `cents` (signed, not 0) and write why. True once per `key`, then False.

    Emits `balance.low` and `balance.empty` when the balance falls below their thresholds (C132).
    Raises `InsufficientBalance` (402), and then nothing was written. Source: C104, reliability 2.2.
    """
    take_turn(wallet.account_id)
    entry = Entry(wallet=wallet, kind=kind, amount=cents, key=key, hold=hold, payment=payment, reason=reason)
    if not _written(entry):
        return False
    payable = Wallet.objects.filter(pk=wallet.pk, available__gte=max(0, -cents))
    if payable.update(available=F("available") + cents) != 1:
        raise InsufficientBalance(-cents, _now(wallet).available)
    _announce(_now(wallet), change=cents)
    return True


def _written(entry: Entry) -> bool:
    """Insert the entry unless its key is taken; in a savepoint, so PostgreSQL's transaction lives on."""
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError:
        if Entry.objects.filter(key=entry.key).exists():
            return False
        raise
    return True


def _now(wallet: Wallet) -> Wallet:
    """The wallet as this transaction sees it; after an UPDATE of it nobody else can change it."""
    return Wallet.objects.select_related("account").get(pk=wallet.pk)


def _announce(wallet: Wallet, *, change: int) -> None:
    before, after = wallet.available - change, wallet.available
    low = settings.LOW_BALANCE_CENTS
    if before >= low > after:
        emit(wallet.account, "balance.low", subject=f"wallet:{wallet.pk}",
             data={"balance": dollars(after), "threshold": dollars(low)})
    if before >= EMPTY_BELOW > after:
        emit(wallet.account, "balance.empty", subject=f"wallet:{wallet.pk}", data={"balance": dollars(after)})


@transaction.atomic
def reserve(account: Account, *, cents: int, purpose: str, parts: dict[str, int] | None = None) -> Hold:
    """Set `cents` (> 0) aside for `purpose` ("job:{id}"); `parts` says what the sum is made of.

    Check and subtraction are one UPDATE, so two requests cannot both spend the last cent. Raises
    `InsufficientBalance` (402), also while a taken-back payment is owed, and `AlreadyHeld` (409).
    Source: C104.
    """
    if cents <= 0:
        raise ValueError(f"A hold of {cents} cents.")
    wallet = wallet_of(account)
    try:
        with transaction.atomic():
            hold = Hold.objects.create(wallet=wallet, purpose=purpose, amount=cents, parts=parts or {})
    except IntegrityError as fault:
        raise AlreadyHeld from fault
    post(wallet, kind="reserve", cents=-cents, key=f"reserve:{purpose}", hold=hold)
    now = _now(wallet)
    if now.debt:
        raise InsufficientBalance(cents, now.available + cents, owed=now.debt)
    return hold


@transaction.atomic
def settle(hold: Hold, *, cost: int) -> bool:
    """End the hold: `cost` is spent, the rest comes back; cost 0 is a refund. True for one caller only.

    Raises ValueError unless 0 <= cost <= the hold's amount. Source: C104.
    """
    if not 0 <= cost <= hold.amount:
        raise ValueError(f"A cost of {cost} for {hold}.")
    still_open = Hold.objects.filter(pk=hold.pk, status="open")
    if still_open.update(status="settled" if cost else "refunded", cost=cost) != 1:
        return False
    if hold.amount > cost:
        post(hold.wallet, kind="release", cents=hold.amount - cost, key=f"release:{hold.purpose}", hold=hold)
    return True


@transaction.atomic
def credit(payment: Payment) -> bool:
    """The payment has arrived: top up, add its bonuses, repay what is owed. True for one caller only.

    Called alike by a provider's webhook, the browser and the poll; `payment` is stale afterwards. The
    first paid top-up of an account earns half again, any of $50 or more a tenth; both are rounded up to
    the cent, and both may apply. Emits `balance.reloaded`. Source: C105, C127, C134.
    """
    waiting = Payment.objects.filter(pk=payment.pk, state__in=["created", "processing"])
    if waiting.update(state="succeeded") != 1:
        return False
    wallet = wallet_of(payment.account)
    source = f"{payment.provider}:{payment.provider_id}"
    post(wallet, kind="topup", cents=payment.cents, key=f"topup:{source}", payment=payment)
    bonus = _add_bonuses(wallet, payment, source)
    _repay(wallet, key=f"repaid:{source}", payment=payment)
    emit(payment.account, "balance.reloaded", subject=payment.pk, data={
        "amount": payment.cents, "bonus": dollars(bonus), "balance": dollars(_now(wallet).available),
        "source": _source_word(payment)})
    return True


def _add_bonuses(wallet: Wallet, payment: Payment, source: str) -> int:
    """Write the bonuses this payment earns, each its own entry; returns their sum."""
    bonus, first, tenth = 0, -(-payment.cents // 2), -(-payment.cents // 10)
    if post(wallet, kind="bonus_first", cents=first, key=f"firsttopup:{payment.account_id}", payment=payment):
        bonus += first
    if payment.cents >= BONUS_50_FROM and post(wallet, kind="bonus_50", cents=tenth, key=f"bonus50:{source}",
                                               payment=payment):
        bonus += tenth
    return bonus


def _source_word(payment: Payment) -> str:
    """`source` of `balance.reloaded` (C127): card (a reload), btcpay, or deposit."""
    if payment.purpose == "reload":
        return "card"
    return "btcpay" if payment.provider == "btcpay" else "deposit"


@transaction.atomic
def charge_back(payment: Payment, *, cents: int, dispute_id: str) -> bool:
    """A bank took `cents` of a payment back. True once per payment.

    What the balance holds goes at once; the rest is owed and blocks new jobs until the next deposit. The
    payment no longer unlocks 4K. Raises ValueError if more is taken back than was paid.
    Source: reliability 2.2.
    """
    if not 0 < cents <= payment.cents:
        raise ValueError(f"{cents} cents of {payment}.")
    settled = Payment.objects.filter(pk=payment.pk, state="succeeded", refunded_cents__lte=F("cents") - cents)
    if settled.update(state="disputed", refunded_cents=F("refunded_cents") + cents) != 1:
        return False
    wallet = wallet_of(payment.account)
    take_turn(payment.account_id)
    Wallet.objects.filter(pk=wallet.pk).update(debt=F("debt") + cents)
    _repay(wallet, key=f"chargeback:{dispute_id}", payment=payment)
    return True


def _repay(wallet: Wallet, *, key: str, payment: Payment | None = None) -> None:
    """Pay what is owed from the balance, as far as it goes. The caller has just updated the wallet."""
    now = _now(wallet)
    cents = min(now.available, now.debt)
    if cents and post(wallet, kind="chargeback", cents=-cents, key=key, payment=payment):
        Wallet.objects.filter(pk=wallet.pk).update(debt=F("debt") - cents)


@transaction.atomic
def adjust(account: Account, *, cents: int, ticket: str, reason: str) -> bool:
    """Staff's correction by `cents` (signed), once per `ticket`; a positive one first repays what is owed.

    Raises ValueError without a reason and `InsufficientBalance` (402) below zero.
    """
    if not reason.strip():
        raise ValueError("An adjustment needs a reason.")
    wallet = wallet_of(account)
    if not post(wallet, kind="adjust", cents=cents, key=f"adjust:{ticket}", reason=reason.strip()):
        return False
    if cents > 0:
        _repay(wallet, key=f"repaid:adjust:{ticket}")
    return True

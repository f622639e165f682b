"""Accounts and their API keys."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from core.ids import new_id

MAX_KEYS = 10  # per account (C108)


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; e-mail addresses are kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> Account:
        if not email:
            raise ValueError("An account needs an e-mail address.")
        account = self.model(email=email.strip().lower(), **extra)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> Account:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)


class Account(AbstractBaseUser, PermissionsMixin):
    """A customer. The e-mail address is the name."""

    email = models.EmailField(max_length=254, unique=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    objects: ClassVar[AccountManager] = AccountManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="account_email_lower_case"),
        ]

    def __str__(self) -> str:
        return self.email


def _key_id() -> str:
    return new_id("key_")


class ApiKey(models.Model):
    """An API key. Only its SHA-256 is kept; the key itself is shown once (C002, C143)."""

    id = models.CharField(primary_key=True, max_length=16, default=_key_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="keys")
    slot = models.PositiveSmallIntegerField()  # 1..10: there is no eleventh place for a key to be
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="api_key_has_name"),
            models.CheckConstraint(condition=Q(slot__gte=1, slot__lte=MAX_KEYS), name="api_key_slot"),
            models.UniqueConstraint(fields=["account", "slot"], name="api_key_one_per_slot"),
        ]
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"

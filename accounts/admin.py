"""Accounts, groups of staff and API keys in the admin."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts.models import Account, ApiKey
from core.admin import ReadOnlyAdmin, ReadOnlyInline

admin.site.unregister(Group)
admin.site.unregister(EmailAddress)


class AddForm(UserCreationForm):
    """Addresses are kept in lower case, also when staff type them."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class ChangeForm(UserChangeForm):
    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class KeyInline(ReadOnlyInline):
    model = ApiKey
    fields = ["name", "prefix", "created_at", "last_used_at"]
    readonly_fields = fields


@admin.register(Account)
class AccountAdmin(UserAdmin, ModelAdmin):  # type: ignore[type-arg]
    """People. An account is switched off, never deleted here: its ledger stays."""

    form, add_form, change_password_form = ChangeForm, AddForm, AdminPasswordChangeForm
    list_display = ["email", "is_active", "is_staff", "key_count", "date_joined", "last_login"]
    list_filter = ["is_active", "is_staff", "is_superuser"]
    search_fields = ["email"]
    ordering = ["-date_joined"]
    list_per_page = 50
    readonly_fields = ["date_joined", "last_login"]
    fieldsets = [
        (None, {"fields": ["email", "password", "is_active"]}),
        ("Staff", {"fields": ["is_staff", "is_superuser", "groups", "user_permissions"], "classes": ["tab"]}),
        ("Times", {"fields": ["date_joined", "last_login"], "classes": ["tab"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "password1", "password2"]})]
    inlines = [KeyInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        found: QuerySet[Account] = super().get_queryset(request)
        return found.annotate(key_total=Count("keys"))

    @admin.display(description="keys", ordering="key_total")
    def key_count(self, account: Account) -> int:
        return int(getattr(account, "key_total", 0))

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> list[str]:
        """Only a superuser hands out rights; other staff would otherwise promote themselves."""
        rights = ["is_staff", "is_superuser", "groups", "user_permissions"]
        return self.readonly_fields + ([] if request.user.is_superuser else rights)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    pass


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnlyAdmin):
    list_display = ["email", "user", "verified", "primary"]
    list_filter = ["verified", "primary"]
    list_select_related = ["user"]
    search_fields = ["email"]


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Keys by their first characters; deleting one revokes it at once. The digest is nobody's business."""

    list_display = ["prefix", "name", "account", "created_at", "last_used_at"]
    list_select_related = ["account"]
    search_fields = ["prefix", "name", "account__email"]
    exclude = ["digest"]

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return bool(ModelAdmin.has_delete_permission(self, request, obj))

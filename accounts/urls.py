from allauth.account import views as allauth
from django.urls import path, register_converter
from django.urls.converters import StringConverter

from accounts import api, pages


class Base36(StringConverter):
    """An account's number in a mailed link; the key behind its hyphen may hold hyphens too."""

    regex = "[0-9A-Za-z]+"


register_converter(Base36, "base36")

urlpatterns = [
    path("signup", allauth.signup, name="account_signup"),
    path("signin", allauth.login, name="account_login"),
    path("signout", allauth.logout, name="account_logout"),
    path("reauthenticate", allauth.reauthenticate, name="account_reauthenticate"),
    path("inactive", allauth.account_inactive, name="account_inactive"),
    path("confirm-email", allauth.email_verification_sent, name="account_email_verification_sent"),
    path("confirm-email/<str:key>", allauth.confirm_email, name="account_confirm_email"),
    path("password/change", pages.password_change, name="account_change_password"),
    path("password/reset", allauth.password_reset, name="account_reset_password"),
    path("password/reset/done", allauth.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done", allauth.password_reset_from_key_done,
         name="account_reset_password_from_key_done"),
    path("password/reset/key/<base36:uidb36>-<path:key>", allauth.password_reset_from_key,
         name="account_reset_password_from_key"),
    path("account/keys", pages.keys, name="account-keys"),
    path("account/keys/<str:key_id>/revoke", pages.revoke, name="account-key-revoke"),
    path("v1/keys", api.KeysView.as_view()),
    path("v1/keys/<str:key_id>", api.KeyView.as_view()),
]

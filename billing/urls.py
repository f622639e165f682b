from django.urls import path

from billing import api, pages

urlpatterns = [
    path("account", pages.account, name="account"),
    path("account/signup-credit", pages.claim, name="account-claim"),
    path("v1/balance", api.BalanceView.as_view()),
    path("v1/account/signup-credit", api.SignupCreditView.as_view()),
]

from django.urls import path

from billing import api

urlpatterns = [
    path("v1/balance", api.BalanceView.as_view()),
    path("v1/account/signup-credit", api.SignupCreditView.as_view()),
]

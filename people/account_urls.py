"""The addresses of log-in, log-out and multi-factor set-up, from django-allauth.

Named one by one, each with its rule: what is not listed (signing up, changing one's e-mail,
log-in by mailed code) does not exist here.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from axes.decorators import axes_dispatch
from django.urls import path, re_path

from people.access import allow, public
from web import views

staff = allow()

urlpatterns = [
    path("login/", public(axes_dispatch(account.login)), name="account_login"),
    path("logout/", public(account.logout), name="account_logout"),
    path("inactive/", public(account.account_inactive), name="account_inactive"),
    path("reauthenticate/", staff(account.reauthenticate), name="account_reauthenticate"),
    path("password/change/", staff(account.password_change), name="account_change_password"),
    path("password/set/", staff(account.password_set), name="account_set_password"),
    path("password/reset/", public(account.password_reset), name="account_reset_password"),
    path(
        "password/reset/done/",
        public(account.password_reset_done),
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        public(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        public(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("pulse/", staff(views.pulse), name="account_pulse"),
    path("theme/", staff(views.remember_theme), name="account_theme"),
    # Between the password and the second factor nobody is signed in yet.
    path("2fa/authenticate/", public(mfa.authenticate), name="mfa_authenticate"),
    path("2fa/webauthn/login/", public(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("2fa/", staff(mfa.index), name="mfa_index"),
    path("2fa/reauthenticate/", staff(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", staff(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", staff(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "2fa/recovery-codes/",
        staff(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/generate/",
        staff(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        staff(recovery_codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("2fa/webauthn/", staff(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", staff(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path(
        "2fa/webauthn/reauthenticate/",
        staff(webauthn.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "2fa/webauthn/keys/<int:pk>/remove/",
        staff(webauthn.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path(
        "2fa/webauthn/keys/<int:pk>/edit/",
        staff(webauthn.edit_webauthn),
        name="mfa_edit_webauthn",
    ),
]

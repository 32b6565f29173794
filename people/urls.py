"""The addresses of people."""

from django.urls import path

from people.views import audit, cards, consents, directory, hooks, patients, practice, staff

app_name = "people"

urlpatterns = [
    path("patients/", patients.patients, name="patients"),
    path("patients/search/", patients.search_patients, name="search"),
    path("patients/new/", patients.patient_new, name="patient-new"),
    path("patients/removed/", patients.removed_patients, name="patients-removed"),
    path("patients/<int:pk>/", patients.patient, name="patient"),
    path("patients/<int:pk>/edit/", patients.patient_edit, name="patient-edit"),
    path("patients/<int:pk>/remove/", patients.patient_remove, name="patient-remove"),
    path("patients/<int:pk>/restore/", patients.patient_restore, name="patient-restore"),
    path("patients/<int:patient_id>/coverages/new/", cards.coverage_new, name="coverage-new"),
    path("coverages/<int:pk>/edit/", cards.coverage_edit, name="coverage-edit"),
    path(
        "coverages/<int:coverage_id>/authorizations/new/",
        cards.authorization_new,
        name="authorization-new",
    ),
    path("authorizations/<int:pk>/edit/", cards.authorization_edit, name="authorization-edit"),
    path("patients/<int:pk>/consents/", consents.patient_consents, name="patient-consents"),
    path(
        "patients/<int:patient_id>/consents/<int:version_id>/sign/",
        consents.consent_sign,
        name="consent-sign",
    ),
    path("consents/<int:pk>/", consents.consent, name="consent"),
    path("practice/consent-forms/", consents.consent_forms, name="consent-forms"),
    path("practice/consent-forms/new/", consents.consent_form_new, name="consent-form-new"),
    path("practice/consent-forms/<int:pk>/", consents.consent_form_edit, name="consent-form-edit"),
    path(
        "practice/consent-forms/<int:consent_form_id>/version/",
        consents.consent_version_new,
        name="consent-version-new",
    ),
    path("payers/", directory.payers, name="payers"),
    path("payers/new/", directory.payer_new, name="payer-new"),
    path("payers/<int:pk>/edit/", directory.payer_edit, name="payer-edit"),
    path("referrers/", directory.referrers, name="referrers"),
    path("referrers/new/", directory.referrer_new, name="referrer-new"),
    path("referrers/<int:pk>/edit/", directory.referrer_edit, name="referrer-edit"),
    path("staff/", staff.accounts, name="staff"),
    path("staff/new/", staff.account_new, name="account-new"),
    path("staff/<int:pk>/edit/", staff.account_edit, name="account-edit"),
    path("staff/<int:pk>/deactivate/", staff.account_deactivate, name="account-deactivate"),
    path("staff/<int:pk>/reactivate/", staff.account_reactivate, name="account-reactivate"),
    path("staff/<int:pk>/new-password/", staff.account_new_password, name="account-new-password"),
    path("clinics/", practice.clinics, name="clinics"),
    path("clinics/new/", practice.clinic_new, name="clinic-new"),
    path("clinics/<int:pk>/edit/", practice.clinic_edit, name="clinic-edit"),
    path("practice/", practice.practice, name="practice"),
    path("practice/edit/", practice.practice_edit, name="practice-edit"),
    path("hooks/sms/receipts/<int:pk>/", hooks.sms_receipt, name="sms-receipt"),
    path("hooks/sms/replies/", hooks.sms_reply, name="sms-reply"),
    path("stop/<str:token>/", hooks.stop_messages, name="stop-messages"),
    path("audit/", audit.audit_line, name="audit"),
    path("audit/verify/", audit.audit_verify, name="audit-verify"),
]

"""The addresses of billing."""

from django.urls import path

from billing.views import batches, claims, corrections, packets, payers, replies, units, what_if

app_name = "billing"

urlpatterns = [
    path("claims/", claims.work_list, name="claims"),
    path("claims/release/", claims.release_many, name="release-many"),
    path("claims/<int:pk>/", claims.claim, name="claim"),
    path("claims/<int:pk>/scrub/", claims.scrub, name="scrub"),
    path("claims/<int:pk>/release/", claims.release, name="release"),
    path("claims/<int:pk>/take-back/", claims.take_back, name="take-back"),
    path("claims/<int:pk>/void/", claims.void, name="void"),
    path("claims/<int:pk>/correct/", corrections.correct, name="correct"),
    path("claim-versions/<int:pk>/", corrections.version, name="claim-version"),
    path("patients/<int:pk>/claims/", claims.patient_claims, name="patient-claims"),
    path("cases/<int:episode_id>/packets/", packets.packets, name="packets"),
    path("patients/<int:patient_id>/packets/", packets.patient_packets, name="patient-packets"),
    path("cases/<int:pk>/packets/panel/", packets.packets_panel, name="packets-panel"),
    path("packets/<int:pk>/state/", packets.packet_state, name="packet-state"),
    path("packets/<int:pk>/file/", packets.packet_file, name="packet-file"),
    path("packets/<int:pk>/again/", packets.packet_again, name="packet-again"),
    path("batches/", batches.batch_list, name="batches"),
    path("batches/build/<int:partner_pk>/", batches.build, name="build"),
    path("batches/<int:pk>/", batches.batch, name="batch"),
    path("batches/<int:pk>/file/", batches.batch_file, name="batch-file"),
    path("batches/<int:pk>/sent/", batches.mark_sent, name="mark-sent"),
    path("batches/<int:pk>/send/", batches.send, name="batch-send"),
    path("batches/<int:pk>/settle/", batches.settle, name="batch-settle"),
    path("batches/<int:pk>/withdraw/", batches.withdraw, name="withdraw"),
    path("replies/", replies.reply_list, name="replies"),
    path("replies/upload/", replies.upload, name="reply-upload"),
    path("replies/<int:pk>/", replies.reply, name="reply"),
    path("replies/<int:pk>/file/", replies.reply_file, name="reply-file"),
    path("replies/<int:pk>/set-aside/", replies.set_aside, name="reply-set-aside"),
    path("what-if/", what_if.what_if, name="what-if"),
    path("payer-policies/", payers.policies, name="policies"),
    path("payer-policies/new/<int:payer_pk>/", payers.policy_new, name="policy-new"),
    path("payer-policies/<int:pk>/", payers.policy_edit, name="policy-edit"),
    path("trading-partners/new/", payers.partner_new, name="partner-new"),
    path("trading-partners/<int:pk>/try/", payers.partner_try, name="partner-try"),
    path("trading-partners/<int:pk>/", payers.partner_edit, name="partner-edit"),
    path("fees/", payers.fees, name="fees"),
    path("fees/new/", payers.fee_schedule_new, name="fee-schedule-new"),
    path("fees/<int:pk>/", payers.fee_schedule, name="fee-schedule"),
    path("visits/<int:pk>/units/", units.visit_units, name="visit-units"),
    path("visits/<int:pk>/units/choose/", units.choose, name="choose-units"),
]

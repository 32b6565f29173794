"""The addresses of documentation."""

from django.urls import path

from documentation import (
    urls_attachments,
    urls_home,
    urls_letters,
    urls_measures,
    urls_plans,
    urls_session,
)
from documentation.views import (
    amendments,
    cases,
    chart,
    due,
    flowsheets,
    notes,
    papers,
    pdfs,
    verify,
    waiting,
)
from documentation.views import reports as report_views

app_name = "documentation"

urlpatterns = [
    path("verify/", verify.ask, name="verify-ask"),
    path("verify/<str:code>/", verify.verify, name="verify"),
    path("practice/lead-times/", due.lead_times, name="lead-times"),
    path("notes/co-sign/", waiting.cosign_queue, name="cosign"),
    path("notes/co-sign/count/", waiting.cosign_badge, name="cosign-badge"),
    path("notes/unsigned/", waiting.unsigned, name="unsigned"),
    path("notes/unsigned/count/", waiting.unsigned_badge, name="unsigned-badge"),
    path("notes/<int:pk>/amend/", amendments.amend, name="note-amend"),
    path("notes/<int:pk>/amend/withdraw/", amendments.withdraw, name="note-amend-withdraw"),
    path("note-versions/<int:pk>/", amendments.version, name="note-version"),
    path("note-versions/<int:pk>/pdf/", amendments.version_pdf, name="note-version-pdf"),
    path("notes/<int:pk>/", notes.note, name="note"),
    path("notes/<int:pk>/sign/", notes.sign, name="note-sign"),
    path("notes/<int:pk>/co-sign/", notes.cosign, name="note-cosign"),
    path("notes/<int:pk>/addenda/", notes.addendum, name="note-addendum"),
    *urls_letters.urlpatterns,
    path("notes/<int:pk>/pdf/", pdfs.note_pdf, name="note-pdf"),
    path("notes/<int:pk>/pdf/state/", pdfs.pdf_state, name="note-pdf-state"),
    path("notes/<int:pk>/pdf/again/", pdfs.pdf_again, name="note-pdf-again"),
    path("patients/<int:patient_id>/chart/", chart.chart, name="chart"),
    path("patients/<int:patient_id>/cases/new/", cases.episode_new, name="episode-new"),
    path("cases/<int:pk>/", chart.episode, name="episode"),
    path("cases/<int:pk>/edit/", cases.episode_edit, name="episode-edit"),
    path("cases/<int:episode_id>/goals/new/", cases.goal_new, name="goal-new"),
    path("cases/<int:episode_id>/plans/new/", cases.plan_new, name="plan-new"),
    path("goals/<int:pk>/", cases.goal_edit, name="goal"),
    path("plans/<int:pk>/", cases.plan, name="plan"),
    path("pdfs/", papers.papers, name="papers"),
    path("pdfs/again/", papers.papers_again, name="papers-again"),
    path("pdfs/failed/", papers.papers_badge, name="papers-badge"),
    path("cases/<int:pk>/flowsheet/", flowsheets.case_flowsheet, name="flowsheet"),
    path("patients/<int:pk>/flowsheet/panel/", flowsheets.flowsheet_panel, name="flowsheet-panel"),
    path("visits/<int:pk>/report/", report_views.report_draft, name="report-draft"),
    path("compliance/", due.compliance, name="compliance"),
    path("compliance/due/", due.compliance_badge, name="compliance-badge"),
    path("diagnoses/", cases.diagnoses, name="diagnoses"),
    *urls_plans.urlpatterns,
    *urls_session.urlpatterns,
    *urls_home.urlpatterns,
    *urls_measures.urlpatterns,
    *urls_attachments.urlpatterns,
]

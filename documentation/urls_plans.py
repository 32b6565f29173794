"""The addresses around plans of care that are sent to providers, staff's and the provider's own."""

from django.urls import path

from documentation.views import plan_link, plan_sending

urlpatterns = [
    path("plan-of-care/<str:token>/", plan_link.plan_link, name="plan-link"),
    path("plans/<int:pk>/send/", plan_sending.send, name="plan-send"),
    path("plan-sendings/<int:pk>/handed-over/", plan_sending.handed_over, name="plan-handed-over"),
    path("plan-sendings/<int:pk>/letter/", plan_sending.letter, name="plan-letter"),
    path("plan-sendings/<int:pk>/link/", plan_sending.link, name="plan-link-shown"),
    path("plan-sendings/<int:pk>/paper/", plan_sending.paper, name="plan-paper"),
    path("plan-sendings/<int:pk>/seen/", plan_sending.seen, name="plan-seen"),
    path("plan-sendings/<int:pk>/withdraw/", plan_sending.withdraw, name="plan-withdraw"),
    path("plan-pdfs/<int:pk>/", plan_sending.pdf, name="plan-pdf"),
    path("plan-pdfs/<int:pk>/state/", plan_sending.pdf_state, name="plan-pdf-state"),
    path("plan-pdfs/<int:pk>/again/", plan_sending.pdf_again, name="plan-pdf-again"),
]

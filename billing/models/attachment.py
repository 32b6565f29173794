"""A report that goes to the payer beside the claim: 837P PWK."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from billing.models.claim import Claim
from billing.x12.codes import AttachmentDelivery, AttachmentReport

MOST_ATTACHMENTS = 10  # PWK of loop 2300
REPORTS = {
    AttachmentReport.PHYSICAL_THERAPY_NOTES: "Physical therapy notes",
    AttachmentReport.PHYSICAL_THERAPY_CERTIFICATION: "Physical therapy certification",
    AttachmentReport.PLAN_OF_TREATMENT: "Plan of treatment",
    AttachmentReport.PROGRESS_REPORT: "Progress report",
    AttachmentReport.INITIAL_ASSESSMENT: "Initial assessment",
    AttachmentReport.FUNCTIONAL_GOALS: "Functional goals",
    AttachmentReport.CERTIFICATION: "Certification",
    AttachmentReport.PHYSICIAN_REPORT: "Physician's report",
    AttachmentReport.BEYOND_GUIDELINES: "Reason for treatment beyond the guidelines",
    AttachmentReport.SUPPORT_DATA: "Other supporting papers",
}
DELIVERIES = {
    AttachmentDelivery.FAX: "By fax",
    AttachmentDelivery.MAIL: "By mail",
    AttachmentDelivery.ELECTRONIC: "By a portal or another file",
    AttachmentDelivery.FILE_TRANSFER: "By file transfer",
    AttachmentDelivery.E_MAIL: "By e-mail",
    AttachmentDelivery.ON_REQUEST: "Kept here, on request",
}

REPORT_CHOICES = [(code.value, label) for code, label in REPORTS.items()]
DELIVERY_CHOICES = [(code.value, label) for code, label in DELIVERIES.items()]


class ClaimAttachment(models.Model):
    """What is sent apart from the claim, how, and the number by which the payer finds it again."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="attachments")
    report = models.CharField(max_length=2, choices=REPORT_CHOICES)
    delivery = models.CharField("how it gets there", max_length=2, choices=DELIVERY_CHOICES)
    control_number = models.CharField("its number", max_length=50, blank=True)

    class Meta:
        ordering = ["claim", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(delivery="AA") | ~Q(control_number=""),
                name="an_attachment_that_is_sent_has_a_number",
            ),
            models.UniqueConstraint(
                fields=["claim", "control_number"],
                condition=~Q(control_number=""),
                name="an_attachment_number_stands_once_on_a_claim",
            ),
        ]

    def __str__(self) -> str:
        return f"attachment {self.pk}"

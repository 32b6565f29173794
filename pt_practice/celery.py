"""The background workers: what runs by the clock, and how a task is delivered.

Postgres holds what waits; Redis only rings the bell. A task may run twice, so each says in its
docstring why twice is safe; `beat_schedule` sweeps up what a lost bell left behind.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pt_practice.settings")

app = Celery("pt_practice", task_cls="pt_practice.bell:Bell")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

MINUTE = 60

app.conf.beat_schedule = {
    "sweep-pdfs": {"task": "documentation.tasks.sweep_pdfs", "schedule": 10 * MINUTE},
    "sweep-audit-packets": {"task": "billing.tasks.sweep_audit_packets", "schedule": 5 * MINUTE},
    "sweep-paper-batches": {"task": "billing.tasks.sweep_paper_batches", "schedule": 5 * MINUTE},
    "sweep-issued-papers": {"task": "billing.tasks.sweep_issued_papers", "schedule": 5 * MINUTE},
    "sweep-handouts": {"task": "documentation.tasks.sweep_handouts", "schedule": 10 * MINUTE},
    "send-due-letters": {"task": "documentation.tasks.send_due_letters", "schedule": MINUTE},
    "sweep-report-letters": {
        "task": "documentation.tasks.sweep_report_letters",
        "schedule": 10 * MINUTE,
    },
    "sweep-plan-pdfs": {"task": "documentation.tasks.sweep_plan_pdfs", "schedule": 10 * MINUTE},
    "sweep-thumbnails": {"task": "documentation.tasks.sweep_thumbnails", "schedule": MINUTE},
    "send-due-messages": {"task": "people.tasks.send_due_messages", "schedule": MINUTE},
    "send-due-reminders": {
        "task": "scheduling.tasks.send_due_reminders",
        "schedule": 5 * MINUTE,
    },
    "post-desk-money": {"task": "billing.tasks.post_desk_money", "schedule": 2 * MINUTE},
    "sweep-imports": {"task": "people.tasks.sweep_imports", "schedule": MINUTE},
    "sweep-sends": {"task": "billing.tasks.sweep_sends", "schedule": 5 * MINUTE},
    "fetch-replies": {"task": "billing.tasks.fetch_replies", "schedule": 15 * MINUTE},
    "sweep-replies": {"task": "billing.tasks.sweep_replies", "schedule": 5 * MINUTE},
    "sweep-rule-files": {"task": "billing.tasks.sweep_rule_files", "schedule": MINUTE},
    "sweep-next-claims": {"task": "billing.tasks.sweep_next_claims", "schedule": 10 * MINUTE},
    "sweep-claims": {"task": "billing.tasks.sweep_claims", "schedule": 10 * MINUTE},
}

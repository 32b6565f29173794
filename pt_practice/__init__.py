"""The roof: settings, addresses, background workers, home page."""

from pt_practice.celery import app as celery_app

__all__ = ["celery_app"]

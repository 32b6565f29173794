from django.apps import AppConfig


class PtPracticeConfig(AppConfig):
    name = "pt_practice"

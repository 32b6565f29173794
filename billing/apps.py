from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"

    def ready(self) -> None:
        from billing import places, receivers  # noqa: F401, PLC0415 -- app ready

        places.register()

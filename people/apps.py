from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "people"

    def ready(self) -> None:
        from people import places, receivers  # noqa: F401, PLC0415 -- app ready

        places.register()

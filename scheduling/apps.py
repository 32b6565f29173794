from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "scheduling"

    def ready(self) -> None:
        from scheduling import places, reminders  # noqa: PLC0415 -- app ready

        places.register()
        reminders.register()

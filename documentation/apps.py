from django.apps import AppConfig


class DocumentationConfig(AppConfig):
    name = "documentation"

    def ready(self) -> None:
        from documentation import places, receivers  # noqa: F401, PLC0415 -- app ready

        places.register()

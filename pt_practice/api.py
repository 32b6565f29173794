"""The API's addresses: what each app offers under /api/v1/."""

from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import ViewSetMixin

from billing.api import routes as billing_routes
from documentation.api import routes as documentation_routes
from documentation.api_attachments import routes as attachment_routes
from documentation.api_home import routes as home_routes
from documentation.api_measures import routes as measure_routes
from people.api import routes as people_routes
from scheduling.api import routes as scheduling_routes

router = SimpleRouter()
routes: list[tuple[str, type[ViewSetMixin], str]] = [
    *people_routes,
    *scheduling_routes,
    *documentation_routes,
    *attachment_routes,
    *home_routes,
    *measure_routes,
    *billing_routes,
]
for prefix, viewset, name in routes:
    router.register(prefix, viewset, basename=name)

urls = router.urls

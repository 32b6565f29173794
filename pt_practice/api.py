"""The API's addresses: what each app offers under /api/v1/."""

from rest_framework.routers import SimpleRouter

router = SimpleRouter()

urls = router.urls

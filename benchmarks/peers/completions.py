"""Django: `update_or_create` for each beat, and Open edX's own `submit_completion` for each beat, under gunicorn.

`python completions.py LEARNERS` makes the tables and so many users. Nobody is authenticated: in their favour.
"""

import json
import os
import sys
from urllib.parse import urlsplit

import django
from django.conf import settings

_url = urlsplit(os.environ["DATABASE_URL"])
settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="of the benchmark",
    USE_TZ=True,
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "waffle", "completion"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": _url.hostname,
            "PORT": _url.port,
            "NAME": _url.path[1:],
            "USER": _url.username,
            "PASSWORD": _url.password,
            "CONN_MAX_AGE": None,
        }
    },
)
django.setup()

from completion.models import BlockCompletion  # noqa: E402
from completion.waffle import ENABLE_COMPLETION_TRACKING_SWITCH  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from eventtracking import tracker  # noqa: E402
from opaque_keys.edx.keys import CourseKey  # noqa: E402
from waffle.models import Switch  # noqa: E402

tracker.register_tracker(tracker.Tracker())  # without backends: in its favour
COURSE = CourseKey.from_string("course-v1:seatime+bench+2026")


class Watching(models.Model):
    """What a team writes first: the last position of a learner in a lesson."""

    learner = models.IntegerField()
    lesson = models.CharField(max_length=64)
    position = models.FloatField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "watching"
        constraints = (models.UniqueConstraint(fields=["learner", "lesson"], name="watching_once"),)


def upsert(request: HttpRequest) -> JsonResponse:
    report = json.loads(request.body)
    for beat in report["beats"]:
        Watching.objects.update_or_create(
            learner=int(report["learner"]), lesson=report["lesson"], defaults={"position": beat["position"]}
        )
    return JsonResponse({"accepted": len(report["beats"])}, status=202)


def submit(request: HttpRequest) -> JsonResponse:
    report = json.loads(request.body)
    user, block = User(pk=int(report["learner"])), COURSE.make_usage_key("video", report["lesson"])
    for beat in report["beats"]:
        BlockCompletion.objects.submit_completion(user, block, beat["position"] / 1800)
    return JsonResponse({"accepted": len(report["beats"])}, status=202)


def live(_: HttpRequest) -> JsonResponse:
    return JsonResponse({"live": True})


urlpatterns = [path("upsert", upsert), path("submit", submit), path("health/live", live)]
application = get_wsgi_application()

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(Watching)
    User.objects.bulk_create([User(pk=n, username=f"learner-{n}") for n in range(1, int(sys.argv[1]) + 1)])
    Switch.objects.update_or_create(name=ENABLE_COMPLETION_TRACKING_SWITCH.name, defaults={"active": True})

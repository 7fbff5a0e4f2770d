"""The web's entry: granian config.wsgi:application."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from programs.walls import refuse_unsafe_start  # noqa: E402  models exist only from here on

refuse_unsafe_start()

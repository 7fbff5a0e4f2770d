"""The web's entry: granian config.wsgi:application."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from programs.walls import refuse_unsafe_start  # noqa: E402  models exist only from here on

refuse_unsafe_start()

# What was made at the start stays: the collector need not walk it again with every few requests.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 50, 50)

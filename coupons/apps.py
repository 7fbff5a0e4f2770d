"""The floor's configuration."""

from django.apps import AppConfig


class CouponsConfig(AppConfig):
    """Named so that Django finds it."""

    name = "coupons"
    default_auto_field = "programs.fields.TimeOrderedId"

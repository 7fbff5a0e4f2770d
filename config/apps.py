"""The top: commands, pages that belong to no floor, and the house's start."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Named so that Django finds its commands."""

    name = "config"

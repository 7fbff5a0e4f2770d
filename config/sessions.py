"""Sessions in the database, whose keys are looked at before they are looked up."""

from typing import Any

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Django's, but a key that cannot be one of ours is no session: PostgreSQL takes no NUL in a text,
    so that a made-up cookie answered 500 on every page."""

    def _validate_session_key(self, key: Any) -> bool:
        is_long: bool = super()._validate_session_key(key)  # type: ignore[misc]  # Django has it, its types not
        return is_long and key.isascii() and key.isalnum()

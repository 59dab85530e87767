"""What keeps the secrets of webhooks shut at rest: a setting, and nothing that is in the database."""

from analytics_service.settings import Settings
from servicekit.sealing import Seal

SETTING = "WEBHOOK_SEALING_SECRET"


def seal_of(settings: Settings) -> Seal | None:
    """What opens the secrets, or nothing where the setting is missing. Raises CannotUnseal for one of another form."""
    secret = settings.webhook_sealing_secret
    return Seal(secret.get_secret_value(), setting=SETTING) if secret is not None else None

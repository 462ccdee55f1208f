"""Messages to a person: texts in her language, kept, and mailed once the transaction stands."""

from core.notices.service import NOTICES, Notices
from core.notices.templates import FOOT, Template

__all__ = ["FOOT", "NOTICES", "Notices", "Template"]

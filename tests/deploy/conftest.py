"""Fixtures of other folders that are needed here as well."""

from tests.analytics.conftest import analytics_database, pool

__all__ = ["analytics_database", "pool"]

"""Mechanism that every service shares: Kafka, PostgreSQL, HTTP, identity, telemetry. No word of the domain."""

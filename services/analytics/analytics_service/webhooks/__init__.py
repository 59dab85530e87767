"""Events told to receivers outside, as Standard Webhooks."""

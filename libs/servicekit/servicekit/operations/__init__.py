"""What an operator sees and does, the same in every service: how its queues stand, and what becomes of dead letters."""

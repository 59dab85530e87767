"""The demonstration: what people do with the system, done through its public doors only."""

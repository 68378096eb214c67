"""How fast Baton is on this machine, against a floor measured in the same run. `make bench` runs it."""

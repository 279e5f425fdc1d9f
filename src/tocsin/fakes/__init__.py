"""Stand-ins for the services of others, over real HTTP and with a menu of faults: teams drill with them, tests too."""

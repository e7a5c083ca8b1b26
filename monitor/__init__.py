"""DECIDES AND SHOWS: settings, schedule, comparison, alerts and the command line."""

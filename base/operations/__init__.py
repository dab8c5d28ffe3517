"""What keeps the portal running: jobs, mail, limits, encryption, health."""

"""What keeps the portal running: jobs, notices and mail, limits, encryption, health."""

"""Procedures, the services of each site, their levels and limits; the public list and pages."""

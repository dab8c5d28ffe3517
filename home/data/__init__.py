"""The units of the city as tables: what an empty portal starts from. Dates and codes are data with a source."""

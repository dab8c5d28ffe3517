"""Tables that go out: spreadsheets, CSV, PDF."""

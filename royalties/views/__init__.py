"""The administration's screens of royalties: months and items, statements, tariffs, contributors, one's own."""

"""What helps before a submission: templates of pages, previews for outsiders."""

"""Personal data of citizens: terms, requests, complaints, what is agreed to (decision 0032)."""

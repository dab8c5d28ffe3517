"""From one old page to the parts of a draft: markup, addresses, pictures and files (`checking.py`, `writing.py`)."""

"""The hostile pages, by what they attack. Each is a `Page`; see `page.py`."""

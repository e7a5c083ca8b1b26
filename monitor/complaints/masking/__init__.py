"""Takes live keys and personal data out of what leaves the machine: texts, pictures, PDFs, mails.

Who sees what, what cannot be masked, and figures: docs/masking.md.
"""

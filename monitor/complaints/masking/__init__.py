"""Takes live keys and personal data out of what leaves the machine: texts, pictures, PDFs, mails. See docs/masking.md."""

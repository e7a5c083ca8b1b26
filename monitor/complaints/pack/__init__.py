"""The complaint pack: what is handed over of a case through one channel, as a folder or a ZIP."""

"""The file on a platform: its domains over time, what links them, who can be complained against, and the proof."""

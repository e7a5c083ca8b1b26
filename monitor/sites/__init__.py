"""Sites in a run and for a reader: looked at after the visits, their states and moves kept, told, drawn and followed.

What a state is and who follows whom is judged in `monitor.operators`; here it is given what the archive holds.
"""

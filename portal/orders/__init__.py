"""What customers ask for on what they have: asked, allowed, carried out by a driver, settled.

An order is a row in the same commit as the proof that allowed it, so a crash loses none and no page waits for a driver.
"""

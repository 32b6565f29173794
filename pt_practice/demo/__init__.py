"""A believable clinic to try the house with: the same people and numbers every time.

Days are counted from the day it is loaded, so that there is always a today to look at.
Everybody in it is made up.
"""

"""The challenge: a code that was asked for, sent, and redeemed once, in one browser, for one purpose."""

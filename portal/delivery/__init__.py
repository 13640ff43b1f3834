"""The outbox: a text is queued in the commit of what it is for, and sent by whoever claims it first."""

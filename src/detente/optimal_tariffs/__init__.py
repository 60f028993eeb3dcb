"""Governments that choose: what they want, how one answers the other, and where it ends if nobody gives way.

The dispute file reads `detente.dispute.blocks` alone, so this package loads nothing by itself; the front doors are
`detente.best_response` and `detente.nash`.
"""

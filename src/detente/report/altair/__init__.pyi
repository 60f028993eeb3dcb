from altair import *  # noqa: F403

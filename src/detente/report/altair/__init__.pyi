from altair import *

"""How sure a result is: the same numbers over elasticity sets, draws of elasticities, closures, worlds and values."""

"""The world as measured: worlds, elasticities, concordances, customs figures. This layer knows no model."""

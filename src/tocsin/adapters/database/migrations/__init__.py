"""How a database comes to the present schema: one revision after the other, each in one transaction."""

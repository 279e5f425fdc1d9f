"""The rules by which a compiled document is reviewed, a module for each family of findings, and what several ask."""

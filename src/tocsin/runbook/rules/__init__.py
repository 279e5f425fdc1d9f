"""The rules by which a compiled document is reviewed, one module per family of findings."""

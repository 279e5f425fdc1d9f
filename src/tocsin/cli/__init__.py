"""FACE: the command line. Parse, one app call, render."""

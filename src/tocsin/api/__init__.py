"""FACE: JSON over HTTP. Parse, one app call, render."""

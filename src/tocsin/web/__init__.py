"""FACE: pages for people. Parse, one app call, render."""

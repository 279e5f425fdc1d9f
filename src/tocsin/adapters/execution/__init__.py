"""Runs the commands of steps: on this machine, or on another by ssh; bounded, and with nothing left behind."""

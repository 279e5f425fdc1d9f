"""What an alert speaks of: words, quantities, the procedure that they match, the severity that they suggest."""

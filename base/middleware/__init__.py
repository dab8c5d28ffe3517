"""What every request passes: admin gate, security headers, clean input, language by address, limits, the log."""

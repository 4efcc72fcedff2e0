"""What every surface asks: one service, its limits, requests and errors."""

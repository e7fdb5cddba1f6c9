"""What the Python tests share: the proxy as a process, servers and peers of our own, and recordings as Python values."""

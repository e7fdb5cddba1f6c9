"""What `tools/bench` is made of: cases, contenders, measurements, gates and tables."""

"""Live views and pages that the browser tests and `tools/demo` open."""

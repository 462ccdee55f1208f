"""The commands of `plusone`, one module each: `configure(parser)` and `run(arguments)`."""

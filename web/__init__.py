"""What people meet: the composition of all features, pages, sign-in, command line."""

"""Who may come in: accounts, sessions kept on the server, one-time links and roles."""

"""SQL reports: plain `.sql` files that anybody can open, run in a sandbox that only reads."""

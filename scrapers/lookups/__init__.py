"""Questions about a domain, one file a kind: DNS, RDAP, WHOIS, TLS, the front page; and whether our network works."""

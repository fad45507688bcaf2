"""Points become a service: the public catalogue, the voucher's page, redeeming for a caller."""

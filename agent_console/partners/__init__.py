"""The partner's portal: a cashier reads a voucher's code, hands over, and captures it once."""

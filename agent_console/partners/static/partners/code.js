// What service_kit/voucher_code.py knows of a code, said while it is typed.

const MISREAD = { O: "0", Q: "0", I: "1", L: "1" };

// What is wrong with `text` ("empty", "length", "symbol", "check"), or null when it is a code.
export function checkCode(text, alphabet, length) {
  const symbols = [...text.replace(/[\s\u00a0\u202f._\-·‐‑‒–—]/g, "").toUpperCase()].map(
    (symbol) => MISREAD[symbol] ?? symbol,
  );
  if (symbols.length === 0) return "empty";
  if (symbols.some((symbol) => !alphabet.includes(symbol))) return "symbol";
  if (symbols.length !== length) return "length";
  return checksum(symbols, alphabet) === 1 ? null : "check";
}

// ISO/IEC 7064, hybrid system MOD n+1,n; a right code gives 1.
function checksum(symbols, alphabet) {
  const n = alphabet.length;
  return symbols.reduce(
    (check, symbol) => ((((check || n) * 2) % (n + 1)) + alphabet.indexOf(symbol)) % n,
    Math.floor(n / 2),
  );
}

/**
 * What the page may do where no server of ours says so: on a web host that serves files alone, and without a network.
 *
 * @module
 */

/**
 * Content security policy: own code, WebAssembly and workers; data also from hosts that the reader of the page names.
 * The server of `cellwright view` sends a stricter one, with the hosts of its command line.
 */
export const POLICY: string = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "worker-src 'self' blob:",
  "connect-src 'self' blob: data: https: http://localhost:* http://127.0.0.1:*",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Headers of every file; with the first two threads may share memory. */
export const HEADERS: Readonly<Record<string, string>> = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Content-Security-Policy": POLICY,
  "X-Content-Type-Options": "nosniff",
};

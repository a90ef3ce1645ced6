/**
 * Switches ONNX Runtime's telemetry off, which it has on in its native library: it would keep an identifier of the
 * machine in the user's cache and send events to its maker. Must be imported before `onnxruntime-node`, which looks at
 * the variable once, when it is loaded.
 *
 * @module
 */
process.env.ORT_DISABLE_TELEMETRY = "1";

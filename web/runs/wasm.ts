import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";

/** Fetches the runtime's WebAssembly file from the page's own server; the runtime's loader checks its hash. */
export async function fetchWasm(): Promise<Uint8Array> {
  const response = await fetch(new URL(wasmUrl, location.href));
  if (!response.ok)
    throw new Error(`The runtime's WebAssembly file can't be loaded: the page's server answered ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}

import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import { sentenceOf } from "../../sdk/errors.ts";
import type { CheckMessage, CheckRequest } from "./messages.ts";
import { checkHere } from "./run.ts";

const tell = (message: CheckMessage) => postMessage(message);

async function fetchWasm(): Promise<Uint8Array> {
  const response = await fetch(new URL(wasmUrl, location.href));
  if (!response.ok)
    throw new Error(`The runtime's WebAssembly file can't be had: the page's server answered ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}

addEventListener("message", async ({ data }: MessageEvent<CheckRequest>) => {
  try {
    tell({ kind: "found", found: await checkHere(data, fetchWasm, tell) });
  } catch (error) {
    tell({ kind: "failed", message: sentenceOf(error) });
  }
});

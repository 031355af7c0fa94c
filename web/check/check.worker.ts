import { sentenceOf } from "../../sdk/errors.ts";
import type { CheckMessage, CheckRequest } from "./messages.ts";
import { checkHere } from "./run.ts";
import { fetchWasm } from "./wasm.ts";

const tell = (message: CheckMessage) => postMessage(message);

addEventListener("message", async ({ data }: MessageEvent<CheckRequest>) => {
  try {
    tell({ kind: "found", found: await checkHere(data, fetchWasm, tell) });
  } catch (error) {
    tell({ kind: "failed", message: sentenceOf(error) });
  }
});

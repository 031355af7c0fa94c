import { sentenceOf } from "../../sdk/errors.ts";
import type { CheckMessage, CheckRequest } from "./messages.ts";
import { checkHere } from "./run.ts";
import { fetchWasm } from "./wasm.ts";

const send = (message: CheckMessage) => postMessage(message);

addEventListener("message", async ({ data }: MessageEvent<CheckRequest>) => {
  try {
    send({ kind: "found", found: await checkHere(data, fetchWasm, send) });
  } catch (error) {
    send({ kind: "failed", message: sentenceOf(error) });
  }
});

import { loadRuntime } from "../../../inference/runtime.ts";
import { fetchWasm } from "../../../web/runs/wasm.ts";
import { type Plan, play, type Tally } from "./play.ts";

declare global {
  interface Window {
    /** Asked by chromium.ts. */
    play(plan: Plan): Promise<Tally>;
  }
}

window.play = async (plan) => play(plan, await loadRuntime(await fetchWasm()), undefined);

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parentPort } from "node:worker_threads";
import { initWasm, Resvg } from "@resvg/resvg-wasm";

/** A picture that was asked for by its SVG. */
export interface Drawn {
  svg: string;
  png: Uint8Array;
}

const read = (name: string) => readFile(fileURLToPath(import.meta.resolve(name)));

const [fonts] = await Promise.all([
  Promise.all(
    ["400Regular/Inter_400Regular.ttf", "700Bold/Inter_700Bold.ttf"].map((name) =>
      read(`@expo-google-fonts/inter/${name}`),
    ),
  ),
  read("@resvg/resvg-wasm/index_bg.wasm").then((wasm) => initWasm(wasm)),
]);
// Text is drawn with these alone, so that a picture doesn't depend on the machine.
const font = { fontBuffers: fonts, defaultFontFamily: "Inter" };

parentPort?.on("message", (svg: string) => {
  const drawing = new Resvg(svg, { font });
  const image = drawing.render();
  const png = image.asPng();
  image.free();
  drawing.free();
  parentPort?.postMessage({ svg, png } satisfies Drawn);
});

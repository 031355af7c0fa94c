import { readFileSync } from "node:fs";
import { bytesToHex, type Hex } from "viem";
import { forward } from "../../inference/integer.ts";
import { publicSignals } from "../../inference/methods/zkProof/signals.ts";
import { decodeLayout, decodeRows } from "../../sdk/layouts.ts";
import { hash } from "./bytes.ts";

const read = (file: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../models/stripes/${file}`, import.meta.url)));

/** Proofs of the model's runs on its first base inputs. A proof is drawn, so these were made once. */
const PROOFS: readonly Hex[] = [
  "0x161c07907891269f9dc2353b3a1307953573f2111714df448bd8bcc619b72f862fb4d99856a05c1150a2ff43a4627e53207b3b402af344113c1b40f7e6d472082e357984d8d9061b693d88f1c4c9fb992fc56a3abdc0cc00d1522f046ccca0592ea06b9f129b2a496c26d303299a3c3adfbd1adf5b41dfac6789e8cd0287802007474a065bddbad4769b031649eb4da0a58609a233e6462a8a69a0ebdfec2186079450b10a14d998cafb9c5aca7b2af83749ab7e8a8466bd7c1b6eae5a071db728482bf2cfddda308b959c7d48363d82e4190c3b3b8e225880ac8f83d88f90590b4170e92a0d489c2ef7d2e2f8d7ca08f9f7b51b7876eb4b437fc0d7dd851433",
  "0x2a90f49abf6c6e7ecc41e94126868f01d83502f9bf32987866d707c741e4b5012376966132735f6a36eaee712cafaf6e7c4a6a8a32f30a6fd25016167be7cebc1fa67f816b6ada39990ebe1e568956f1142839684e88849c003c18942e0ff53822f83dd9dc9f35d8a281028e702f57d152c8a4f7edcbc25ca9e0a695439f9abc1242b9438856c2046e1da52071f17e0df83efd16782ab2911465c6fdabb114930ff3c6df5ab5a252d29aed23faa5572c63fde4be918b63ac1addca1fb4d2114d2510ec37d6bdb4eef14b8fba8b9287bb43547b234c1a9886b9a061343c1f2ab80896f63a971b4f9b3e07236b4c9896418caa6347642a1fd4632494f69f3d44d8",
];

/** Runs of `models/stripes` with their public signals and proofs, right ones and wrong ones. */
export function zk() {
  const layout = decodeLayout(read("layout.bin"));
  const layers = decodeRows(layout.widths, read("rows.bin"));
  const [width] = layout.widths as [number];
  const right = PROOFS.map((proof, i) => {
    const input = read("inputs.bin").slice(i * width, (i + 1) * width);
    const output = new Uint8Array((forward(layers, new Int8Array(input)).at(-1) as Int8Array).buffer);
    return { input, output, uid: hash(`zk ${i}`), proof };
  });
  const [first, second] = right as [(typeof right)[number], (typeof right)[number]];
  const other = first.output.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
  const cases = [
    ...right.map((run) => ({ ...run, holds: true })),
    { ...first, output: other, holds: false },
    { ...first, uid: second.uid, holds: false },
    { ...first, input: second.input, holds: false },
    { ...first, proof: second.proof, holds: false },
  ];
  return {
    key: bytesToHex(read("circuit/TEST-verifying.key")),
    cases: cases.map(({ input, output, uid, proof, holds }) => ({
      ...{ input: bytesToHex(input), output: bytesToHex(output), uid },
      ...{ signals: publicSignals(input, output, uid).map(String), proof, holds },
    })),
  };
}

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { keccak256 } from "viem";
import { circuitOf, constraintsOf } from "../../../inference/methods/zkProof/circuit.ts";
import { encodeKey } from "../../../inference/methods/zkProof/key.ts";
import { checkModel, nameModel } from "../../../inference/model.ts";
import { compileCircuit, makeTestKeys, takeCeremony } from "../../../participant/methods/zkProof/setup.ts";
import { cidOfSha256 } from "../../../sdk/content.ts";
import type { Command } from "../../command.ts";
import { grouped } from "../../format.ts";
import { circuitFiles, readModelFiles, readOne } from "../../modelFiles.ts";
import { UsageError } from "../../usage.ts";

export const circuitCommand: Command = {
  positionals: ["DIR"],
  summary: "make the circuit of an integer model, and its keys",
  details: `Makes a circom circuit of the model's rows, compiles it and makes a proving and a verifying key, for ZkProof; writes them into DIR/circuit, and their hashes and the model's new name into DIR/card.json. The keys are TEST keys: whoever runs this could forge proofs by them, so they must not guard a funded season. Making powers of tau takes minutes; --powers takes a prepared .ptau file instead. For a funded season give DIR/circuit/model.r1cs to a ceremony, and take its result with --powers and --proving-key: every contribution is checked. The model's name has the key's hash, so this comes before \`model publish\`. Nothing is sent.
JSON: directory, modelId, setup (TEST or ceremony), constraints, verifyingKeyHash, witness and provingKey (CIDs).`,
  options: {
    powers: { value: "FILE.ptau", help: "prepared powers of tau; defaults to some that are made here" },
    "proving-key": { value: "FILE.zkey", help: "the final key of a ceremony; needs --powers" },
  },
  async run({ positionals: [directory = ""], options, progress }) {
    const { powers: powersFile, "proving-key": keyFile } = options;
    if (keyFile !== undefined && powersFile === undefined)
      throw new UsageError("--proving-key needs --powers: the .ptau file that the ceremony began with.");
    const { artifact, layout: layoutBytes, rows, card } = await readModelFiles(directory);
    if (layoutBytes === undefined)
      throw new UsageError(`"${directory}" holds no layout.bin: it is no model's directory.`);
    const { layout, layers } = checkModel(nameModel(artifact, layoutBytes, rows), artifact);
    const source = circuitOf(layout, layers);
    const powers = powersFile === undefined ? undefined : await readOne(powersFile, powersFile);
    const say = (what: string) => progress.say(`${what} …`);
    const compiled = await compileCircuit(source, say);
    const made =
      keyFile === undefined
        ? await makeTestKeys(compiled, powers, say)
        : await takeCeremony(compiled, powers as Uint8Array, await readOne(keyFile, keyFile), say);
    const key = encodeKey(made.key);
    const verifyingKeyHash = keccak256(key);
    const { modelId } = nameModel(artifact, layoutBytes, rows, { verifyingKeyHash });
    const circuit = {
      setup: made.key.isTest ? "TEST" : "ceremony",
      constraints: constraintsOf(layout, layers),
      verifyingKeyHash,
      witness: cidOfSha256(made.key.witness),
      provingKey: cidOfSha256(made.key.provingKey),
    };
    const folder = join(directory, "circuit");
    await mkdir(folder, { recursive: true });
    const names = circuitFiles(made.key.isTest);
    await writeFile(join(folder, "model.circom"), source);
    await writeFile(join(folder, "model.r1cs"), compiled.r1cs);
    await writeFile(join(folder, "model.sym"), compiled.symbols);
    await writeFile(join(folder, names.witness), compiled.witness);
    await writeFile(join(folder, names.provingKey), made.provingKey);
    await writeFile(join(folder, names.key), key);
    if (card !== undefined) {
      const before = JSON.parse(new TextDecoder().decode(card)) as object;
      await writeFile(
        join(directory, "card.json"),
        `${JSON.stringify({ ...before, modelId, circuit }, undefined, 2)}\n`,
      );
    }
    return {
      good: true,
      text: [
        `Model        ${modelId}`,
        `Circuit      ${grouped(circuit.constraints)} constraints, in ${folder}`,
        `Key          ${circuit.verifyingKeyHash}, ${circuit.setup}`,
        `Witness      ${circuit.witness}`,
        `Proving key  ${circuit.provingKey}`,
        ...(made.key.isTest
          ? ["These are TEST keys: you could forge proofs by them. They must not guard a funded season."]
          : []),
      ].join("\n"),
      json: { directory, modelId, ...circuit },
    };
  },
};

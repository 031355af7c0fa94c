import fs from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bindings, CircomRunner } from "circom2";
import type { CompiledCircuit } from "./setup.ts";

/** A compiler that ends otherwise than well. */
class CompilerExit extends Error {
  override name = "CompilerExit";
}

/** Compiles circom source to constraints and the program of their witness, both with every linear constraint eliminated. */
export async function compile(source: string): Promise<CompiledCircuit> {
  const directory = await mkdtemp(join(tmpdir(), "proofboard-circuit-"));
  try {
    await writeFile(join(directory, "model.circom"), source);
    const said: string[] = [];
    const circom = new CircomRunner({
      args: ["model.circom", "--r1cs", "--wasm", "--sym", "--O2"],
      env: {},
      preopens: { ".": directory },
      bindings: {
        ...bindings,
        fs: { ...fs, writeSync: quiet(said) },
        exit(code) {
          if (code !== 0) throw new CompilerExit(`The circuit doesn't compile: ${said.join("").trim()}`);
        },
      },
    });
    await circom.execute(await readFile(fileURLToPath(import.meta.resolve("circom2/circom.wasm"))));
    const read = async (file: string) => new Uint8Array(await readFile(join(directory, file)));
    return {
      r1cs: await read("model.r1cs"),
      witness: await read("model_js/model.wasm"),
      symbols: await readFile(join(directory, "model.sym"), "utf8"),
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Writes to files, but keeps what the compiler says. */
const quiet =
  (said: string[]) =>
  (file: number, bytes: Uint8Array, offset: number, length: number, position: number | null): number => {
    if (file > 2) return fs.writeSync(file, bytes, offset, length, position);
    said.push(new TextDecoder().decode(bytes.subarray(offset, offset + length)));
    return length;
  };

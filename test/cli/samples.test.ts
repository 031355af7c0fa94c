import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { readLabels, readSamples } from "../../cli/samples.ts";
import { UsageError } from "../../cli/usage.ts";
import { torchPath } from "../inference/import/foreign.ts";

/** A .npy file as NumPy writes it. */
function npy(descr: string, shape: string, data: Uint8Array, change = ""): Buffer {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }${change}\n`;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), length, Buffer.from(header), data]);
}

describe("samples", () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "samples-"));
  });
  after(() => rm(directory, { recursive: true }));

  const read = async (name: string, content: string | Uint8Array, label?: string) => {
    await writeFile(join(directory, name), content);
    return readSamples(join(directory, name), label);
  };
  const refusal = async (name: string, content: string | Uint8Array, label?: string): Promise<string> => {
    const found = await read(name, content, label).catch((error: unknown) => error);
    expect(found).to.be.instanceOf(UsageError);
    return (found as Error).message.replace(`${directory}/`, "");
  };

  describe("refuses", () => {
    it("files that aren't there, and names that don't say what is in them", async () => {
      const missing = await readSamples("/nowhere.npy").catch((error: Error) => error.message);
      expect(missing).to.equal('"/nowhere.npy" can\'t be read: ENOENT.');
      expect(await refusal("a.txt", "1")).to.equal('"a.txt" must be named .npy, .csv or .json, by what it holds.');
      expect(await refusal("a.npz", "1")).to.equal('"a.npz" is an archive; save its array by numpy.save as .npy.');
    });

    it("files without samples", async () => {
      expect(await refusal("a.csv", "")).to.equal('"a.csv" has no samples; at least one is needed.');
      expect(await refusal("a.csv", "a,b\n")).to.match(/has no samples/);
      expect(await refusal("a.json", "[]")).to.match(/has no samples/);
      expect(await refusal("a.json", "3")).to.equal('"a.json" holds one number; it must be an array of samples.');
      expect(await refusal("a.npy", npy("<f4", "0, 4", new Uint8Array()))).to.match(/has no samples/);
    });

    it("rows of unequal length, and what is no number, by its place", async () => {
      expect(await refusal("a.csv", "a,b\n1,2\n3\n")).to.equal('"a.csv" has 1 columns in row 3; the first has 2.');
      expect(await refusal("a.csv", "1,2\n3,nan\n")).to.equal(
        '"a.csv" has "nan" in row 2, column 1; a number is needed.',
      );
      expect(await refusal("a.json", "[[1,2],[3]]")).to.equal(
        '"a.json" holds samples of unequal shapes; the first is [2].',
      );
      expect(await refusal("a.json", '[[1,"a"]]')).to.equal('"a.json" holds "a" where a number is needed.');
      expect(await refusal("a.json", "[1,")).to.match(/is not JSON/);
    });

    it("arrays of other types, orders and lengths", async () => {
      expect(await refusal("a.npy", "nothing of NumPy")).to.equal('"a.npy" is no .npy file.');
      expect(await refusal("a.npy", npy("<c8", "1, 2", new Uint8Array(16)))).to.match(
        /elements of the type "<c8"; right would be/,
      );
      expect(await refusal("a.npy", npy("<f4", "2, 2", new Uint8Array(15)))).to.equal(
        '"a.npy" has 15 bytes of data; its shape (2, 2) makes 16.',
      );
      const fortran = npy("<f4", "1, 1", new Uint8Array(4)).toString("latin1").replace("False", "True ");
      expect(await refusal("a.npy", Buffer.from(fortran, "latin1"))).to.match(/in Fortran's order/);
    });

    it("labels where there are none", async () => {
      expect(await refusal("a.csv", "a,b\n1,2\n", "c")).to.equal(
        '--label is "c"; "a.csv" has the columns 0 to 1: a, b.',
      );
      expect(await refusal("a.csv", "1,2\n", "2")).to.equal('--label is "2"; "a.csv" has the columns 0 to 1.');
      expect(await refusal("a.json", "[[1]]", "a")).to.match(/^--label names a column of a \.csv/);
      const wrong = await readLabels(torchPath("labels.npy"), 2).catch((error: Error) => error.message);
      expect(wrong).to.match(/has 300 labels; there are 2 samples\.$/);
    });
  });

  it("never throws anything but a sentence for a .npy whose bytes were changed", async () => {
    const good = npy("<f8", "2, 1", new Uint8Array(16));
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.nat(255), async (at, byte) => {
        const bytes = Buffer.from(good);
        bytes[at] = byte;
        await read("changed.npy", bytes).catch((error: unknown) => expect(error).to.be.instanceOf(UsageError));
      }),
      { numRuns: 150 },
    );
  });

  it("reads a table with its header and labels", async () => {
    const { shape, values, labels } = await readSamples(torchPath("tabular.csv"), "label");
    expect(shape).to.deep.equal([12]);
    expect(values).to.have.length(3600);
    expect(labels?.slice(0, 5)).to.deep.equal([0, 1, 2, 3, 0]);
    const same = await readSamples(torchPath("tabular.npy"));
    for (const [i, value] of same.values.entries()) expect(Math.abs((values[i] as number) - value)).to.be.at.most(1e-2);
  });

  it("reads labels that are names, and columns by their number", async () => {
    const named = await read("a.csv", "a,kind\n1,dog\n2,cat\n3,dog\n", "kind");
    expect([named.labels, named.classes]).to.deep.equal([
      [1, 0, 1],
      ["cat", "dog"],
    ]);
    const numbered = await read("a.csv", "5,1\r\n6,0\r\n", "1");
    expect([[...numbered.values], numbered.labels]).to.deep.equal([
      [5, 6],
      [1, 0],
    ]);
  });

  it("reads nested arrays, and NumPy's of many types", async () => {
    expect(await read("a.json", "[[[1,2],[3,4]]]")).to.deep.include({
      shape: [2, 2],
      values: Float64Array.of(1, 2, 3, 4),
    });
    const types: [string, Uint8Array][] = [
      ["<f4", new Uint8Array(Float32Array.of(1, 2).buffer)],
      ["<f8", new Uint8Array(Float64Array.of(1, 2).buffer)],
      ["|u1", Uint8Array.of(1, 2)],
      ["|i1", Uint8Array.of(1, 2)],
      ["<i8", new Uint8Array(BigInt64Array.of(1n, 2n).buffer)],
    ];
    for (const [type, data] of types)
      expect(await read("a.npy", npy(type, "2, 1", data)), type).to.deep.include({
        shape: [1],
        values: Float64Array.of(1, 2),
      });
  });
});

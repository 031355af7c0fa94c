import { readFile } from "node:fs/promises";
import { expect } from "chai";
import fc from "fast-check";
import { type Hex, hexToBytes, keccak256 } from "viem";
import { activation, forward, MAX_SHIFT, MIN_SHIFT, maxBias } from "../../../../inference/integer.ts";
import { circuitOf, constraintsOf, sumBits } from "../../../../inference/methods/zkProof/circuit.ts";
import { publicSignals } from "../../../../inference/methods/zkProof/signals.ts";
import { readModel } from "../../../../models/read.ts";
import { compileCircuit } from "../../../../participant/methods/zkProof/setup.ts";
import { decodeLayout, decodeRows, INT8, type Layout, type Row } from "../../../../sdk/layouts.ts";
import profile from "../../../vectors/profile.json" with { type: "json" };
import { broken, type Constraints, readConstraints, readSymbols } from "./r1cs.ts";
import { calculateWitness } from "./run.ts";
import { type Lie, signalsOf } from "./witness.ts";

const stripes = await readModel("stripes");
const layout = decodeLayout(stripes.layout);
const layers = decodeRows(layout.widths, stripes.rows);
const folder = new URL("../../../../models/stripes/circuit/", import.meta.url);
const program = new Uint8Array(await readFile(new URL("witness.wasm", folder)));
const constraints = readConstraints(new Uint8Array(await readFile(new URL("model.r1cs", folder))));
const symbols = readSymbols(await readFile(new URL("model.sym", folder), "utf8"));

const inputs = layout.widths[0] as number;
const uid = keccak256("0x07");

const layoutOf = (widths: readonly number[]): Layout => ({
  widths,
  input: { name: "x", dtype: INT8, dims: [widths[0] as number] },
  output: { name: "y", dtype: INT8, dims: [widths.at(-1) as number] },
});

/** Signals by name as a witness; what was eliminated has no wire. */
function witnessOf(signals: Map<string, bigint>): bigint[] {
  const witness = Array<bigint>(constraints.wires).fill(0n);
  witness[0] = 1n;
  for (const [name, wire] of symbols) witness[wire] = signals.get(name) as bigint;
  return witness;
}

const bytesOf = (input: Int8Array): Uint8Array => new Uint8Array(input.buffer, input.byteOffset, input.length);
const dataOf = (input: Int8Array): bigint[] => Array.from(bytesOf(input), BigInt);
const anInput = fc.int8Array({ minLength: inputs, maxLength: inputs });

/** The committed model's inputs in order. */
const committed = (index: number): Int8Array =>
  new Int8Array(stripes.inputs.slice(index * inputs, (index + 1) * inputs).buffer);

describe("a model's circuit", () => {
  it("is committed as it is made of the rows, and compiles to the committed files", async () => {
    const source = circuitOf(layout, layers);
    expect(await readFile(new URL("model.circom", folder), "utf8")).to.equal(source);
    const compiled = await compileCircuit(source);
    expect(Buffer.from(compiled.witness).equals(program)).to.equal(true);
    expect(readConstraints(compiled.r1cs)).to.deep.equal(constraints);
    expect(compiled.symbols).to.equal(await readFile(new URL("model.sym", folder), "utf8"));
  });

  it("has as many constraints as is said of it, of which the card tells", () => {
    expect(constraintsOf(layout, layers)).to.equal(constraints.constraints.length);
    expect(stripes.card.circuit?.constraints).to.equal(constraints.constraints.length);
  });

  it("has every signal but the eliminated ones in the tests' own witness", () => {
    const names = signalsOf(layers, dataOf(committed(0)), uid);
    for (const name of symbols.keys()) expect(names.has(name), name).to.equal(true);
    expect(new Set(symbols.values()).size).to.equal(constraints.wires - 1);
  });

  it("gives what the rows give, in TypeScript as in circom, for any input", async () => {
    await fc.assert(
      fc.asyncProperty(anInput, async (input) => {
        const witness = await calculateWitness(program, bytesOf(input), uid);
        expect(witness).to.deep.equal(witnessOf(signalsOf(layers, dataOf(input), uid)));
        const output = forward(layers, input).at(-1) as Int8Array;
        const signals = publicSignals(bytesOf(input), bytesOf(output), uid);
        expect(witness.slice(1, 1 + signals.length)).to.deep.equal(signals);
        expect(broken(constraints, witness)).to.deep.equal([]);
      }),
      { numRuns: 25 },
    );
  });

  describe("has no witness", () => {
    const honest = (input: Int8Array): bigint[] => witnessOf(signalsOf(layers, dataOf(input), uid));
    /** Fails if a lie passes. Answers false where it can't even be written: it is about an eliminated bit alone. */
    const refuses = (input: Int8Array, lie: Lie): boolean => {
      const witness = witnessOf(signalsOf(layers, dataOf(input), uid, [lie]));
      const truth = honest(input);
      if (witness.every((value, wire) => value === truth[wire])) return false;
      expect(broken(constraints, witness), JSON.stringify(lie)).to.not.deep.equal([]);
      return true;
    };

    it("with any one value changed, but for the inverse of a zero, which changes nothing", () => {
      const signals = signalsOf(layers, dataOf(committed(1)), uid);
      const witness = witnessOf(signals);
      const free = new Set(
        [...symbols]
          .filter(([name]) => name.endsWith(".inverse") && signals.get(name.replace("inverse", "value")) === 0n)
          .map(([, wire]) => wire),
      );
      expect(free.size).to.be.below(layers.flat().length);
      for (let wire = 1; wire < constraints.wires; wire++)
        if (free.has(wire)) expect(broken(constraints, witness.with(wire, 5n))).to.deep.equal([]);
        else
          for (const by of [1n, -1n, 256n]) {
            const changed = witness.with(wire, (witness[wire] as bigint) + by);
            expect(broken(constraints, changed), `wire ${wire} by ${by}`).to.not.deep.equal([]);
          }
    });

    it("for a wrong output, of any row of any layer", () => {
      const input = committed(2);
      for (const [l, rows] of layers.entries())
        for (const row of rows.keys())
          for (const by of [1n, -1n, 100n])
            expect(refuses(input, { layer: l + 1, row, y: (y) => y + by })).to.equal(true);
    });

    it("for another rounding", () => {
      const input = committed(3);
      const activations = forward(layers, input);
      let written = 0;
      const tell = (lie: Lie) => {
        if (refuses(input, lie)) written++;
      };
      for (const [l, rows] of layers.entries())
        for (const [j, row] of rows.entries()) {
          const half = 2n ** BigInt(row.shift - 1);
          const sum = row.weights.reduce(
            (total, w, k) => total + w * ((activations[l] as Int8Array)[k] as number),
            row.bias,
          );
          tell({ layer: l + 1, row: j, sum: (t) => t - half }); // rounded down
          tell({ layer: l + 1, row: j, sum: (t) => t + half - 1n }); // rounded up
          if (sum < 0) tell({ layer: l + 1, row: j, sum: (t) => t + half }); // away from the true side
          tell({ layer: l + 1, row: j, sum: (t) => t + 1n });
        }
      expect(written).to.be.above(3 * layers.flat().length - 10);
    });

    it("for bits that are none, though they add up", () => {
      const input = committed(4);
      for (const [l, rows] of layers.entries())
        for (const [row, { shift }] of rows.entries()) {
          const two = (bits: bigint[]) =>
            bits.map((bit, k) => (k === shift ? bit - 2n : k === shift + 1 ? bit + 1n : bit));
          refuses(input, { layer: l + 1, row, bits: two });
          refuses(input, { layer: l + 1, row, bits: (bits) => bits.map((bit, k) => (k === 0 ? bit + 1n : bit)) });
        }
    });

    it("for the claim that what is out of range isn't, or the other way round", () => {
      const far = new Int8Array(inputs).fill(127);
      for (const [l, rows] of layers.entries())
        for (const row of rows.keys()) {
          const place = { layer: l + 1, row };
          refuses(far, { ...place, inside: (inside) => 1n - inside });
          refuses(far, { ...place, inside: (inside) => inside + 1n });
        }
      const outside = layers
        .flatMap((rows, l) => rows.map((_, row) => ({ layer: l + 1, row })))
        .filter(({ layer, row }) => signalsOf(layers, dataOf(far), uid).get(`row${layer}_${row}.q.inside`) === 0n);
      expect(outside).to.not.deep.equal([]);
      for (const place of outside) refuses(far, { ...place, inverse: () => 0n });
    });

    it("for an input that is no byte", () => {
      for (const odd of [256n, -1n, 300n, 2n ** 64n]) {
        const data = dataOf(committed(5)).with(3, odd);
        const witness = witnessOf(signalsOf(layers, data, uid));
        expect(broken(constraints, witness), `${odd}`).to.not.deep.equal([]);
      }
    });

    it("for another attestation", () => {
      const witness = honest(committed(6));
      const wire = symbols.get("uid") as number;
      expect(broken(constraints, witness.with(wire, (witness[wire] as bigint) ^ 1n))).to.not.deep.equal([]);
    });

    it("that its own program would compute from an input that is no byte", async () => {
      const error = await calculateWitness(program, [300, ...Array<number>(inputs - 1).fill(0)], uid).catch(
        (reason: Error) => reason,
      );
      expect(error).to.be.instanceOf(Error);
    });
  });

  for (const width of [1, 33])
    it(`gives the shared vectors' values for rows of ${width} weights`, async () => {
      const cases = profile
        .filter(({ x }) => x.length === 2 + 2 * width)
        .map(({ row, x, y }) => ({ row: decodeRows([width, 1], hexToBytes(row as Hex))[0]?.[0] as Row, x, y }));
      const one = layoutOf([width, cases.length]);
      const { r1cs, witness: wasm } = await compileCircuit(circuitOf(one, [cases.map(({ row }) => row)]));
      const found: Constraints = readConstraints(r1cs);
      expect(found.constraints.length).to.equal(constraintsOf(one, [cases.map(({ row }) => row)]));
      for (const [j, { x, y }] of cases.entries()) {
        const input = new Int8Array(hexToBytes(x as Hex).buffer);
        const witness = await calculateWitness(wasm, bytesOf(input), uid);
        const outputs = Int8Array.from(cases, ({ row }) => activation(row, input));
        expect(witness.slice(1, 2 + found.outputs)).to.deep.equal(publicSignals(bytesOf(input), bytesOf(outputs), uid));
        expect(outputs[j]).to.equal(y);
        expect(broken(found, witness)).to.deep.equal([]);
      }
    });

  it("has room for every sum of a row, and for no bit more than its quotient needs", () => {
    const aRow = fc
      .record({
        weights: fc.int8Array({ minLength: 1, maxLength: 40 }),
        shift: fc.integer({ min: MIN_SHIFT, max: MAX_SHIFT }),
        share: fc.double({ min: -1, max: 1, noNaN: true }),
      })
      .filter(({ weights, shift }) => maxBias(weights.length, shift) >= 0)
      .map(({ weights, shift, share }): Row => {
        const bias = Math.trunc(share * maxBias(weights.length, shift));
        return { shift, lo: -128, bias, weights };
      });
    fc.assert(
      fc.property(aRow, (row) => {
        const n = sumBits(row);
        const offset = row.bias + 2 ** (row.shift - 1);
        const extreme = (sign: number) => row.weights.reduce((sum, w) => sum + (sign * w > 0 ? 127 : -128) * w, offset);
        const [high, low] = [extreme(1), extreme(-1)];
        expect(high).to.be.lessThan(2 ** (n - 1));
        expect(low).to.be.at.least(-(2 ** (n - 1)));
        const fitsLess = high < 2 ** (n - 2) && low >= -(2 ** (n - 2));
        expect(fitsLess).to.equal(n === row.shift + 9 && fitsLess);
        expect(n).to.be.within(row.shift + 9, 39);
      }),
    );
  });

  it("is refused for what has no integer layers, and for what is too large", () => {
    expect(() => circuitOf({ ...layout, widths: [] }, [])).to.throw("The layout has no integer layers.");
    const wide = layoutOf([64, 200]);
    const row: Row = { shift: 7, lo: 0, bias: 0, weights: new Int8Array(64).fill(100) };
    expect(() => circuitOf(wide, [Array<Row>(200).fill(row)])).to.throw(
      /^The model's circuit has \d+ constraints; keys are made for at most 4032/,
    );
  });

  it("is made of every model of 64-32-10, whatever its rows", () => {
    const worst = (weights: number): Row => ({ shift: 30, lo: 0, bias: 0, weights: new Int8Array(weights).fill(-128) });
    const model = layoutOf([64, 32, 10]);
    const rows = [Array<Row>(32).fill(worst(64)), Array<Row>(10).fill(worst(32))];
    expect(circuitOf(model, rows)).to.contain("component row2_9");
    expect(constraintsOf(model, rows)).to.equal(8 * 64 + 42 * (39 + 4) + 1);
  });
});

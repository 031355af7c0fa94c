import type { Constants, Site } from "../operators/operator.ts";
import type { OnByte } from "../runtime.ts";
import { type AdmittedOperator, fedOf } from "./admit.ts";

/** A graph with its parameter rows, ready to run: the reference that every other implementation is held to. */
export interface Program {
  operators: readonly AdmittedOperator[];
  /** Bytes of the output that are also read; 0 unless the graph is a generation. */
  fed: number;
  /**
   * Runs on an attestation's input and returns every operator's elements, row by row: the output last. A generation is
   * written byte by byte. Throws a RangeError for an input of another length.
   */
  run(input: Int8Array, onByte?: OnByte): Int8Array[];
  /**
   * Runs once over all of operator 0's rows: of a generation, the prompt and the output's first `fed` bytes. The output is
   * right if it comes out again.
   */
  pass(rows: Int8Array): Int8Array[];
}

/** Makes a program of an admitted graph and its operators' parameter rows. */
export function programOf(
  operators: readonly AdmittedOperator[],
  parameters: readonly (readonly Uint8Array[])[],
): Program {
  const prepared = operators.map((operator, k) => operator.kind.prepare(parameters[k] ?? [], operator));
  const input = operators[0] as AdmittedOperator;
  const fed = fedOf(operators);

  const begin = (given: Int8Array, rows: number): Run[] => {
    if (given.length !== rows * input.width)
      throw new RangeError(`The input has ${given.length} bytes; ${rows * input.width} are needed.`);
    const outputs = operators.map(({ rows, width }) => new Int8Array(rows * width));
    outputs[0]?.set(given);
    const none = new Int8Array(0);
    return operators.map((operator, k) => {
      const [a = none, b = none] = operator.sources.map((source) => outputs[source] as Int8Array);
      const out = outputs[k] as Int8Array;
      return { operator, done: 0, site: { ...operator, a, b, out, parameters: prepared[k] } };
    });
  };

  const pass = (given: Int8Array): Int8Array[] => {
    const runs = begin(given, input.rows);
    for (const { operator, site } of runs)
      for (let row = 0; row < operator.rows; row++) operator.kind.fill(site, row, 0, operator.width);
    return runs.map(({ site }) => site.out);
  };

  return {
    operators,
    fed,
    pass,
    run(prompt, onByte) {
      if (fed === 0) return pass(prompt);
      const runs = begin(prompt, input.rows - fed);
      const [tokens, output] = [runs[0], runs.at(-1)].map((run) => (run as Run).site.out) as [Int8Array, Int8Array];
      for (let position = 0; position <= fed; position++) {
        for (const run of runs) advance(run, prompt.length + position);
        const byte = output[position] as number;
        if (position < fed) tokens[prompt.length + position] = byte;
        onByte?.(byte & 255, position);
      }
      for (const run of runs) advance(run, Number.POSITIVE_INFINITY);
      return runs.map(({ site }) => site.out);
    },
  };
}

/** An operator that runs, and up to which moment it is computed. */
interface Run {
  operator: AdmittedOperator;
  site: Site<Constants, unknown>;
  done: number;
}

/** Computes what rests on the first `known` tokens alone, as far as that isn't done. */
function advance(run: Run, known: number): void {
  const { kind, rows, width, state } = run.operator;
  const { site, done } = run;
  const moments = state?.time === "columns" || state?.time === "heads" ? width : rows;
  const end = state && state.time !== "still" ? Math.max(0, Math.min(moments, known - state.late)) : moments;
  if (state?.time === "columns") {
    for (let row = 0; row < rows && done < end; row++) kind.fill(site, row, done, end);
  } else {
    const blocks = state?.time === "heads" ? rows / width : 1;
    for (let block = 0; block < blocks; block++)
      for (let moment = done; moment < end; moment++) kind.fill(site, block * width + moment, 0, width);
  }
  run.done = Math.max(done, end);
}

import { HostLimitError } from "../failures.ts";
import type { CheckedModel } from "../model.ts";
import { signed, unsigned } from "../operators/operator.ts";
import type { InferenceSession } from "../runtime.ts";
import { admitOperators } from "./admit.ts";
import { type Program, programOf } from "./program.ts";

/** The program of a checked graph model; undefined for any other model. */
export const programOfModel = ({ layout, parameters }: CheckedModel): Program | undefined =>
  parameters && programOf(admitOperators(layout), parameters);

/**
 * A model's session. A generation's file takes the prompt and what comes out: so its output is written byte by byte by
 * the reference, and then confirmed by one run of the file. Any other model's session stays as it is.
 */
export function generating(model: CheckedModel, session: InferenceSession): InferenceSession {
  const program = programOfModel(model);
  if (!program || program.fed === 0) return session;
  return {
    async run(prompt, onByte) {
      const outputs = program.run(signed(prompt), onByte);
      const written = unsigned(outputs.at(-1) as Int8Array);
      const confirmed = await session.run(unsigned(outputs[0] as Int8Array));
      const at = written.findIndex((byte, i) => byte !== confirmed[i]);
      if (at !== -1)
        throw new HostLimitError(
          `Byte ${at} of the output is ${written[at]}; the model's file gives ${confirmed[at]}.`,
        );
      return written;
    },
    release: () => session.release(),
  };
}

import { methodById } from "../../sdk/methods/index.ts";
import type { Attestation, Step } from "../../sdk/wire.ts";
import { moneyText } from "../final/token.ts";
import { group, plural } from "../format.ts";
import { webMethodOf } from "../methods/index.ts";
import { type Sentence, sentence, who } from "../sentence.ts";

/** A step of an attestation's life in words; one that this page doesn't know is shown as it came. */
export function stepSentence(step: Step, { method, outputHash }: Pick<Attestation, "method" | "outputHash">): Sentence {
  switch (step.step) {
    case "committed":
      return sentence`${who(step.by)} committed to an answer, hidden by a salt.`;
    case "revealed":
      return sentence`${who(step.by)} revealed the answer: output ${{ code: step.outputHash }}.`;
    case "batchAttested":
      return methodById(method.id)?.isRootOnly
        ? sentence`${who(step.by)} attested to ${plural(step.count, "unit")} in one batch, by the root of their traces alone, ${{ code: step.root }}.`
        : sentence`${who(step.by)} attested to ${plural(step.count, "unit")} in one batch, with all activations in its calldata; the contract built their tree, ${{ code: step.root }}.`;
    case "settled":
      return sentence`Settled as ${{ status: step.status }} by a transaction of ${who(step.by)}.`;
    case "awarded":
      return sentence`${who(step.account)} was awarded ${{ strong: plural(step.amount, "point") }} as ${step.reason.name}, entry ${group(step.seq)} of the ledger.`;
    case "burned":
      return sentence`${who(step.account)} lost ${{ strong: plural(step.amount, "point") }}, burned as ${step.reason.name}, entry ${group(step.seq)} of the ledger.`;
    case "coverLocked":
      return sentence`${who(step.by)} locked ${{ strong: moneyText(step.amount, step.token) }} for ${who(step.beneficiary)}, who gets it unless the answer is found right${step.by === step.beneficiary ? "; it is the prover itself, so nobody is covered" : ""}.`;
    case "coverSettled":
      return sentence`The cover for ${who(step.beneficiary)}, ${{ strong: moneyText(step.amount, step.token) }}, went to ${who(step.to)}.`;
    case "event":
      return eventSentence(step);
    default:
      return webMethodOf(method.id)?.describe(step as never, outputHash) ?? unreadSentence(step);
  }
}

function eventSentence({ contract, topics, data }: Extract<Step, { step: "event" }>): Sentence {
  const listed = topics.flatMap((topic) => sentence` ${{ code: topic }}`);
  const bytes = Math.max(0, Math.ceil((data.length - 2) / 2));
  const rest = bytes === 0 ? sentence`no data` : sentence`data ${{ code: data }} (${plural(bytes, "byte")})`;
  return sentence`An event of the contract ${{ code: contract }} that this server can't read: topics${listed}, ${rest}.`;
}

/** Most characters that are shown of a text that this page can't read. */
const SHOWN = 200;

function unreadSentence({ step, at: _, ...fields }: { step: string; at: unknown }): Sentence {
  const values = Object.entries(fields).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return sentence`A step that this page doesn't know, “${cut(step)}”${values.length === 0 ? "" : `: ${cut(values.join(", "))}`}.`;
}

const cut = (text: string): string => (text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`);

import { type FormEvent, useRef, useState } from "react";
import type { Hex } from "viem";
import { parseDeployment } from "../../sdk/deployment.ts";
import { sentenceOf } from "../../sdk/errors.ts";
import { type TensorSpec, tensorBytes } from "../../sdk/layouts.ts";
import { shownText, textInput } from "../../sdk/text.ts";
import type { Reachable } from "../chain.ts";
import { plural } from "../format.ts";
import { server } from "../prefix.ts";
import { type Ran, runHere } from "../take-part/run.ts";
import { Writing } from "./written.tsx";

type Progress =
  | { phase: "idle" }
  | { phase: "running"; written: readonly number[] }
  | { phase: "done"; prompt: string; ran: Ran }
  | { phase: "failed"; message: string };

interface WriteProps {
  modelId: Hex;
  input: TensorSpec;
  reachable: Reachable;
}

/** Lets a visitor's own browser go on with a text, by a published language model. */
export default function Write({ modelId, input, reachable }: WriteProps) {
  const [prompt, setPrompt] = useState("");
  const [progress, setProgress] = useState<Progress>({ phase: "idle" });
  const runs = useRef(0);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const run = ++runs.current;
    const tell = (next: (before: Progress) => Progress) =>
      setProgress((before) => (run === runs.current ? next(before) : before));
    const onByte = (byte: number) =>
      tell((before) =>
        before.phase === "running" ? { phase: "running", written: [...before.written, byte] } : before,
      );
    try {
      const inputs = [textInput(input, prompt)];
      tell(() => ({ phase: "running", written: [] }));
      const { rpcUrl, ...answer } = reachable;
      const where = { deployment: parseDeployment(answer), rpcUrl, origin: server() };
      const ran = await runHere({ ...where, modelId, inputs, isTraced: false }, onByte);
      tell(() => ({ phase: "done", prompt, ran }));
    } catch (error) {
      tell(() => ({ phase: "failed", message: sentenceOf(error) }));
    }
  };

  return (
    <section aria-labelledby="write-heading" className="write card">
      <h2 id="write-heading">Write with it</h2>
      <p>
        Give it a beginning of at most {plural(tensorBytes(input), "byte")}. Your browser fetches the model by its hash
        from this server, and writes what follows on the pinned runtime (14 MB, loaded only for this). Whoever runs it
        on the same beginning gets the same bytes.
      </p>
      <form onSubmit={submit} className="controls">
        <label>
          Beginning
          <textarea rows={2} required value={prompt} onChange={({ target }) => setPrompt(target.value)} />
        </label>
        <button type="submit" className="primary" disabled={progress.phase === "running"}>
          Go on
        </button>
      </form>
      {progress.phase === "running" && <Writing bytes={progress.written} />}
      <div role="status">
        {progress.phase === "done" && (
          <p className="written">
            {progress.prompt}
            <strong>{shownText(progress.ran.output.data)}</strong>
          </p>
        )}
        {progress.phase === "failed" && <p className="state">Can't write: {progress.message}</p>}
      </div>
    </section>
  );
}

import { type FormEvent, useEffect, useRef, useState } from "react";
import type { Hex } from "viem";
import { sentenceOf } from "../../sdk/errors.ts";
import { type TensorSpec, tensorBytes } from "../../sdk/layouts.ts";
import { shownText, textInput } from "../../sdk/text.ts";
import type { Reachable } from "../chain.ts";
import { plural } from "../format.ts";
import { ask, openAhead, placeOf } from "../runs/kept.ts";
import type { RunMessage } from "../runs/messages.ts";
import { advance, type Progress } from "./progress.ts";
import { Writing } from "./written.tsx";

interface WriteProps {
  modelId: Hex;
  input: TensorSpec;
  reachable: Reachable;
}

/** Lets a visitor's own browser go on with a text, by a published language model. */
export default function Write({ modelId, input, reachable }: WriteProps) {
  const [prompt, setPrompt] = useState("");
  const [progress, setProgress] = useState<Progress>({ phase: "idle" });
  const cancel = useRef<() => void>(undefined);
  useEffect(() => () => cancel.current?.(), []);
  const place = placeOf(reachable, modelId);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    try {
      const inputs = [textInput(input, prompt)];
      setProgress({ phase: "running", prompt, written: [] });
      const tell = (message: RunMessage) => setProgress((before) => advance(before, message));
      cancel.current = ask(place, "run", { inputs, isTraced: false }, tell);
    } catch (error) {
      setProgress({ phase: "failed", message: sentenceOf(error) });
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
          <textarea
            rows={2}
            required
            value={prompt}
            onFocus={() => openAhead(place)}
            onChange={({ target }) => setPrompt(target.value)}
          />
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
            <strong>{shownText(progress.text)}</strong>
          </p>
        )}
        {progress.phase === "failed" && <p className="state">Can't write: {progress.message}</p>}
      </div>
    </section>
  );
}

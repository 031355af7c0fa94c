import type { Tensor } from "../../inference/tensors.ts";
import { holdsText, shownText } from "../../sdk/text.ts";
import "./modelText.css";

/** The text that a tensor holds, harmless whatever its bytes are; nothing for a tensor of anything else. */
export function ModelText({ tensor: { spec, data } }: { tensor: Tensor }) {
  if (!holdsText(spec)) return null;
  const text = shownText(data);
  return text === "" ? (
    <span>an empty text</span>
  ) : (
    <q className="model-text" dir="auto">
      {text}
    </q>
  );
}

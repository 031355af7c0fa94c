import type { Attestation } from "../../sdk/wire.ts";
import { Loaded } from "../components/states.tsx";
import { part } from "../part.ts";

const Texts = part(() => import("./texts.tsx"));

/** What a language model read and wrote for an attestation; nothing of any other model. */
export const ShownTexts = ({ attestation }: { attestation: Attestation }) => (
  <Loaded what="the texts">
    <Texts attestation={attestation} />
  </Loaded>
);

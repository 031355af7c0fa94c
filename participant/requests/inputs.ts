import { checkContent, parseCid } from "../../sdk/content.ts";
import type { Requests } from "../../sdk/requests/fold.ts";
import type { Content } from "../content.ts";

/** Content, and the inputs that requests show on chain, for whoever runs them. */
export const withShownInputs = (content: Content, requests: () => Requests): Content => ({
  put: content.put,
  async get(cid) {
    const { hash, digest } = parseCid(cid);
    for (const { request, input } of requests().byId.values())
      if (hash === "keccak-256" && request.inputHash === digest && input.length > 0) return checkContent(cid, input);
    return content.get(cid);
  },
});

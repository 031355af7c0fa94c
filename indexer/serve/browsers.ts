import cors from "@fastify/cors";
import type { App } from "./state.ts";

/** Headers of every answer. */
export const FOR_BROWSERS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "etag, as-of, retry-after",
  "x-content-type-options": "nosniff",
};

/** Lets pages of any origin read all answers, and stops browsers from guessing their types. */
export async function openToBrowsers(app: App): Promise<void> {
  app.addHook("onSend", (_request, reply, payload, done) => {
    reply.headers(FOR_BROWSERS);
    done(null, payload);
  });
  // In a scope of its own it answers preflight requests and any other OPTIONS, and costs others nothing.
  await app.register(async (preflight) => {
    await preflight.register(cors, { origin: "*", methods: ["GET", "HEAD"], strictPreflight: false });
  });
}

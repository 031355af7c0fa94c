import Fastify from "fastify";

/** Fastify with nothing but an empty route. */
export function openEmpty() {
  const app = Fastify();
  app.get("/", () => ({}));
  return app;
}

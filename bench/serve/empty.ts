import Fastify from "fastify";

/** Fastify with only an empty route. */
export function openEmpty() {
  const app = Fastify();
  app.get("/", () => ({}));
  return app;
}

import { Histogram, type Metric, type Registry } from "prom-client";

/** Records an answer: its route and status, and how long it took in seconds. */
export type Observe = (route: string, status: number, seconds: number) => void;

const NAME = "proofboard_request_seconds";
const CONFIGURATION = {
  name: NAME,
  help: "Time to answer a request.",
  buckets: [0.0005, 0.001, 0.005, 0.02, 0.1, 0.5, 2],
  registers: [],
};

/**
 * A histogram of the time to answer, by route and status; made of one histogram for each: docs/performance.md, Requests.
 */
export function latencyIn(registry: Registry): Observe {
  const routes = new Map<string, Map<number, Histogram>>();

  async function get() {
    const all = [...routes].flatMap(([route, statuses]) =>
      [...statuses].map(async ([status, histogram]) =>
        (await histogram.get()).values.map(({ labels, ...value }) => ({
          ...value,
          labels: { ...labels, route, status },
        })),
      ),
    );
    return { ...CONFIGURATION, type: "histogram", aggregator: "sum", values: (await Promise.all(all)).flat() };
  }
  registry.registerMetric({ name: NAME, get } as unknown as Metric);

  function histogramOf(route: string, status: number): Histogram {
    const statuses = routes.get(route) ?? new Map<number, Histogram>();
    const histogram = statuses.get(status) ?? new Histogram(CONFIGURATION);
    routes.set(route, statuses.set(status, histogram));
    return histogram;
  }

  return (route, status, seconds) => (routes.get(route)?.get(status) ?? histogramOf(route, status)).observe(seconds);
}

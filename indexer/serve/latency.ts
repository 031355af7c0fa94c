import type { Metric, MetricValueWithName, Registry } from "prom-client";

/** Records an answer: its route and status, and how long it took in seconds. */
export type Observe = (route: string, status: number, seconds: number) => void;

/** How many answers took at most each of the bounds, but longer than the one before, and how long all took, in seconds. */
interface Times {
  counts: number[];
  sum: number;
}

const NAME = "proofboard_request_seconds";
const BOUNDS = [0.0005, 0.001, 0.005, 0.02, 0.1, 0.5, 2, Number.POSITIVE_INFINITY];

/**
 * A histogram of the time to answer, by route and status. prom-client's own finds an answer's labels and buckets by their
 * names, which takes several times as long: docs/performance.md, Requests.
 */
export function latencyIn(registry: Registry): Observe {
  const routes = new Map<string, Map<number, Times>>();

  async function get() {
    const values = [...routes].flatMap(([route, statuses]) =>
      [...statuses].flatMap(([status, times]) => valuesOf(times, { route, status })),
    );
    return { name: NAME, help: "Time to answer a request.", type: "histogram", aggregator: "sum", values };
  }
  registry.registerMetric({ name: NAME, get } as unknown as Metric);

  function timesOf(route: string, status: number): Times {
    const statuses = routes.get(route) ?? new Map<number, Times>();
    const times = statuses.get(status) ?? { counts: BOUNDS.map(() => 0), sum: 0 };
    routes.set(route, statuses.set(status, times));
    return times;
  }

  return (route, status, seconds) => {
    const times = routes.get(route)?.get(status) ?? timesOf(route, status);
    let bucket = 0;
    while (seconds > (BOUNDS[bucket] as number)) bucket++;
    (times.counts[bucket] as number)++;
    times.sum += seconds;
  };
}

/** As Prometheus has them: a bucket counts all that took no longer than its bound. */
function valuesOf({ counts, sum }: Times, labels: Record<string, string | number>): MetricValueWithName<string>[] {
  let count = 0;
  const buckets = BOUNDS.map((bound, i) => {
    count += counts[i] as number;
    const le = bound === Number.POSITIVE_INFINITY ? "+Inf" : bound;
    return { metricName: `${NAME}_bucket`, labels: { le, ...labels }, value: count };
  });
  return [
    ...buckets,
    { metricName: `${NAME}_sum`, labels, value: sum },
    { metricName: `${NAME}_count`, labels, value: count },
  ];
}

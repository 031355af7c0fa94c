import { useEffect, useRef, useState } from "react";
import type uPlot from "uplot";
import { Failed, Loading } from "../components/states.tsx";
import { exactTime, group } from "../format.ts";
import type { Series } from "./series.ts";
import { useScheme } from "./useScheme.ts";
import "./chart.css";
import { load } from "../part.ts";

const HEIGHT = 280;
// Lines differ in dash as well as in colour.
const dashes = [[], [6, 4], [2, 3], [10, 4, 2, 4], [14, 4]];
const COLOURS = 6;
// Leaves room above the highest value.
const HEADROOM = 1.05;

interface ChartProps {
  series: Series;
  /** What it shows. */
  caption: string;
  /** What is counted. */
  unit: string;
  /** Which values are at the top; ranks are best where they are lowest. */
  best?: "highest" | "lowest";
}

/** A chart of lines over time, and its numbers as a table; of one time, the table. */
export function Chart({ series, caption, unit, best = "highest" }: ChartProps) {
  const isDrawn = series.times.length > 1;
  const box = useRef<HTMLDivElement>(null);
  const [failure, setFailure] = useState<Error>();
  const [ready, setReady] = useState(false);
  const scheme = useScheme();

  useEffect(() => {
    if (!isDrawn) return;
    let plot: uPlot | undefined;
    let gone = false;
    const resize = new ResizeObserver(([entry]) => {
      if (entry) plot?.setSize({ width: entry.contentRect.width, height: HEIGHT });
    });
    loadPlot()
      .then((Plot) => {
        if (gone || box.current === null) return;
        plot = new Plot(optionsOf(box.current, series, best), dataOf(series), box.current);
        resize.observe(box.current);
        setReady(true);
      })
      .catch((error: Error) => setFailure(error));
    return () => {
      gone = true;
      resize.disconnect();
      plot?.destroy();
    };
  }, [series, scheme, best, isDrawn]);

  return (
    <figure className="chart">
      <figcaption>{caption}</figcaption>
      {failure ? <Failed error={failure} /> : isDrawn && !ready && <Loading what="the chart" />}
      {isDrawn && <div ref={box} aria-hidden="true" />}
      <details open={!isDrawn}>
        <summary>The numbers as a table</summary>
        <Numbers series={series} caption={`${caption} (${unit})`} />
      </details>
    </figure>
  );
}

async function loadPlot(): Promise<typeof uPlot> {
  const [module] = await load(() => Promise.all([import("uplot"), import("uplot/dist/uPlot.min.css")]));
  return module.default;
}

const dataOf = ({ times, lines }: Series): uPlot.AlignedData => [times, ...lines.map(({ values }) => values)];

/** Whole numbers between the marks of an axis. */
const STEPS = Array.from({ length: 16 }, (_, i) => [1, 2, 5].map((first) => first * 10 ** i)).flat();

function optionsOf(box: HTMLElement, { times, lines }: Series, best: ChartProps["best"]): uPlot.Options {
  // A canvas doesn't know custom properties: their values are read from the box.
  const colour = (name: string): string => {
    box.style.color = `var(${name})`;
    const { color } = getComputedStyle(box);
    box.style.color = "";
    return color;
  };
  const grid = colour("--line");
  const axis: uPlot.Axis = { stroke: colour("--text"), grid: { stroke: grid, width: 1 }, ticks: { stroke: grid } };
  const looks = lines.map((_, i) => ({
    stroke: colour(`--series-${(i % COLOURS) + 1}`),
    dash: dashes[i % dashes.length] as number[],
  }));
  return {
    width: box.clientWidth,
    height: HEIGHT,
    // The last time's label goes beyond the axis.
    padding: [null, 32, null, null],
    cursor: { drag: { x: false, y: false } },
    scales: {
      y:
        best === "lowest"
          ? { dir: -1, range: (_, low, high) => [Math.min(1, low), Math.max(2, high * HEADROOM)] }
          : { range: (_, low, high) => [Math.min(0, low), Math.max(1, high * HEADROOM)] },
    },
    legend: { markers: { width: 0, fill: (_, i) => strokeOf(looks[i - 1]) } },
    axes: [
      { ...axis, space: 72, values: (_, ticks, __, ___, step) => ticks.map((tick) => timeAt(tick, step)) },
      { ...axis, size: 64, incrs: STEPS, values: (_, ticks) => ticks.map((tick) => group(Math.round(tick))) },
    ],
    series: [
      { label: "Time", value: (_, time) => (time === null ? "" : exactTime(time)) },
      ...lines.map(({ label }, i) => ({
        label,
        width: 2,
        ...looks[i],
        points: { show: times.length < 3 },
        value: (_: uPlot, value: number | null) => (value === null ? "–" : group(value)),
      })),
    ],
  };
}

/** A line's colour and dashes as a background, for the legend. */
function strokeOf(look: { stroke: string; dash: number[] } | undefined): string {
  if (look === undefined) return "none";
  const { stroke, dash } = look;
  if (dash.length === 0) return stroke;
  const ends = dash.map((_, i) => dash.slice(0, i + 1).reduce((sum, length) => sum + length, 0));
  const stops = ends.map((end, i) => `${i % 2 === 0 ? stroke : "transparent"} ${ends[i - 1] ?? 0}px ${end}px`);
  return `repeating-linear-gradient(90deg, ${stops.join(", ")})`;
}

const DAY = 86_400;
const clocks = {
  days: new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" }),
  minutes: new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }),
  seconds: new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" }),
};

/** A time at an axis whose ticks are `step` seconds apart, as exact as they are. */
const timeAt = (seconds: number, step: number): string =>
  clocks[step >= DAY ? "days" : step >= 60 ? "minutes" : "seconds"].format(seconds * 1_000);

function Numbers({ series: { times, lines }, caption }: { series: Series; caption: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="scroll" aria-label={caption} tabIndex={0}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {lines.map(({ label }) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.map((time, i) => (
            <tr key={time}>
              <th scope="row">{exactTime(time)}</th>
              {lines.map(({ label, values }) => (
                <td key={label}>{values[i] == null ? "–" : group(values[i])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const find = (): string | undefined => PLACES.find((path) => existsSync(path));

/** The installed Chromium; installs Debian's where there is none and that is allowed, else throws what to install. */
function findChromium(): string {
  const found = find();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    const quiet = { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } } as const;
    spawnSync("apt-get", ["update"], quiet);
    spawnSync("apt-get", ["install", "-y", "--no-install-recommends", "chromium"], quiet);
  }
  const installed = find();
  if (installed !== undefined) return installed;
  throw new Error(`The page's tests need Chromium at one of ${PLACES.join(", ")}: install the package chromium.`);
}

/**
 * Parts of Chromium that no test looks at: its address bar's list, which takes a process a page, and what would change the
 * tests' addresses or times, as in Playwright's own list, which this replaces.
 */
const WITHOUT = [
  ...["WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable"],
  ...["PaintHolding", "MediaRouter", "OptimizationHints", "PreconnectToSearch"],
];

/** A Chromium without a window. */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: findChromium(),
    headless: true,
    args: [
      ...["--no-sandbox", "--disable-quic", "--disable-background-networking"],
      `--disable-features=${WITHOUT.join(",")}`,
    ],
  });

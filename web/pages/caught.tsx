import { Page } from "../components/page.tsx";

export default function CaughtPage() {
  return <Page title="Caught cheats">{null}</Page>;
}

import { Component, type ReactNode } from "react";

/** Shows `failed` in place of what can't be shown, as where a part of the page doesn't load. */
export class Boundary extends Component<
  { failed: (error: Error) => ReactNode; children: ReactNode },
  { error: Error | undefined }
> {
  override state: { error: Error | undefined } = { error: undefined };

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error === undefined ? this.props.children : this.props.failed(error);
  }
}
